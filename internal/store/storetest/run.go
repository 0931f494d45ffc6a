package storetest

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"testing" //nolint:depguard // only tests call a suite
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

// Run runs the suite. open returns an empty store, which lives as long as the test that it is for.
func Run(t *testing.T, open func(t *testing.T) approval.Store) {
	t.Helper()
	for name, run := range map[string]func(bench){
		"what is written is read":             roundTrip,
		"a record is created once":            createdOnce,
		"revisions":                           revisions,
		"nothing there":                       nothingThere,
		"a record is a copy":                  copies,
		"too large":                           tooLarge,
		"one of fifty creates":                oneCreates,
		"one of fifty updates":                oneUpdates,
		"pending: the oldest first":           pendingOrder,
		"pending: while open":                 pendingStates,
		"pending: what is over is swept":      pendingExpired,
		"pending: what operators see":         pendingMetadata,
		"a caller that has gone":              cancelled,
		"errors quote nothing":                quotesNothing,
		"any calls: the same as of one a map": sameAsModel,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(bench{t, open(t)})
		})
	}
}

// bench is a store in a test.
type bench struct {
	*testing.T
	approval.Store
}

// base is when the records of the suite were made: its future is far enough for a store that forgets in time.
func base() time.Time { return time.Now().Truncate(time.Millisecond).UTC() }

func newID() approval.ID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return approval.ID(hex.EncodeToString(b[:]))
}

// record returns an open record as the core makes them.
func record() approval.Record {
	now := base()
	return approval.Record{
		ID: newID(), State: approval.Open, CreatedAt: now, ExpiresAt: now.Add(time.Hour), PurgeAt: now.Add(24 * time.Hour),
		Execution: "arn:aws:states:eu-west-1:123456789012:execution:orders:17", Request: []byte("sealed"),
	}
}

func (b bench) create(r approval.Record) approval.Record {
	b.Helper()
	if err := b.Create(b.Context(), r); err != nil {
		b.Fatalf("create: %v", err)
	}
	r.Revision = 1
	return r
}

func (b bench) update(r approval.Record) approval.Record {
	b.Helper()
	revision, err := b.Update(b.Context(), r)
	if err != nil || revision != r.Revision+1 {
		b.Fatalf("update of revision %d: %d, %v", r.Revision, revision, err)
	}
	r.Revision = revision
	return r
}

func (b bench) get(id approval.ID) approval.Record {
	b.Helper()
	r, err := b.Get(b.Context(), id)
	if err != nil {
		b.Fatalf("get: %v", err)
	}
	return r
}

// holds wants the store to have exactly this record.
func (b bench) holds(want approval.Record) {
	b.Helper()
	if diff := difference(want, b.get(want.ID)); diff != "" {
		b.Errorf("the stored record (-want +got):\n%s", diff)
	}
}

// difference takes nil and empty bytes for the same.
func difference(want, got any) string {
	return cmp.Diff(want, got, cmp.Comparer(bytes.Equal))
}
