package service

import (
	"math"
	"runtime"

	"callback-completer/internal/config"
)

// UseProcessors tells Go on how many processors it runs at once: as many as Lambda gives the function in proportion to its memory,
// rounded up. A small function sees two and has a part of one. To keep both busy costs a tenth of its time, for the threads that
// look for work, wake each other and move the goroutines of a call from one to the other, and gains nothing
// (docs/performance.md). GOMAXPROCS, if it is set, has the last word.
//
// It stops the world: it is for the beginning of main.
func UseProcessors(lookup config.Lookup) {
	if chosen, ok := lookup("GOMAXPROCS"); ok && chosen != "" {
		return
	}
	if n := config.Processors(lookup); n > 0 {
		runtime.GOMAXPROCS(min(int(math.Ceil(n)), runtime.NumCPU()))
	}
}
