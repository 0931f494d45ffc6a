package storetest

import (
	"context"
	"errors"
	"strings"

	"callback-completer/internal/approval"
)

// cancelled: a caller that has gone is told so, and nothing has happened.
func cancelled(b bench) {
	kept := b.create(record())
	fresh := record()
	gone, cancel := context.WithCancel(b.Context())
	cancel()
	_, getError := b.Get(gone, kept.ID)
	changed := kept
	changed.Progress = []byte("changed")
	_, updateError := b.Update(gone, changed)
	_, pendingError := b.Pending(gone, 9)
	for call, err := range map[string]error{
		"get": getError, "create": b.Create(gone, fresh), "update": updateError, "pending": pendingError,
	} {
		b.unasked(err)
		if !errors.Is(err, context.Canceled) {
			b.Errorf("%s: %v, want context.Canceled", call, err)
		}
	}
	b.holds(kept)
	if _, err := b.Get(b.Context(), fresh.ID); !errors.Is(err, approval.ErrNotFound) {
		b.Errorf("get what nobody was there to create: %v, want ErrNotFound", err)
	}
}

const canary = "CANARY"

// quotesNothing: errors go into logs, where nothing of a request belongs.
func quotesNothing(b bench) {
	r := record()
	r.Execution, r.Request, r.Progress = canary, []byte(canary), []byte(canary)
	kept := b.create(r)
	large := kept
	large.Execution = strings.Repeat(canary, 100_000)
	fresh := large
	fresh.ID = newID()
	absent := r
	absent.ID = newID()
	gone, cancel := context.WithCancel(b.Context())
	cancel()
	stale := kept
	stale.Revision = 9
	for call, f := range map[string]func() error{
		"create again":     func() error { return b.Create(b.Context(), r) },
		"create too large": func() error { return b.Create(b.Context(), fresh) },
		"create too late":  func() error { return b.Create(gone, absent) },
		"get nothing":      func() error { _, err := b.Get(b.Context(), absent.ID); return err },
		"get too late":     func() error { _, err := b.Get(gone, kept.ID); return err },
		"stale":            func() error { _, err := b.Update(b.Context(), stale); return err },
		"update too large": func() error { _, err := b.Update(b.Context(), large); return err },
		"pending too late": func() error { _, err := b.Pending(gone, 9); return err },
	} {
		err := f()
		if err == nil {
			b.Errorf("%s: no error", call)
			continue
		}
		for _, secret := range []string{canary, string(r.ID), string(fresh.ID), string(absent.ID)} {
			if strings.Contains(err.Error(), secret) {
				b.Errorf("%s: the error quotes a record: %.200v", call, err)
			}
		}
	}
}
