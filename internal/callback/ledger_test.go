package callback_test

import (
	"crypto/sha256"
	"strconv"
	"testing"

	"callback-completer/internal/callback"
)

func TestMemoryLedgerForgetsTheOldest(t *testing.T) {
	t.Parallel()
	digest := func(n int) callback.Digest { return sha256.Sum256([]byte(strconv.Itoa(n))) }
	l := callback.NewMemoryLedger()
	const more = 3
	for n := range callback.MemoryLedgerSize + more {
		if err := l.Record(t.Context(), digest(n), digest(-n)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range callback.MemoryLedgerSize + more {
		got, known, err := l.Delivered(t.Context(), digest(n))
		if err != nil || known != (n >= more) || known && got != digest(-n) {
			t.Fatalf("entry %d: known %v, %v", n, known, err)
		}
	}
}

func TestMemoryLedgerKeepsTheFirstResult(t *testing.T) {
	t.Parallel()
	l := callback.NewMemoryLedger()
	task, first, second := callback.Digest{1}, callback.Digest{2}, callback.Digest{3}
	for _, result := range []callback.Digest{first, second} {
		if err := l.Record(t.Context(), task, result); err != nil {
			t.Fatal(err)
		}
	}
	if got, known, _ := l.Delivered(t.Context(), task); !known || got != first {
		t.Errorf("result %v, known %v, want the first", got, known)
	}
}
