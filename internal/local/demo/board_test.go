package demo

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestBoard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBoard[string]()
		go func() {
			b.post("other", "x")
			time.Sleep(time.Second)
			b.post("id", "first")
		}()
		if got, err := b.wait(t.Context(), "id"); got != "first" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		b.post("id", "second")
		if got, err := b.wait(t.Context(), "id"); got != "second" || err != nil {
			t.Errorf("again: %q, %v", got, err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, errSlow)
		defer cancel()
		if got, err := b.wait(ctx, "never"); got != "" || !errors.Is(err, errSlow) {
			t.Errorf("never posted: %q, %v", got, err)
		}
	})
}
