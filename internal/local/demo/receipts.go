package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"callback-completer/internal/local/lambda"
)

var errGivenBack = errors.New("given back by the function (batchItemFailures)")

// receipts remembers what functions/sqs did with each message: nil if it was acknowledged. It is safe for concurrent use.
type receipts struct{ board *board[error] }

func newReceipts() receipts { return receipts{newBoard[error]()} }

// note is an event source mapping's Observe.
func (r receipts) note(b lambda.Batch) {
	reason := failure(b)
	if reason == nil {
		reason = errGivenBack
	}
	failed := map[string]bool{}
	for _, id := range b.Failed {
		failed[id] = true
	}
	for _, m := range b.Records {
		if failed[m.MessageID] {
			r.board.post(m.MessageID, reason)
		} else {
			r.board.post(m.MessageID, nil)
		}
	}
}

// failure is why a batch failed as a whole, nil if it did not.
func failure(b lambda.Batch) error {
	switch {
	case b.Err != nil:
		return plain(b.Err)
	case b.Malformed != "":
		return fmt.Errorf("the function's answer cannot be used: %s", b.Malformed)
	}
	return nil
}

// plain is an error of an invocation without the request's id.
func plain(err error) error {
	var failed *lambda.FunctionError
	if !errors.As(err, &failed) {
		return err
	}
	_, why, found := strings.Cut(failed.Message, " Error: ") // behind the id
	if !found {
		why = failed.Message
	}
	return fmt.Errorf("%s: %s", failed.Type, why)
}

// wait returns nil once the function has acknowledged the message, and why if it has not.
func (r receipts) wait(ctx context.Context, id string) error {
	reason, err := r.board.wait(ctx, id)
	if err != nil {
		return fmt.Errorf("wait for the function to take the message: %w", err)
	}
	return reason
}
