package batch

import (
	"runtime"
	"sync"
	"testing"
)

func TestTheStackHasGrown(t *testing.T) { //nolint:paralleltest // stacks of others would count
	const goroutines, least = 200, 32 << 10
	var before, after runtime.MemStats
	var begun, all sync.WaitGroup
	end := make(chan struct{})
	runtime.GC() // which frees the stacks of the tests before
	runtime.ReadMemStats(&before)
	for range goroutines {
		begun.Add(1)
		all.Go(func() {
			growStack(false)
			begun.Done()
			<-end
		})
	}
	begun.Wait()
	runtime.ReadMemStats(&after)
	close(end)
	all.Wait()
	if got := (after.StackInuse - before.StackInuse) / goroutines; got < least*9/10 { // a few were there already
		t.Errorf("each has %d bytes of stack, want %d", got, least)
	}
}

// deep takes a KB of stack, and so many more in the functions that it calls.
//
//go:noinline
func deep(more int, p *int) int {
	var frame [128]int
	frame[more] = *p
	if more == 0 {
		return frame[0]
	}
	return deep(more-1, &frame[more]) + frame[more]
}

func BenchmarkStack(b *testing.B) {
	for _, bm := range []struct {
		name  string
		start func()
	}{{"grown in the depth", func() {}}, {"grown at once", func() { growStack(false) }}} {
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				var all sync.WaitGroup
				all.Go(func() {
					bm.start()
					n := 1
					deep(18, &n)
				})
				all.Wait()
			}
		})
	}
}
