package storetest

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
)

// sameAsModel makes any calls, one after the other, and wants of each what a map would say.
func sameAsModel(b bench) {
	rapid.Check(b.T, func(rt *rapid.T) {
		m := model{bench: b, ids: []approval.ID{newID(), newID(), newID()}, records: map[approval.ID]approval.Record{}}
		rt.Repeat(map[string]func(*rapid.T){
			"create": m.tryCreate,
			"update": m.tryUpdate,
			"get":    m.tryGet,
		})
		m.listed(rt)
	})
}

// model is what is in the store under a few IDs, which are its own.
type model struct {
	bench

	ids     []approval.ID
	records map[approval.ID]approval.Record
}

// draw returns any record under one of the IDs.
func (m *model) draw(rt *rapid.T) approval.Record {
	moment := func(name string) time.Time {
		return base().Add(time.Duration(rapid.IntRange(1, 1e9).Draw(rt, name)) * time.Millisecond)
	}
	r := record()
	r.ID = rapid.SampledFrom(m.ids).Draw(rt, "ID")
	r.State = rapid.SampledFrom([]approval.State{approval.Open, approval.Answered, approval.Revoked, approval.Expired, approval.Pointer}).Draw(rt, "state")
	r.CreatedAt, r.ExpiresAt, r.PurgeAt = moment("created"), moment("expires"), moment("purge").AddDate(1, 0, 0)
	r.Request = rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "request")
	r.Progress = rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "progress")
	if rapid.Bool().Draw(rt, "delivered") {
		r.DeliveredAt = moment("delivered at")
	}
	return r
}

func (m *model) tryCreate(rt *rapid.T) {
	r := m.draw(rt)
	var want error
	if _, there := m.records[r.ID]; there {
		want = approval.ErrExists
	}
	if err := m.Create(m.Context(), r); !errors.Is(err, want) {
		rt.Fatalf("create: %v, want %v", err, want)
	}
	if want == nil {
		r.Revision = 1
		m.records[r.ID] = r
	}
}

func (m *model) tryUpdate(rt *rapid.T) {
	r := m.draw(rt)
	stored, there := m.records[r.ID]
	r.Revision = stored.Revision + rapid.SampledFrom([]int64{0, 0, 0, -1, 1}).Draw(rt, "off by")
	var want error
	if !there || r.Revision != stored.Revision {
		want = approval.ErrConflict
	}
	revision, err := m.Update(m.Context(), r)
	if !errors.Is(err, want) || want == nil && revision != r.Revision+1 {
		rt.Fatalf("update of revision %d while %d is stored: %d, %v, want %v", r.Revision, stored.Revision, revision, err, want)
	}
	if want == nil {
		r.Revision = revision
		m.records[r.ID] = r
	}
}

func (m *model) tryGet(rt *rapid.T) {
	id := rapid.SampledFrom(m.ids).Draw(rt, "ID")
	want, there := m.records[id]
	got, err := m.Get(m.Context(), id)
	if !there && !errors.Is(err, approval.ErrNotFound) || there && err != nil {
		rt.Fatalf("get: %v, there: %t", err, there)
	}
	if diff := difference(want, got); diff != "" {
		rt.Fatalf("the stored record (-want +got):\n%s", diff)
	}
}

// listed wants of all that is open the model's own, in their order.
func (m *model) listed(rt *rapid.T) {
	rt.Helper()
	var want []approval.Record
	for _, r := range m.records {
		if r.State == approval.Open {
			r.Revision, r.Request, r.Progress = 0, nil, nil
			want = append(want, r)
		}
	}
	slices.SortFunc(want, older)
	m.eventually(func() string {
		var got []approval.Record
		for _, r := range m.pending(1e5) {
			if slices.Contains(m.ids, r.ID) {
				got = append(got, r)
			}
		}
		if !slices.IsSortedFunc(got, func(a, b approval.Record) int { return a.CreatedAt.Compare(b.CreatedAt) }) {
			return "the oldest do not come first"
		}
		slices.SortFunc(got, older) // where a store may choose
		return difference(want, got)
	})
}

func older(a, b approval.Record) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}
