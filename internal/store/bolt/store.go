package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"callback-completer/internal/approval"
)

// patience is how long Open waits for another process to close the file.
const patience = time.Second

// Store is a file of records. It is safe for concurrent use.
type Store struct {
	db  *bbolt.DB
	now func() time.Time
}

var _ approval.Store = (*Store)(nil)

// Open opens the file, or makes it if there is none, readable for its owner only. It fails after a second if another
// process has it open. now tells which records are to be forgotten.
func Open(path string, now func() time.Time) (*Store, error) {
	return open(path, now, bbolt.Options{Timeout: patience})
}

func open(path string, now func() time.Time, o bbolt.Options) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &o)
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open the store of approvals: another process has %s open", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the store of approvals %s: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{recordBucket, openBucket, purgeBucket} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the store of approvals %s: %w", path, err), db.Close())
	}
	return &Store{db: db, now: now}, nil
}

// Path returns the path of the file.
func (s *Store) Path() string { return s.db.Path() }

// Close closes the file after the calls under way have ended.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close the store of approvals: %w", err)
	}
	return nil
}

// Create stores a new record as revision 1. It fails with [approval.ErrExists] if there is one of that ID.
func (s *Store) Create(ctx context.Context, r approval.Record) error {
	r.Revision = 1
	err := s.write(ctx, func(b buckets) error {
		if err := b.purge(s.now()); err != nil {
			return err
		}
		switch _, err := b.get(r.ID, s.now()); {
		case err == nil:
			return approval.ErrExists
		case !errors.Is(err, approval.ErrNotFound):
			return err
		}
		return b.put(&r)
	})
	if err != nil && !errors.Is(err, approval.ErrExists) {
		return fmt.Errorf("store the record: %w", err)
	}
	return err
}

// Get returns the record of that ID, or [approval.ErrNotFound].
func (s *Store) Get(ctx context.Context, id approval.ID) (r approval.Record, err error) {
	err = s.read(ctx, func(b buckets) error {
		r, err = b.get(id, s.now())
		return err
	})
	if err != nil && !errors.Is(err, approval.ErrNotFound) {
		return approval.Record{}, fmt.Errorf("read the record: %w", err)
	}
	return r, err
}

// Update replaces the record whose Revision is r.Revision and returns the next revision, which is the record's then. It
// fails with [approval.ErrConflict] if there is another revision or none.
func (s *Store) Update(ctx context.Context, r approval.Record) (int64, error) {
	err := s.write(ctx, func(b buckets) error {
		stored, err := b.get(r.ID, s.now())
		if errors.Is(err, approval.ErrNotFound) || err == nil && stored.Revision != r.Revision {
			return approval.ErrConflict
		}
		if err != nil {
			return err
		}
		if err := b.unlist(&stored); err != nil {
			return err
		}
		r.Revision++
		return b.put(&r)
	})
	switch {
	case errors.Is(err, approval.ErrConflict):
		return 0, err
	case err != nil:
		return 0, fmt.Errorf("change the record: %w", err)
	}
	return r.Revision, nil
}

// Pending returns at most limit open records, the oldest first. Like those of what is deployed they come without Revision,
// Request and Progress.
func (s *Store) Pending(ctx context.Context, limit int) (found []approval.Record, err error) {
	err = s.read(ctx, func(b buckets) error {
		found, err = b.pending(limit, s.now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the open records: %w", err)
	}
	return found, nil
}

func (s *Store) read(ctx context.Context, f func(buckets) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.View(func(tx *bbolt.Tx) error { return f(bucketsOf(tx)) })
}

func (s *Store) write(ctx context.Context, f func(buckets) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error { return f(bucketsOf(tx)) })
}
