package sfn

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"callback-completer/internal/awscall"
	"callback-completer/internal/callback"
	"callback-completer/internal/pace"
)

// errLate is an attempt that could not begin early enough.
var errLate = errors.New("the call's turn would come too late")

// turn is the permission for one attempt: within the quota, and on a connection that is there or worth its while.
type turn struct {
	ramp     *pace.Ramp
	governor *pace.Governor
	reserved pace.Turn
}

// takeTurn waits until the attempt may be made. It must end before the context does; a call's first attempt, which begins it,
// also before the context's last start.
func takeTurn(ctx context.Context, ramp *pace.Ramp, governor *pace.Governor, first bool) (*turn, error) {
	latest, _ := ctx.Deadline()
	if last, ok := callback.LastStart(ctx); ok && first {
		latest = last
	}
	reserved, wait, ok := governor.Reserve(time.Now(), latest)
	if !ok {
		return nil, errLate
	}
	t := &turn{ramp, governor, reserved}
	if err := sleep(ctx, wait); err != nil {
		governor.Return()
		return nil, err
	}
	if err := t.board(ctx); err != nil {
		governor.Return()
		return nil, err
	}
	if !latest.IsZero() && !time.Now().Before(latest) {
		ramp.GiveUp(nil)
		governor.Return()
		return nil, errLate
	}
	return t, nil
}

// board waits for a connection that is free, or worth making.
func (t *turn) board(ctx context.Context) error {
	for ready := t.ramp.Enter(time.Now()); ready != nil; {
		timer := time.NewTimer(pace.Stall)
		select {
		case <-ready:
			ready = nil
		case <-timer.C:
			t.ramp.Stalled(time.Now())
		case <-ctx.Done():
			timer.Stop()
			t.ramp.GiveUp(ready)
			return &aws.RequestCanceledError{Err: ctx.Err()}
		}
		timer.Stop()
	}
	return nil
}

// end tells what became of the attempt.
func (t *turn) end(err error, dial, answer time.Duration) {
	now := time.Now()
	t.governor.Done(now, t.reserved, err != nil && throttled(err))
	t.ramp.Leave(now, dial, answer)
}

// throttled reports whether the quota is why the call was refused. KMS has one of its own.
func throttled(err error) bool {
	known := retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}
	return known.IsErrorThrottle(err) == aws.TrueTernary || awscall.Status(err) == http.StatusTooManyRequests
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &aws.RequestCanceledError{Err: ctx.Err()}
	}
}
