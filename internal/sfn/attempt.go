package sfn

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/aws/smithy-go/middleware"

	"callback-completer/internal/awscall"
	"callback-completer/internal/pace"
)

// attempts is what is known of the attempts of one call.
type attempts struct {
	// The caller's context, and the present attempt's, which follows from it: the transport looks nothing up in all that the SDK adds.
	call, traced context.Context //nolint:containedctx // no longer than the call

	governor *pace.Governor
	most     int   // failures that are not throttled, 0: the retryer counts
	failures int   // so far
	begun    bool  // one of them was
	throttle error // the last one's, if it was throttled
	// answerLost: one was sent, and then came no readable answer or a server error. It may have been carried out.
	answerLost bool
}

type attemptsKey struct{}

func withAttempts(ctx context.Context, a *attempts) context.Context {
	a.call = ctx
	return context.WithValue(ctx, attemptsKey{}, a)
}

// watchAttempts puts a step behind the SDK's retry loop, where every attempt passes: it gives them their turn, and notes what
// became of them. Attempts are signed after it, when they are sent.
func watchAttempts(ramp *pace.Ramp) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("CallbackAttempt", func(
			ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
		) (middleware.FinalizeOutput, middleware.Metadata, error) {
			return watchAttempt(ctx, ramp, in, next)
		}), "Retry", middleware.After)
	}
}

func watchAttempt(ctx context.Context, ramp *pace.Ramp, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
) {
	a, ok := ctx.Value(attemptsKey{}).(*attempts)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	t, err := takeTurn(ctx, ramp, a.governor, !a.begun)
	if err != nil {
		return out, metadata, err
	}
	a.begun = true
	var (
		start     = time.Now()
		sent      atomic.Bool
		connected atomic.Int64 // nanoseconds after start
		dialed    atomic.Bool
	)
	defer func() { // whatever panics
		answer, dial := time.Since(start), time.Duration(0)
		if dialed.Load() {
			dial = time.Duration(connected.Load())
			answer -= dial
		}
		t.end(err, dial, answer)
	}()
	a.traced = httptrace.WithClientTrace(a.call, &httptrace.ClientTrace{
		// net/http tries again by itself, on a new connection, only when nothing of the request was sent.
		GotConn: func(info httptrace.GotConnInfo) {
			sent.Store(false)
			connected.Store(int64(time.Since(start)))
			dialed.Store(!info.Reused)
		},
		// Not WroteRequest: a server can answer or hang up before that is reported, never before this.
		WroteHeaders: func() { sent.Store(true) },
	})
	out, metadata, err = next.HandleFinalize(ctx, in)
	if a.throttle = nil; err != nil && throttled(err) {
		a.throttle = err
	}
	if err != nil && sent.Load() && !refused(awscall.Status(err)) {
		a.answerLost = true
	}
	return out, metadata, a.enough(err)
}

// enough makes an error the last one where there were as many as a patient call may have.
func (a *attempts) enough(err error) error {
	if code, _ := awscall.Code(err); err == nil || throttled(err) || code == kmsThrottling {
		return err
	}
	if a.failures++; a.failures == a.most {
		return &final{err}
	}
	return err
}

// final is an error after which the SDK does not try again, whatever it is.
type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// RetryableError is what the SDK asks first.
func (*final) RetryableError() bool { return false }

// refused reports whether the status says that the request was read and not carried out.
func refused(status int) bool {
	return status >= http.StatusBadRequest && status < http.StatusInternalServerError
}
