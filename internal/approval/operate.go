package approval

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNotOpen means that a request cannot be revoked any more: it was answered, revoked or is expired.
var ErrNotOpen = errors.New("the request is not open any more")

// ErrNothingKept means that there is no store to ask: sealed links leave nothing behind.
var ErrNothingKept = errors.New("links are sealed here, so nothing is kept of requests")

// Description is what an operator may know of a request: when, by which execution and how far, not what.
type Description struct {
	ID          ID        `json:"requestId"`
	Stage       Stage     `json:"stage"` // a closed request is told as expired: only its link tells them apart
	CreatedAt   time.Time `json:"createdAt"`
	DeliveredAt time.Time `json:"deliveredAt,omitzero"`
	ExpiresAt   time.Time `json:"expiresAt"`
	Execution   string    `json:"execution,omitempty"`
}

// Describe returns what an operator may know of a request, or [ErrNotFound]. Without a store the error is [ErrNothingKept], as it
// is of Pending and Revoke.
func (s *Service) Describe(ctx context.Context, id ID) (Description, error) {
	if s.Store == nil {
		return Description{}, ErrNothingKept
	}
	record, err := s.record(ctx, id)
	if err != nil {
		return Description{}, fmt.Errorf("read the request: %w", err)
	}
	return s.describe(&record), nil
}

// Pending returns at most limit requests that wait for an answer, the oldest first. Those that expired lately are
// among them, and are told as such.
func (s *Service) Pending(ctx context.Context, limit int) ([]Description, error) {
	if s.Store == nil {
		return nil, ErrNothingKept
	}
	records, err := s.Store.Pending(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list the requests: %w", err)
	}
	all := make([]Description, len(records))
	for i := range records {
		all[i] = s.describe(&records[i])
	}
	return all, nil
}

// Revoke ends a request without an answer; its state goes on waiting for its own timeout. An answer that is on its way
// already may still arrive. The error is [ErrNotFound], [ErrNotOpen] or the store's.
func (s *Service) Revoke(ctx context.Context, id ID) error {
	if s.Store == nil {
		return ErrNothingKept
	}
	_, err := s.changeRecord(ctx, id, func(r *Record) error {
		if s.describe(r).Stage != StageOpen {
			return ErrNotOpen
		}
		r.State = Revoked
		return nil
	})
	if err != nil {
		return fmt.Errorf("revoke the request: %w", err)
	}
	return nil
}

func (s *Service) describe(r *Record) Description {
	d := Description{
		ID: r.ID, Stage: StageOpen, CreatedAt: r.CreatedAt, DeliveredAt: r.DeliveredAt, ExpiresAt: r.ExpiresAt, Execution: r.Execution,
	}
	switch {
	case r.State == Answered:
		d.Stage = StageAnswered
	case r.State == Revoked:
		d.Stage = StageRevoked
	case r.State == Expired, !s.Now().Before(r.ExpiresAt):
		d.Stage = StageExpired
	}
	return d
}

// record reads the record of a request. A pointer is none.
func (s *Service) record(ctx context.Context, id ID) (Record, error) {
	r, err := s.Store.Get(ctx, id)
	if err == nil && r.State == Pointer {
		return Record{}, ErrNotFound
	}
	return r, err
}

// changeRecord changes what is not sealed of a record, and does so again if somebody else was faster.
func (s *Service) changeRecord(ctx context.Context, id ID, f func(*Record) error) (Record, error) {
	err := ErrConflict
	for turn := 0; turn < maxTurns && errors.Is(err, ErrConflict); turn++ {
		var r Record
		if r, err = s.record(ctx, id); err != nil {
			return Record{}, err
		}
		if err = f(&r); err != nil {
			return Record{}, err
		}
		if r.Revision, err = s.Store.Update(ctx, r); err == nil {
			return r, nil
		}
	}
	return Record{}, err
}
