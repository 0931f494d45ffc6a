package sfn

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// httpClient returns a client with an idle connection for every caller and a bound on every attempt. A client that
// the configuration brought along is kept, its certificates and dialer included.
func httpClient(configured aws.HTTPClient, o Options) aws.HTTPClient {
	buildable, ok := configured.(*awshttp.BuildableClient)
	if !ok {
		if configured != nil {
			return configured
		}
		buildable = awshttp.NewBuildableClient()
	}
	return buildable.WithTimeout(o.AttemptTimeout).WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, o.Concurrency)
		t.MaxIdleConns = max(t.MaxIdleConns, o.Concurrency)
	})
}

// retryer is the SDK's standard retryer, which also retries KmsThrottlingException, spaces attempts for an
// invocation of seconds, and has no quota of retries: the invocation's time bounds them, and a quota would give up
// messages of a throttled burst that had time left.
func retryer(o Options) aws.Retryer {
	return retry.NewStandard(func(s *retry.StandardOptions) {
		codes := map[string]struct{}{"KmsThrottlingException": {}}
		s.Retryables = append(s.Retryables, retry.RetryableErrorCode{Codes: codes})
		s.Throttles = append(s.Throttles, retry.ThrottleErrorCode{Codes: codes})
		s.MaxAttempts = o.MaxAttempts
		s.MaxBackoff = o.MaxBackoff
		s.RateLimiter = ratelimit.None
	})
}
