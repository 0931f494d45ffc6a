package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"callback-completer/internal/local/lambda"
)

var errGivenBack = errors.New("given back by the function (batchItemFailures)")

// receipts remembers what the function did with each message. It is safe for concurrent use.
type receipts struct {
	mu      sync.Mutex
	byID    map[string]error // nil: acknowledged
	changed chan struct{}    // closed and replaced at each note
}

func newReceipts() *receipts {
	return &receipts{byID: map[string]error{}, changed: make(chan struct{})}
}

// note is an event source mapping's Observe.
func (r *receipts) note(b lambda.Batch) {
	reason := failure(b)
	if reason == nil {
		reason = errGivenBack
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range b.Records {
		r.byID[m.MessageID] = nil
	}
	for _, id := range b.Failed {
		r.byID[id] = reason
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// failure is why a batch failed as a whole, nil if it did not.
func failure(b lambda.Batch) error {
	var failed *lambda.FunctionError
	switch {
	case errors.As(b.Err, &failed):
		_, why, found := strings.Cut(failed.Message, " Error: ") // behind the request's id
		if !found {
			why = failed.Message
		}
		return fmt.Errorf("%s: %s", failed.Type, why)
	case b.Err != nil:
		return b.Err
	case b.Malformed != "":
		return fmt.Errorf("the function's answer cannot be used: %s", b.Malformed)
	}
	return nil
}

// wait returns nil once the function has acknowledged the message, and why if it has not.
func (r *receipts) wait(ctx context.Context, id string) error {
	for {
		r.mu.Lock()
		reason, dealt := r.byID[id]
		changed := r.changed
		r.mu.Unlock()
		if dealt {
			return reason
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the function to take the message: %w", context.Cause(ctx))
		}
	}
}
