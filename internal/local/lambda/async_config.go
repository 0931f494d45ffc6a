package lambda

import (
	"slices"
	"time"

	"callback-completer/internal/local/sqs"
)

// AsyncConfig is a function's configuration for asynchronous invocation; zero values are Lambda's defaults.
// https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
type AsyncConfig struct {
	FunctionARN string // unqualified, for the record
	// RetryDelays are the waits before the retries after function errors, and their number is MaximumRetryAttempts: at most
	// two. Nil is Lambda's one minute and two minutes, which cannot be changed there; empty is no retry.
	RetryDelays []time.Duration
	// MaximumEventAge is how old an event may be when it is retried, 60 s to 6 h, 6 h when 0.
	MaximumEventAge time.Duration
	// OnFailure takes the record of an event that is given up, a standard queue as on Lambda. Nil drops it.
	OnFailure Destination
	// Observe is called once for each event, when it has succeeded or has been given up. Calls may be concurrent.
	Observe func(AsyncResult)
}

// Destination is where records go.
type Destination interface {
	FIFO() bool
	Send(sqs.Message) (sqs.Sent, error)
}

var _ Destination = (*sqs.Queue)(nil)

// Condition is why an event is not invoked any more, in the words of the record.
type Condition string

// The conditions.
const (
	Success          Condition = "Success"
	RetriesExhausted Condition = "RetriesExhausted"
	EventAgeExceeded Condition = "EventAgeExceeded"
)

// AsyncResult tells how an event ended.
type AsyncResult struct {
	RequestID   string
	Payload     []byte
	Invocations int
	Condition   Condition
	Answer      []byte // of the invocation that succeeded
	Err         error  // of the last invocation; nil after Success
	Record      []byte // what was sent to OnFailure; nil without one
	Undelivered error  // why OnFailure did not take it
}

func (c AsyncConfig) prepared() (AsyncConfig, error) {
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{time.Minute, 2 * time.Minute}
	}
	if c.MaximumEventAge == 0 {
		c.MaximumEventAge = 6 * time.Hour
	}
	switch {
	case len(c.RetryDelays) > 2:
		return c, refused("MaximumRetryAttempts %d is not within 0 to 2.", len(c.RetryDelays))
	case slices.Min(append([]time.Duration{0}, c.RetryDelays...)) < 0:
		return c, refused("A retry cannot come before the failure.")
	case c.MaximumEventAge < time.Minute || c.MaximumEventAge > 6*time.Hour:
		return c, refused("MaximumEventAgeInSeconds %.0f is not within 60 to 21600.", c.MaximumEventAge.Seconds())
	case c.OnFailure != nil && c.OnFailure.FIFO():
		return c, refused("The destination is a FIFO queue, which is not supported.")
	}
	c.RetryDelays = slices.Clone(c.RetryDelays)
	return c, nil
}

func (c AsyncConfig) observe(r AsyncResult) {
	if c.Observe != nil {
		c.Observe(r)
	}
}

func (c AsyncConfig) send(record []byte) error {
	_, err := c.OnFailure.Send(sqs.Message{Body: string(record)})
	return err
}
