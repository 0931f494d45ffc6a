package sqs

import (
	"context"
	"time"
)

// receive waits for a message up to wait; a nil visibility takes the queue's. The error is QueueDoesNotExist.
func (q *Queue) receive(ctx context.Context, limit int, wait time.Duration, visibility *time.Duration) ([]Received, error) {
	deadline := time.Now().Add(wait)
	for {
		if ctx.Err() != nil {
			return nil, nil //nolint:nilerr // the receiver has gone; nothing was taken
		}
		got, look, changed, err := q.poll(limit, visibility)
		if err != nil || len(got) > 0 || !time.Now().Before(deadline) {
			return got, err
		}
		if look.IsZero() || look.After(deadline) {
			look = deadline
		}
		timer := time.NewTimer(time.Until(look))
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// poll looks once. Without messages it says when to look again at the latest, if anything is on its way, and gives
// the channel that tells of a change before.
func (q *Queue) poll(limit int, visibility *time.Duration) (got []Received, look time.Time, changed <-chan struct{}, err error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.deleted {
		return nil, time.Time{}, nil, errNoQueue()
	}
	if visibility == nil {
		visibility = &q.settings.visibility
	}
	now := time.Now()
	got, look = q.take(now, limit, *visibility)
	return got, look, q.changed, nil
}

// take hands out what is visible, oldest first, and moves what has been received too often to the dead-letter queue.
func (q *Queue) take(now time.Time, limit int, visibility time.Duration) (got []Received, next time.Time) {
	q.expire(now)
	busy := q.busyGroups(now)
	for m := range q.all() {
		switch {
		case len(got) == limit:
			return got, next
		case m.visible.After(now):
			// On a FIFO queue what is delayed holds back what was sent to its group after it.
			busy[m.GroupID] = busy[m.GroupID] || q.settings.fifo
			for _, t := range []time.Time{m.visible, q.expires(m)} {
				if next.IsZero() || t.Before(next) {
					next = t
				}
			}
		case q.settings.fifo && busy[m.GroupID]:
		case q.deadLetter(m, now):
		default:
			got = append(got, q.handOut(m, now, visibility))
		}
	}
	return got, next
}

func (q *Queue) handOut(m *message, now time.Time, visibility time.Duration) Received {
	m.receives++
	if m.firstReceived.IsZero() {
		m.firstReceived = now
	}
	m.receivedAt = now
	m.visible = now.Add(visibility)
	m.handle = q.newHandle(m)
	return m.received(q.s.options.Account)
}
