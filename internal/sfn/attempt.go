package sfn

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"

	"callback-completer/internal/awscall"
)

// attempts is what is known of the attempts of one call.
type attempts struct {
	// answerLost: one was sent, and then came no readable answer or a server error. It may have been carried out.
	answerLost bool
}

type attemptsKey struct{}

func withAttempts(ctx context.Context, a *attempts) context.Context {
	return context.WithValue(ctx, attemptsKey{}, a)
}

// watchAttempts puts a step behind the SDK's retry loop, where every attempt passes.
func watchAttempts(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("CallbackAttempt", watchAttempt), "Retry", middleware.After)
}

func watchAttempt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	a, ok := ctx.Value(attemptsKey{}).(*attempts)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// net/http tries again by itself, on a new connection, only when nothing of the request was sent.
		GotConn: func(httptrace.GotConnInfo) { sent.Store(false) },
		// Not WroteRequest: a server can answer or hang up before that is reported, never before this.
		WroteHeaders: func() { sent.Store(true) },
	})
	out, metadata, err := next.HandleFinalize(traced, in)
	switch {
	case err == nil:
	case awscall.Status(err) == http.StatusOK:
		err = &taken{err}
	case sent.Load() && !refused(awscall.Status(err)):
		a.answerLost = true
	}
	return out, metadata, err
}

// taken is a 200 whose body could not be read. The status is the answer: the body says nothing, and another attempt
// would find the task closed.
type taken struct{ error }

func (t *taken) Unwrap() error { return t.error }

// RetryableError keeps the SDK from trying again for a broken connection.
func (*taken) RetryableError() bool { return false }

// refused reports whether the status says that the request was read and not carried out.
func refused(status int) bool {
	return status >= http.StatusBadRequest && status < http.StatusInternalServerError
}
