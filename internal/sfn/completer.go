package sfn

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"callback-completer/internal/callback"
	"callback-completer/internal/pace"
)

// Options tune the client. The zero value of a member gets the default named beside it.
type Options struct {
	// Concurrency is how many calls are made at once: so many idle connections are kept. 32. With fewer idle
	// connections than callers, every call beyond them pays for a TLS handshake. It is reached step by step, see [pace.Ramp].
	Concurrency int
	// Rate is the quota of each of the three calls, a second, that is kept to and found out about: see [pace.Governor].
	// 0: none.
	Rate int
	// Processors is how many the function has, less than one if it is small. 0: not known.
	Processors float64
	// AttemptTimeout bounds one attempt, its answer included. 5 s.
	AttemptTimeout time.Duration
	// MaxAttempts bounds the attempts of one call. 8. All of them stay inside the caller's context.
	MaxAttempts int
	// Patient calls that are throttled go on beyond MaxAttempts, until their context ends. Heartbeats do not: the next one
	// supersedes them.
	Patient bool
	// MaxBackoff bounds the pause before an attempt; each pause is drawn between 0 and a bound that doubles. 500 ms.
	// With the SDK's 20 s, messages are given up that had time left.
	MaxBackoff time.Duration
}

func (o Options) withDefaults() Options {
	if o.Concurrency <= 0 {
		o.Concurrency = 32
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = 5 * time.Second
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = 8
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = 500 * time.Millisecond
	}
	return o
}

func (o Options) processor() *pace.Processor {
	if o.Processors <= 0 {
		return nil
	}
	return &pace.Processor{Processors: o.Processors, Used: processorTime}
}

// Completer calls SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat. It is safe for concurrent use.
type Completer struct {
	client    *sfn.Client
	most      int                                 // see [attempts]
	brief     aws.Retryer                         // for heartbeats
	governors map[callback.Outcome]*pace.Governor // each call has a quota of its own
}

var _ callback.Completer = (*Completer)(nil)

// New returns a Completer for the account and region of cfg.
func New(cfg aws.Config, o Options) *Completer {
	o = o.withDefaults()
	// Callers bound themselves; those of several invocations at once are not bound together.
	ramp := pace.NewRamp(max(o.Concurrency, 32), idleTimeout, o.processor())
	c := &Completer{brief: retryer(o), governors: map[callback.Outcome]*pace.Governor{}}
	for _, outcome := range []callback.Outcome{callback.Success, callback.Failure, callback.Heartbeat} {
		c.governors[outcome] = pace.NewGovernor(o.Rate)
	}
	c.client = sfn.NewFromConfig(cfg, func(s *sfn.Options) {
		s.Retryer, s.RetryMaxAttempts = c.brief, 0 // AWS_MAX_ATTEMPTS is for those who have no reason for a number
		if o.Patient {
			s.Retryer, c.most = patient(s.Retryer), o.MaxAttempts
		}
		s.APIOptions = append(s.APIOptions, serialize, deserialize, trim, watchAttempts(ramp), roundTrip(transport(cfg.HTTPClient, o), o.AttemptTimeout))
	})
	return c
}

// Complete makes the call that the outcome names. It returns nil once Step Functions answered 200, and a
// *callback.Error otherwise: TaskClosed for TaskTimedOut, Permanent for an answer that will not change, Transient
// for everything else.
func (c *Completer) Complete(ctx context.Context, cb callback.Callback) error {
	seen := &attempts{governor: c.governors[cb.Outcome], most: c.most}
	err := c.send(withAttempts(ctx, seen), cb)
	if err == nil {
		return nil
	}
	return fold(ctx, err, seen, cb)
}

func (c *Completer) send(ctx context.Context, cb callback.Callback) error {
	token := aws.String(cb.Token.Reveal())
	var err error
	switch cb.Outcome {
	case callback.Success:
		_, err = c.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: token, Output: aws.String(string(cb.Output))})
	case callback.Failure:
		_, err = c.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
			TaskToken: token, Error: optional(cb.Error), Cause: optional(cb.Cause),
		})
	case callback.Heartbeat:
		_, err = c.client.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: token}, func(o *sfn.Options) { o.Retryer = c.brief })
	default:
		err = callback.Reject(callback.CodeInvalidCallback, "The callback has no outcome.")
	}
	return err
}

// optional leaves an empty member out: with neither error nor cause, Step Functions needs no KMS key.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
