package storetest

import (
	"errors"
	"time"

	"callback-completer/internal/approval"
)

// patience is how long a store's list may lag, on a slow and shared machine.
const patience = time.Minute

// eventually looks until there is no difference, and tells the last one if that takes too long.
func (b bench) eventually(look func() (difference string)) {
	b.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		diff := look()
		if diff == "" {
			return
		}
		select {
		case <-again.C:
		case <-end.C:
			b.Fatalf("the open records (-want +got):\n%s", diff)
		}
	}
}

// lists wants the list to be this before long.
func (b bench) lists(limit int, want ...approval.ID) {
	b.Helper()
	b.eventually(func() string { return difference(want, ids(b.pending(limit))) })
}

func (b bench) pending(limit int) []approval.Record {
	b.Helper()
	records, err := b.Pending(b.Context(), limit)
	if err != nil {
		b.Fatalf("pending: %v", err)
	}
	if len(records) == 0 {
		return nil
	}
	return records
}

func ids(records []approval.Record) []approval.ID {
	var all []approval.ID
	for _, r := range records {
		all = append(all, r.ID)
	}
	return all
}

func pendingOrder(b bench) {
	b.lists(10)
	const count = 30
	oldest := make([]approval.ID, count)
	now := time.UnixMilli(count / 2) // milliseconds change their sign on the way, and their digits
	for n := range count {
		r := record()
		age := n * 7 % count // neither in the order of their age nor in the reverse
		r.CreatedAt = now.Add(-time.Duration(age) * time.Millisecond)
		oldest[count-1-age] = b.create(r).ID
	}
	for _, limit := range []int{1, 7, count - 1, count, count + 1, 5000} {
		b.lists(limit, oldest[:min(limit, count)]...)
	}
	b.lists(0)
	b.lists(-1)
}

// pendingStates: a record is in the list while it is open, however often that changes.
func pendingStates(b bench) {
	first, second := record(), record()
	first.CreatedAt = second.CreatedAt.Add(-time.Second)
	first, second = b.create(first), b.create(second)
	closed := record()
	closed.State = approval.Revoked
	b.create(closed)
	pointer := record()
	pointer.State = approval.Pointer
	b.create(pointer)
	b.lists(9, first.ID, second.ID)
	for _, state := range []approval.State{approval.Answered, approval.Revoked, approval.Expired} {
		first.State = state
		first = b.update(first)
		b.lists(9, second.ID)
		first.State = approval.Open
		first = b.update(first)
		b.lists(9, first.ID, second.ID)
	}
	first.Progress = []byte("a vote")
	b.update(first)
	second.CreatedAt = first.CreatedAt.Add(-time.Second)
	b.update(second)
	b.lists(9, second.ID, first.ID)
}

// pendingMetadata: of an open record the list has what operators ask for, and nothing that could be written back.
func pendingMetadata(b bench) {
	r := record()
	r.Progress = []byte("a vote")
	r = b.create(r)
	r.DeliveredAt = r.CreatedAt.Add(1234 * time.Millisecond)
	b.update(r)
	want := r
	want.Revision, want.Request, want.Progress = 0, nil, nil
	b.eventually(func() string { return difference([]approval.Record{want}, b.pending(9)) })
}

// pendingExpired: a sweep of what is over leaves what waits, and an answer in its way wins.
func pendingExpired(b bench) {
	const count = 25
	old, open := record(), record()
	old.ExpiresAt = old.CreatedAt.Add(-time.Hour)
	var over []approval.Record
	for n := range count {
		r := old
		r.ID, r.CreatedAt = newID(), old.CreatedAt.Add(time.Duration(n-count)*time.Second)
		over = append(over, b.create(r))
	}
	open = b.create(open)
	b.lists(count+9, append(ids(over), open.ID)...)
	answered := over[0]
	answered.State, answered.Progress = approval.Answered, []byte("an answer")
	answered = b.update(answered)
	for i, r := range over {
		r.State = approval.Expired
		if i > 0 {
			b.holds(b.update(r))
		} else if _, err := b.Update(b.Context(), r); !errors.Is(err, approval.ErrConflict) {
			b.Errorf("a sweep over an answer: %v, want ErrConflict", err)
		}
	}
	b.holds(answered)
	b.lists(count+9, open.ID)
	b.lists(1, open.ID)
	late := b.get(over[1].ID) // an answer that was on its way
	late.State, late.Progress = approval.Answered, []byte("an answer")
	b.holds(b.update(late))
	b.lists(count+9, open.ID)
}
