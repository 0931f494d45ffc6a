package service

import (
	"math"
	"runtime"
	"time"

	"callback-completer/internal/config"
)

// soon is when a start is over: to change the number of processors stops the world, which is better done outside of it.
const soon = 10 * time.Millisecond

// useProcessors tells Go on how many processors it runs at once: as many as Lambda gives the function in proportion to its memory,
// rounded up. A small function sees two and has a part of one. To keep both busy costs a seventh of its time, for the threads that
// look for work, wake each other and move the goroutines of a call from one to the other, and gains nothing
// (docs/performance.md). GOMAXPROCS, if it is set, has the last word. It takes effect when the start is over.
func useProcessors(lookup config.Lookup) {
	if n, ok := processors(lookup); ok {
		time.AfterFunc(soon, func() { runtime.GOMAXPROCS(n) })
	}
}

// processors reports false where Go's own choice stays.
func processors(lookup config.Lookup) (n int, ok bool) {
	if chosen, ok := lookup("GOMAXPROCS"); ok && chosen != "" {
		return 0, false
	}
	share := config.Processors(lookup)
	return min(int(math.Ceil(share)), runtime.NumCPU()), share > 0
}
