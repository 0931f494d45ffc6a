package callback

import (
	"context"
	"sync"
)

// turnstile lets one caller at a time through for each key. The zero value is ready for use.
type turnstile struct {
	mu   sync.Mutex
	busy map[Digest]chan struct{}
}

// enter waits until no other caller is inside under key, or until ctx ends. The caller must call leave.
func (t *turnstile) enter(ctx context.Context, key Digest) (leave func(), err error) {
	for {
		t.mu.Lock()
		inside, taken := t.busy[key]
		if !taken {
			if t.busy == nil {
				t.busy = map[Digest]chan struct{}{}
			}
			done := make(chan struct{})
			t.busy[key] = done
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				delete(t.busy, key)
				t.mu.Unlock()
				close(done)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-inside:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
