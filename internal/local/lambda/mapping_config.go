package lambda

import (
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
)

// MappingConfig is an event source mapping's configuration; zero values are Lambda's defaults.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
type MappingConfig struct {
	// BatchSize is 1 to 10,000 messages, 10 when 0. Above 10 it needs a Window; a FIFO queue allows at most 10.
	BatchSize int
	// Window is how long to gather a batch, whole seconds up to 300. Standard queues only.
	Window time.Duration
	// MaximumConcurrency is how many batches may be at the function at once, 2 to 1,000. 0 leaves it unset, which is 5 here:
	// what Lambda starts with.
	MaximumConcurrency int
	// ReportBatchItemFailures lets the function's answer name the messages that failed. Without it the answer is not looked at.
	ReportBatchItemFailures bool
	// FunctionTimeout is compared with the queue's visibility timeout, and not enforced: that is the function's own business
	// (Config.Timeout, or Timeout in process). 0 is not compared.
	FunctionTimeout time.Duration
	// Region is awsRegion in the event; empty takes it from the queue's ARN.
	Region string
	// Observe is called after each invocation, when its messages have been deleted or left. Calls may be concurrent.
	Observe func(Batch)
}

func refused(format string, args ...any) error {
	return awsjson.Errorf("InvalidParameterValueException", format, args...)
}

// prepared fills in the defaults and refuses what Lambda refuses.
func (c MappingConfig) prepared(q Source) (MappingConfig, error) {
	if c.BatchSize == 0 {
		c.BatchSize = 10
	}
	fifo := q.FIFO()
	switch {
	case c.BatchSize < 1 || c.BatchSize > 10_000:
		return c, refused("BatchSize %d is not within 1 to 10000.", c.BatchSize)
	case fifo && c.BatchSize > 10:
		return c, refused("Batch size must be less than or equal to 10 for FIFO event sources, not %d.", c.BatchSize)
	case fifo && c.Window != 0:
		return c, refused("Batching window is not supported for FIFO queues.")
	case c.Window < 0 || c.Window > 300*time.Second || c.Window%time.Second != 0:
		return c, refused("MaximumBatchingWindowInSeconds %v is not whole seconds within 0 to 300.", c.Window)
	case c.BatchSize > 10 && c.Window < time.Second:
		return c, refused("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
	case c.MaximumConcurrency != 0 && (c.MaximumConcurrency < 2 || c.MaximumConcurrency > 1_000):
		return c, refused("MaximumConcurrency %d is not within 2 to 1000.", c.MaximumConcurrency)
	case q.VisibilityTimeout() < c.FunctionTimeout:
		return c, refused("Queue visibility timeout: %.0f seconds is less than Function timeout: %.0f seconds",
			q.VisibilityTimeout().Seconds(), c.FunctionTimeout.Seconds())
	}
	if c.MaximumConcurrency == 0 {
		c.MaximumConcurrency = 5
	}
	if c.Region == "" {
		if parts := strings.Split(q.ARN(), ":"); len(parts) == 6 {
			c.Region = parts[3]
		}
	}
	return c, nil
}

// visibility is what Lambda asks for when it receives: 0, the queue's own, unless window and function together could
// outlast it.
func (c MappingConfig) visibility(q Source) time.Duration {
	if c.Window+c.FunctionTimeout > q.VisibilityTimeout() {
		return c.Window + c.FunctionTimeout + 30*time.Second
	}
	return 0
}
