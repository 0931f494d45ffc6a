package webhook

import (
	"context"
	"time"
)

// flight is a fetch under way.
type flight struct {
	done chan struct{}
	err  error // to be read once done is closed
}

// current returns the secrets to check with, nil if there are none, and whether they were waited for.
func (v *Verifier) current(ctx context.Context) (held *ring, waited bool) {
	now := v.now()
	v.mu.Lock()
	held, f := v.ring, v.flight
	switch {
	case f == nil && !now.Before(v.due):
		f = v.begin(ctx, now, true)
	case held != nil:
		f = nil
	}
	v.mu.Unlock()
	if f == nil {
		return held, false
	}
	return v.after(ctx, f), true
}

// newer returns the secrets that are held after one fetch more than seen, or seen if there may be none.
func (v *Verifier) newer(ctx context.Context, seen *ring) *ring {
	now := v.now()
	v.mu.Lock()
	held, f := v.ring, v.flight
	switch {
	case held != seen: // another request was faster
		f = nil
	case f == nil && !now.Before(v.again):
		v.again = now.Add(pause)
		f = v.begin(ctx, now, true)
	}
	v.mu.Unlock()
	if f == nil {
		return held
	}
	return v.after(ctx, f)
}

// after waits until the fetch or the request has ended and returns what is held then.
func (v *Verifier) after(ctx context.Context, f *flight) *ring {
	select {
	case <-f.done:
	case <-ctx.Done():
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.ring
}

// begin starts a fetch, which logs its failure if nobody else will. The caller holds the lock.
func (v *Verifier) begin(ctx context.Context, now time.Time, logged bool) *flight {
	f := &flight{done: make(chan struct{})}
	v.flight = f
	ctx = context.WithoutCancel(ctx) // the request that began it may go, others wait
	go func() {
		defer close(f.done)
		ring, err := fetch(ctx, v.store, v.source)
		f.err = err
		stale := v.settle(now, ring, err)
		switch {
		case err == nil || !logged:
		case stale:
			v.log.ErrorContext(ctx, "webhook secrets were not renewed, the last good ones are used", "source", v.source.Name, "error", err)
		default:
			v.log.ErrorContext(ctx, "webhook secrets are missing, nothing of their source can be verified", "source", v.source.Name, "error", err)
		}
	}()
	return f
}

// settle keeps what a fetch gave and reports whether older secrets remain in use. The time is when it began.
func (v *Verifier) settle(began time.Time, fetched *ring, err error) (stale bool) {
	now := v.now()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.flight = nil
	switch {
	case err == nil:
		v.ring = fetched
		v.due = began.Add(cached)
		return false
	case v.ring == nil:
		v.due = now.Add(firstPause)
		return false
	default:
		v.again = now.Add(pause)
		if v.due.Before(v.again) { // else the five minutes are not over; a bad signature has asked
			v.due = v.again
		}
		return true
	}
}
