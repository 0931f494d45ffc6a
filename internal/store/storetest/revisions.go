package storetest

import (
	"errors"

	"callback-completer/internal/approval"
)

func createdOnce(b bench) {
	first := record()
	first.Revision = 7 // whatever it says: a new record is revision 1
	first = b.create(first)
	b.holds(first)
	second := record()
	second.ID = first.ID
	for _, r := range []approval.Record{first, second} {
		if err := b.Create(b.Context(), r); !errors.Is(err, approval.ErrExists) {
			b.Errorf("create again: %v, want ErrExists", err)
		}
	}
	b.holds(first)
	first = b.update(first)
	if err := b.Create(b.Context(), second); !errors.Is(err, approval.ErrExists) {
		b.Errorf("create after an update: %v, want ErrExists", err)
	}
	b.holds(first)
}

func revisions(b bench) {
	other := b.create(record())
	r := b.create(record())
	for n := range 12 { // beyond the first number with two digits
		r.Progress = append(r.Progress, byte(n))
		r = b.update(r)
		for _, stale := range []int64{-1, 0, 1, r.Revision - 1, r.Revision + 1} {
			wrong := r
			wrong.Revision, wrong.Progress = stale, []byte("lost")
			if revision, err := b.Update(b.Context(), wrong); !errors.Is(err, approval.ErrConflict) {
				b.Errorf("update of revision %d while %d is stored: %d, %v, want ErrConflict", stale, r.Revision, revision, err)
			}
		}
		b.holds(r)
	}
	if r.Revision != 13 {
		b.Errorf("revision %d after twelve updates, want 13", r.Revision)
	}
	b.holds(other)
}

func nothingThere(b bench) {
	b.create(record())
	absent := record()
	if _, err := b.Get(b.Context(), absent.ID); !errors.Is(err, approval.ErrNotFound) {
		b.Errorf("get: %v, want ErrNotFound", err)
	}
	for _, revision := range []int64{0, 1, 2} {
		absent.Revision = revision
		if _, err := b.Update(b.Context(), absent); !errors.Is(err, approval.ErrConflict) {
			b.Errorf("update of revision %d: %v, want ErrConflict", revision, err)
		}
	}
	if _, err := b.Get(b.Context(), absent.ID); !errors.Is(err, approval.ErrNotFound) {
		b.Errorf("get after the updates: %v, want ErrNotFound", err)
	}
}
