package batch

// growStack grows the stack of a new goroutine to 32 KB while there is nothing on it. A delivery needs more than 16 KB on its way
// through the SDK. Grown by doubling from 2 KB in the depth of that, a stack is copied four times, and each frame looked up to
// correct its pointers: about a tenth of the processor time of a batch of ten messages (docs/performance.md).
//
// It is the size of the frame that does it, which a function asks for when it is called. So nothing is written to it.
//
//go:noinline
func growStack(use bool) {
	if use {
		var frame [24 << 10]byte
		write(frame[:])
	}
}

// write keeps the frame from being left out.
//
//go:noinline
func write(b []byte) {
	for i := range b {
		b[i] = 1
	}
}
