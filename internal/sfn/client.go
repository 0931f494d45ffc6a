package sfn

import (
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// idleTimeout is how long a connection may be idle and still be used. When Step Functions closes one is not documented; other
// services do so long before the SDK's 90 seconds (github.com/aws/aws-sdk-go-v2/issues/3423). A frozen function does not hear
// of it, and finds out by a request that may or may not have been read: its answer counts as lost. net/http goes by wall time,
// which passes while a function is frozen.
const idleTimeout = 20 * time.Second

// transport returns one that keeps an idle connection for every caller. A client that the configuration brought along is kept,
// its certificates and dialer included.
func transport(configured aws.HTTPClient, o Options) http.RoundTripper {
	buildable, ok := configured.(*awshttp.BuildableClient)
	if !ok {
		if configured != nil {
			return client{configured}
		}
		buildable = awshttp.NewBuildableClient()
	}
	t := buildable.GetTransport()
	t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, o.Concurrency)
	t.MaxIdleConns = max(t.MaxIdleConns, o.Concurrency)
	t.IdleConnTimeout = idleTimeout
	return t
}

// client is a transport that leaves the request to a client.
type client struct{ aws.HTTPClient }

func (c client) RoundTrip(r *http.Request) (*http.Response, error) { return c.Do(r) }

const kmsThrottling = "KmsThrottlingException"

// retryer is the SDK's standard retryer, which also retries KmsThrottlingException, spaces attempts for an
// invocation of seconds, and has no quota of retries: the invocation's time bounds them, and a quota would give up
// messages of a throttled burst that had time left.
func retryer(o Options) aws.Retryer {
	return retry.NewStandard(func(s *retry.StandardOptions) {
		codes := map[string]struct{}{kmsThrottling: {}}
		s.Retryables = append(s.Retryables, retry.RetryableErrorCode{Codes: codes})
		s.Throttles = append(s.Throttles, retry.ThrottleErrorCode{Codes: codes})
		s.MaxAttempts = o.MaxAttempts
		s.Backoff = retry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
			return pause(attempt, retry.IsErrorThrottles(s.Throttles).IsErrorThrottle(err) == aws.TrueTernary, o.MaxBackoff), nil
		})
		s.RateLimiter = ratelimit.None
	})
}

// pause is drawn between 0 and a bound that doubles from attempt to attempt. The SDK's begins with a second for what is throttled,
// beyond our most; with 200 ms a burst that is refused at random is through sooner, and one at an empty bucket makes hardly more
// calls, as they come at the governor's rate (simulated in package pace, with 50, 100, 200 and 500 ms).
func pause(attempt int, throttled bool, most time.Duration) time.Duration {
	base := 50 * time.Millisecond
	if throttled {
		base = 200 * time.Millisecond
	}
	bound := min(base<<min(attempt-1, 10), most)
	return time.Duration(rand.Float64() * float64(bound)) //nolint:gosec // jitter
}

// patient returns a retryer that tries again for as long as the context lasts: that messages are given up while there is time left
// costs each of them a receive, and after five the promise's third place, though nothing is wrong with them. What is not throttled
// is tried as often as before, which each call counts for itself, see [attempts.enough].
func patient(standard aws.Retryer) aws.Retryer { return patientRetryer{standard} }

type patientRetryer struct{ aws.Retryer }

// MaxAttempts is no number.
func (patientRetryer) MaxAttempts() int { return 0 }
