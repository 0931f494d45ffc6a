package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"callback-completer/internal/approval"
)

const (
	recordBucket = "records"
	openBucket   = "open"
	purgeBucket  = "purge"
)

// maxRecord is what DynamoDB takes of a record, so that what works here works there. Names and numbers count as overhead.
const (
	maxRecord = 400 << 10
	overhead  = 256
)

// buckets are the file in a transaction.
type buckets struct{ records, open, purges *bbolt.Bucket }

func bucketsOf(tx *bbolt.Tx) buckets {
	return buckets{tx.Bucket([]byte(recordBucket)), tx.Bucket([]byte(openBucket)), tx.Bucket([]byte(purgeBucket))}
}

// get returns a record, or ErrNotFound if there is none or its time is over.
func (b buckets) get(id approval.ID, now time.Time) (approval.Record, error) {
	text := b.records.Get([]byte(id))
	if text == nil {
		return approval.Record{}, approval.ErrNotFound
	}
	var r approval.Record
	if json.Unmarshal(text, &r) != nil || r.ID != id {
		return approval.Record{}, errors.New("the file is damaged") // the decoder's words quote it
	}
	if !r.PurgeAt.IsZero() && !now.Before(r.PurgeAt) {
		return approval.Record{}, approval.ErrNotFound
	}
	return r, nil
}

// put writes a record and lists it.
func (b buckets) put(r *approval.Record) error {
	if n := len(r.ID) + len(r.Execution) + len(r.Request) + len(r.Progress) + overhead; n > maxRecord {
		return fmt.Errorf("the record takes %d bytes, at most %d are taken", n, maxRecord)
	}
	for _, at := range []*time.Time{&r.CreatedAt, &r.ExpiresAt, &r.PurgeAt, &r.DeliveredAt} {
		*at = at.Truncate(time.Millisecond).UTC()
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode the record: %w", err)
	}
	if err := b.records.Put([]byte(r.ID), text); err != nil {
		return err
	}
	if r.State == approval.Open {
		if err := b.open.Put(keyOf(r.CreatedAt, r.ID), nil); err != nil {
			return err
		}
	}
	if r.PurgeAt.IsZero() {
		return nil
	}
	return b.purges.Put(keyOf(r.PurgeAt, r.ID), nil)
}

// unlist takes a record off the lists.
func (b buckets) unlist(r *approval.Record) error {
	return errors.Join(b.open.Delete(keyOf(r.CreatedAt, r.ID)), b.purges.Delete(keyOf(r.PurgeAt, r.ID)))
}

// pending reads the list of open records.
func (b buckets) pending(limit int, now time.Time) ([]approval.Record, error) {
	var found []approval.Record
	cursor := b.open.Cursor()
	for key, _ := cursor.First(); key != nil && len(found) < limit; key, _ = cursor.Next() {
		r, err := b.get(idOf(key), now)
		if errors.Is(err, approval.ErrNotFound) {
			continue // to be purged
		}
		if err != nil {
			return nil, err
		}
		r.Revision, r.Request, r.Progress = 0, nil, nil
		found = append(found, r)
	}
	return found, nil
}

// purge removes the records whose time is over.
func (b buckets) purge(now time.Time) error {
	end := keyOf(now, "\xff") // behind every ID
	var due [][]byte
	cursor := b.purges.Cursor()
	for key, _ := cursor.First(); key != nil && bytes.Compare(key, end) < 0; key, _ = cursor.Next() {
		due = append(due, bytes.Clone(key))
	}
	for _, key := range due { // neither cursor nor key survives a deletion
		id := idOf(key)
		r, err := b.get(id, time.Time{})
		if err != nil {
			return err
		}
		if err := errors.Join(b.unlist(&r), b.records.Delete([]byte(id))); err != nil {
			return err
		}
	}
	return nil
}

// keyOf orders by time, then by ID.
func keyOf(at time.Time, id approval.ID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli())^1<<63), id...)
}

func idOf(key []byte) approval.ID { return approval.ID(key[8:]) }
