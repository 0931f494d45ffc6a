package demo

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestJournalTail(t *testing.T) {
	t.Parallel()
	log := newJournal()
	_, _ = log.Write([]byte("1\n2\n3\n4"))
	if diff := cmp.Diff([]string{"3", "4"}, log.tail(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJournalWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := newJournal()
		go func() {
			for _, text := range []string{"a", " line", " with b\n", "no b\na and b"} {
				time.Sleep(time.Second)
				_, _ = log.Write([]byte(text))
			}
		}()
		began := time.Now()
		if err := log.wait(t.Context(), "a", "b"); err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errSlow)
		defer cancel()
		if err := log.wait(ctx, "a line", "no b"); !errors.Is(err, errSlow) || time.Since(began) != time.Minute+3*time.Second {
			t.Errorf("of two lines: after %v: %v", time.Since(began), err)
		}
	})
}
