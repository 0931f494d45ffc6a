package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"callback-completer/internal/approval"
)

// KeepApprovals makes a table of approval requests whose items are in store, as package dynamo writes them. Conditions and
// pages are those of every other table; what is gone when the service ends is only who wrote an item last, by which a
// writer whose answer was lost knows his own write.
//
// The table takes what a [approval.Record] holds and no other attribute. It cannot be scanned: a store lists open requests only.
func (s *Service) KeepApprovals(name string, store approval.Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[name] = &table{
		name: name, arn: s.arn(name), key: keyAttribute{attrID, "S"},
		indexes: []index{{
			name: "pending", hash: keyAttribute{attrPending, "S"}, sort: &keyAttribute{attrCreatedAt, "N"},
			projects: []string{attrExpiresAt, attrPurgeAt, attrDeliveredAt, attrExecution},
		}},
		rows: &records{store: store, writes: map[string]value{}},
	}
}

// The attributes of an item.
const (
	attrID          = "id"
	attrRevision    = "revision"
	attrState       = "state"
	attrCreatedAt   = "createdAt"
	attrExpiresAt   = "expiresAt"
	attrPurgeAt     = "purgeAt"
	attrPurgeAfter  = "purgeAfter"
	attrDeliveredAt = "deliveredAt"
	attrExecution   = "execution"
	attrRequest     = "request"
	attrProgress    = "progress"
	attrWrite       = "write"
	attrPending     = "pending"
)

// maxOpen is how many open requests an index has.
const maxOpen = 10_000

// records are rows in a store of approval requests. One operation of the service runs at a time, and nobody else has the store,
// so that what was read still holds when it is written.
type records struct {
	store  approval.Store
	writes map[string]value // the last write of each item, by its key
}

func (r *records) get(ctx context.Context, key string) (item, error) {
	record, err := r.store.Get(ctx, approval.ID(key))
	switch {
	case errors.Is(err, approval.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	found := itemOf(&record)
	if write, ok := r.writes[key]; ok {
		found[attrWrite] = write
	}
	return found, nil
}

func (r *records) put(ctx context.Context, key string, in, old item) error {
	record, err := recordOf(in)
	if err != nil {
		return err
	}
	switch {
	case old == nil && record.Revision == 1:
		err = r.store.Create(ctx, record)
	case old != nil && old[attrRevision].compare(number(record.Revision-1)) == 0:
		record.Revision--
		_, err = r.store.Update(ctx, record)
	default:
		err = errValidation("the stand-in keeps approval requests and counts their revisions from 1")
	}
	if err != nil {
		return err
	}
	delete(r.writes, key)
	if write, ok := in[attrWrite]; ok {
		r.writes[key] = write
	}
	return nil
}

func (r *records) indexed(ctx context.Context) ([]item, error) {
	open, err := r.store.Pending(ctx, maxOpen)
	if err != nil {
		return nil, err
	}
	items := make([]item, len(open))
	for i := range open {
		items[i] = itemOf(&open[i])
	}
	return items, nil
}

func (r *records) all(context.Context) ([]item, error) {
	return nil, errValidation("the stand-in does not scan a table that keeps approval requests; Query its index for the open ones")
}

func itemOf(r *approval.Record) item {
	i := item{
		attrID:       {kind: "S", text: string(r.ID)},
		attrRevision: number(r.Revision),
		attrState:    {kind: "S", text: string(r.State)},
	}
	for name, at := range map[string]time.Time{
		attrCreatedAt: r.CreatedAt, attrExpiresAt: r.ExpiresAt, attrPurgeAt: r.PurgeAt, attrDeliveredAt: r.DeliveredAt,
	} {
		if !at.IsZero() {
			i[name] = number(at.UnixMilli())
		}
	}
	for name, data := range map[string][]byte{attrRequest: r.Request, attrProgress: r.Progress} {
		if len(data) > 0 {
			i[name] = value{kind: "B", bytes: data}
		}
	}
	if r.Execution != "" {
		i[attrExecution] = value{kind: "S", text: r.Execution}
	}
	if !r.PurgeAt.IsZero() {
		i[attrPurgeAfter] = number(r.PurgeAt.Add(time.Second - time.Millisecond).Unix()) // Time to Live counts in seconds
	}
	if r.State == approval.Open {
		i[attrPending] = value{kind: "S", text: "1"}
	}
	return i
}

func number(n int64) value { return value{kind: "N", text: strconv.FormatInt(n, 10)} }

// recordOf refuses an attribute that a record has no place for, so that none is lost without a word.
func recordOf(i item) (r approval.Record, err error) {
	for name, v := range i {
		kind := "N"
		switch name {
		case attrID:
			kind, r.ID = "S", approval.ID(v.text)
		case attrState:
			kind, r.State = "S", approval.State(v.text)
		case attrExecution:
			kind, r.Execution = "S", v.text
		case attrPending:
			kind = "S" // follows from the state
		case attrRequest:
			kind, r.Request = "B", v.bytes
		case attrProgress:
			kind, r.Progress = "B", v.bytes
		case attrWrite:
			kind = "B"
		case attrRevision:
			r.Revision, err = strconv.ParseInt(v.text, 10, 64)
		case attrCreatedAt:
			r.CreatedAt, err = instant(v)
		case attrExpiresAt:
			r.ExpiresAt, err = instant(v)
		case attrPurgeAt:
			r.PurgeAt, err = instant(v)
		case attrDeliveredAt:
			r.DeliveredAt, err = instant(v)
		case attrPurgeAfter: // follows from purgeAt
		default:
			return r, errValidation("the stand-in keeps approval requests and knows no attribute %s of them", name)
		}
		if v.kind != kind || err != nil {
			return r, errValidation("the stand-in keeps approval requests, whose attribute %s is of the kind %s", name, kind)
		}
	}
	return r, nil
}

func instant(v value) (time.Time, error) {
	ms, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("a time: %w", err)
	}
	return time.UnixMilli(ms).UTC(), nil
}
