package approval

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// surveyed is how many requests a survey looks at, the oldest first.
	surveyed = 10_000
	// swept is how many expired ones it takes off the list. Each is read and written.
	swept = 1000
	// sweepDelay is how long an expired request stays on the list: clocks differ, and an answer of the last moment may still be
	// on its way.
	sweepDelay = time.Minute
)

// Survey is what operators should know of the requests that are open.
type Survey struct {
	Open int // requests that wait for an answer
	// Oldest is for how long the oldest of them has waited; 0 if there is none.
	Oldest time.Duration
	// Swept is how many expired requests were taken off the list of open ones.
	Swept int
	// Cut says that not all of the work was done, and that the next survey goes on with it: Open is of the requests that
	// were looked at, the 10,000 oldest, and there may be more.
	Cut bool
}

// Known reports whether Oldest is known. It is not where so many expired requests are on the list that no open one was reached.
func (v *Survey) Known() bool { return v.Open > 0 || !v.Cut }

// Survey looks at the open requests, and takes those that have expired off their list: until they are purged, a month later,
// they would stand between an operator and what waits. It stops when ctx ends, so ctx should end before its caller must.
//
// What a page says of a request does not depend on the list, and a request that is not on it can still be answered if an
// answer was on its way. The error is [ErrNothingKept], or that of the store, of which nothing could be read.
func (s *Service) Survey(ctx context.Context) (Survey, error) {
	if s.Store == nil {
		return Survey{}, ErrNothingKept
	}
	records, err := s.Store.Pending(ctx, surveyed)
	if err != nil {
		return Survey{}, fmt.Errorf("list the requests: %w", err)
	}
	v := Survey{Cut: len(records) == surveyed}
	now := s.Now()
	var expired []ID
	for i := range records {
		r := &records[i]
		switch {
		case now.Before(r.ExpiresAt):
			if v.Open == 0 {
				v.Oldest = max(0, now.Sub(r.CreatedAt)) // they come by their age
			}
			v.Open++
		case overdue(r, now):
			expired = append(expired, r.ID)
		}
	}
	s.sweep(ctx, expired, &v)
	return v, nil
}

// overdue reports whether an open request is to be taken off the list.
func overdue(r *Record, now time.Time) bool {
	return r.State == Open && !now.Before(r.ExpiresAt.Add(sweepDelay))
}

var errNotOverdue = errors.New("the request is on the list rightly, or not any more")

// sweep marks requests as expired. One that somebody else changes at the same time is left to the next survey.
func (s *Service) sweep(ctx context.Context, ids []ID, v *Survey) {
	for i, id := range ids {
		if i == swept || ctx.Err() != nil {
			v.Cut = true
			return
		}
		_, err := s.changeRecord(ctx, id, func(r *Record) error {
			if !overdue(r, s.Now()) {
				return errNotOverdue
			}
			r.State = Expired
			return nil
		})
		switch {
		case err == nil:
			v.Swept++
		case errors.Is(err, errNotOverdue), errors.Is(err, ErrNotFound), errors.Is(err, ErrConflict):
		default:
			v.Cut = true
			s.Log.WarnContext(ctx, "expired requests could not be taken off the list of open ones", "error", err)
			return
		}
	}
}
