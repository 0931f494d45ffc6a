package demo

import (
	"context"
	"sync"
)

// board is where somebody posts what became of something, and others wait for it. It is safe for concurrent use.
type board[T any] struct {
	mu      sync.Mutex
	byID    map[string]T
	changed chan struct{} // closed and replaced at each post
}

func newBoard[T any]() *board[T] {
	return &board[T]{byID: map[string]T{}, changed: make(chan struct{})}
}

// post takes the place of what was posted under the id before.
func (b *board[T]) post(id string, what T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byID[id] = what
	close(b.changed)
	b.changed = make(chan struct{})
}

// wait returns what is posted under the id as soon as it is there. The error is the cause of ctx's end.
func (b *board[T]) wait(ctx context.Context, id string) (T, error) {
	for {
		b.mu.Lock()
		what, posted := b.byID[id]
		changed := b.changed
		b.mu.Unlock()
		if posted {
			return what, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return what, context.Cause(ctx)
		}
	}
}
