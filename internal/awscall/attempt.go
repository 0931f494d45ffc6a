package awscall

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
)

// maxPause bounds the pause before another attempt. The SDK's own 20 seconds are longer than a caller of HTTP waits.
const maxPause = 200 * time.Millisecond

// Retryer is the SDK's standard retryer with so many attempts in all and at most 200 ms between them.
func Retryer(attempts int) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		o.MaxBackoff = maxPause
	})
}

// Timeout bounds every attempt of a client's calls, its answer included, whatever HTTP client is below: it is one of the
// client's APIOptions. An attempt that takes longer is worth another.
func Timeout(limit time.Duration) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("CallbackTimeout", func(
			ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
		) (middleware.FinalizeOutput, middleware.Metadata, error) {
			attempt, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			out, metadata, err := next.HandleFinalize(attempt, in)
			if err != nil && attempt.Err() != nil && ctx.Err() == nil {
				err = &timeoutError{limit}
			}
			return out, metadata, err
		}), "Retry", middleware.After)
	}
}

// timeoutError takes the place of the SDK's error, which counts as the caller's own cancellation and ends the retries.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no answer within %v", e.limit) }

// RetryableError makes the SDK try again.
func (*timeoutError) RetryableError() bool { return true }
