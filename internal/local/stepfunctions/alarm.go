package stepfunctions

import (
	"context"
	"time"
)

// alarm is a timer that may never ring.
type alarm struct {
	t *time.Timer
	c <-chan time.Time
}

// newAlarm rings at a time; the zero time is never.
func newAlarm(at time.Time) alarm {
	if at.IsZero() {
		return alarm{}
	}
	t := time.NewTimer(time.Until(at))
	return alarm{t: t, c: t.C}
}

func (a alarm) stop() {
	if a.t != nil {
		a.t.Stop()
	}
}

// sleep waits; it returns errEnded when ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return errEnded
	}
}
