package storetest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing" //nolint:depguard // only tests call a suite
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/race"
)

func roundTrip(b bench) {
	var everyByte []byte
	for b := range 256 {
		everyByte = append(everyByte, byte(b))
	}
	large := make([]byte, 300_000)
	if race.Enabled {
		large = large[:30_000]
	}
	_, _ = rand.Read(large)
	now := base()
	for name, change := range map[string]func(*approval.Record){
		"as it is":           func(*approval.Record) {},
		"every byte":         func(r *approval.Record) { r.Request, r.Progress = everyByte, everyByte },
		"nil":                func(r *approval.Record) { r.Request, r.Progress = nil, nil },
		"empty":              func(r *approval.Record) { r.Request, r.Progress = []byte{}, []byte{} },
		"zero bytes":         func(r *approval.Record) { r.Request, r.Progress = []byte{0}, []byte{0, 0} },
		"300 KB":             func(r *approval.Record) { r.Request = large },
		"300 KB of progress": func(r *approval.Record) { r.Progress = large },
		"delivered":          func(r *approval.Record) { r.DeliveredAt = now },
		"a millisecond":      func(r *approval.Record) { r.CreatedAt = now.Truncate(time.Second).Add(time.Millisecond) },
		"999 milliseconds":   func(r *approval.Record) { r.ExpiresAt = now.Truncate(time.Second).Add(999 * time.Millisecond) },
		"elsewhere":          func(r *approval.Record) { r.CreatedAt = now.In(time.FixedZone("elsewhere", 5400)) },
		"a year":             func(r *approval.Record) { r.ExpiresAt, r.PurgeAt = now.AddDate(1, 0, 0), now.AddDate(1, 1, 0) },
		"answered":           func(r *approval.Record) { r.State = approval.Answered },
		"revoked":            func(r *approval.Record) { r.State = approval.Revoked },
		"expired":            func(r *approval.Record) { r.State = approval.Expired },
		"a pointer":          func(r *approval.Record) { r.State, r.Execution = approval.Pointer, "" },
		"no execution":       func(r *approval.Record) { r.Execution = "" },
		"any execution":      func(r *approval.Record) { r.Execution = "é 😀 \" \x00 \n </script>" },
	} {
		b.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench{t, b.Store}
			r := record()
			change(&r)
			r = b.create(r)
			b.holds(r)
			b.holds(b.update(r))
			// And over a record that is something else.
			other := b.create(record())
			id := other.ID
			other, other.ID = r, id
			b.holds(b.update(other))
		})
	}
}

// copies: what a caller does with its bytes afterwards is its own affair.
func copies(b bench) {
	r := record()
	r.Request, r.Progress = []byte("request"), []byte("progress")
	want := r
	want.Request, want.Progress = bytes.Clone(r.Request), bytes.Clone(r.Progress)
	want.Revision = 1
	b.create(r)
	clear(r.Request)
	clear(r.Progress)
	got := b.get(r.ID)
	clear(got.Request)
	clear(got.Progress)
	b.holds(want)
}

// tooLarge: no store takes what DynamoDB would not, for what works on a developer's machine is to work in an account.
func tooLarge(b bench) {
	for name, change := range map[string]func(*approval.Record){
		"one value": func(r *approval.Record) { r.Request = make([]byte, 400<<10) },
		"together": func(r *approval.Record) {
			r.Request, r.Progress = make([]byte, 250_000), make([]byte, 250_000)
		},
		"text": func(r *approval.Record) { r.Execution = strings.Repeat("x", 400<<10) },
	} {
		b.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bench{t, b.Store}
			r := record()
			change(&r)
			b.unasked(b.Create(b.Context(), r))
			if _, err := b.Get(b.Context(), r.ID); !errors.Is(err, approval.ErrNotFound) {
				b.Errorf("get: %v, want ErrNotFound", err)
			}
			kept := record()
			kept.ID = r.ID
			kept = b.create(kept)
			r.Revision = kept.Revision
			_, err := b.Update(b.Context(), r)
			b.unasked(err)
			b.holds(kept)
		})
	}
}

// unasked wants an error that says nothing of what is stored.
func (b bench) unasked(err error) {
	b.Helper()
	if err == nil || errors.Is(err, approval.ErrNotFound) || errors.Is(err, approval.ErrExists) || errors.Is(err, approval.ErrConflict) {
		b.Errorf("%v, want an error that is none of the core's", err)
	}
}
