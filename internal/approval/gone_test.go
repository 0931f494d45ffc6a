package approval_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// patient is a store that answers only as long as its caller waits, and that can hang.
type patient struct {
	*memory

	hangs bool
}

func (p *patient) Update(ctx context.Context, r approval.Record) (int64, error) {
	if p.hangs {
		<-ctx.Done()
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	return p.memory.Update(ctx, r)
}

// TestTheCallerHasGone after the workflow took his answer: it is recorded all the same.
func TestTheCallerHasGone(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.Store = &patient{memory: r.store}
	link := r.ask(t, "")
	ctx, leave := context.WithCancel(t.Context())
	r.tasks.after = func(callback.Callback) error {
		leave()
		return nil
	}
	told(t, r.Decide(ctx, link, known("bob"), form("approve")), approval.OutcomeAnswered, http.StatusSeeOther)
	r.stage(t, link, approval.StageAnswered, true)
}

// TestTheStoreHangs while the end of a call is recorded: who waits for his page is not kept for ever.
func TestTheStoreHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		store := &patient{memory: r.store}
		r.Store = store
		link := r.ask(t, "")
		r.tasks.after = func(callback.Callback) error {
			store.hangs = true
			return nil
		}
		begun := time.Now()
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, http.StatusOK)
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
