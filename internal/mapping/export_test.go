package mapping

import (
	"context"
	"time"

	"callback-completer/internal/callback"
)

// MapByJQ is Map without the fast path.
func (e *Engine) MapByJQ(ctx context.Context, payload string, meta callback.Meta) (callback.Mapped, error) {
	return e.slow(ctx, payload, meta, nil, 0)
}

// Patient returns an engine whose programs may take their time: on a busy machine theirs can be over before their turn.
func (e *Engine) Patient() *Engine {
	patient := *e
	patient.limit = time.Hour
	return &patient
}

// Occupy takes all compiled programs away, so that only what needs none is mapped, until giveBack is called.
func (e *Engine) Occupy() (giveBack func()) {
	taken := make([]bench, cap(e.benches))
	for i := range taken {
		taken[i] = <-e.benches
	}
	return func() {
		for _, b := range taken {
			e.benches <- b
		}
	}
}

// Hasty returns an engine that gives its programs so long.
func (e *Engine) Hasty(limit time.Duration) *Engine {
	hasty := *e
	hasty.limit = limit
	return &hasty
}
