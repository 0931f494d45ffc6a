package notice

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/awscall"
)

// A call has three attempts of three seconds each: a waiting state has the time, and a notice that is lost has nobody to miss it.
const (
	maxAttempts    = 3
	attemptTimeout = 3 * time.Second
)

// clientConfig returns cfg with the times above, and without a log of what is sent, whatever it is elsewhere: the link is in it.
func clientConfig(cfg aws.Config) aws.Config {
	cfg.ClientLogMode = 0
	cfg.Retryer, cfg.RetryMaxAttempts = func() aws.Retryer { return awscall.Retryer(maxAttempts) }, 0
	cfg.APIOptions = append(slices.Clip(cfg.APIOptions), awscall.Timeout(attemptTimeout))
	return cfg
}
