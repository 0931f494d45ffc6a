package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

var errNoRecord = errors.New("the record is not in the queue for events that failed")

// takeRecord takes Lambda's record from its queue.
func (s *stage) takeRecord(ctx context.Context, want string) (string, error) {
	for _, m := range s.app.failedEvents.Receive(ctx, sqs.ReceiveOptions{Max: 10, Wait: time.Second}) {
		if m.Body != want {
			continue
		}
		if err := s.app.failedEvents.Delete(m.ReceiptHandle); err != nil {
			return "", fmt.Errorf("delete the record: %w", err)
		}
		s.records = append(s.records, m.Body)
		s.say("Lambda gives the event up: its record is in the queue %q", s.app.failedEvents.Name())
		return m.Body, nil
	}
	return "", errNoRecord
}

// put puts an event of an application of one's own on the bus and waits until Lambda has ended with it.
func (s *stage) put(ctx context.Context, detail string) (lambda.AsyncResult, error) {
	s.say("an application puts an event on the bus with the detail %s", detail)
	put, err := s.app.stack.EventBridge.PutEvents([]eventbridge.Entry{{Source: "shop", DetailType: "Order accepted", Detail: detail}})
	if err != nil {
		return lambda.AsyncResult{}, fmt.Errorf("put the event: %w", err)
	}
	if put[0].ErrorCode != "" {
		return lambda.AsyncResult{}, fmt.Errorf("put the event: %s: %s", put[0].ErrorCode, put[0].ErrorMessage)
	}
	return s.outcome(ctx, put[0].EventID)
}

// publish is put for a whole event of an AWS service.
func (s *stage) publish(ctx context.Context, event string) (lambda.AsyncResult, error) {
	if err := s.app.stack.EventBridge.Publish([]byte(event)); err != nil {
		return lambda.AsyncResult{}, fmt.Errorf("publish the event: %w", err)
	}
	return s.outcome(ctx, eventID([]byte(event)))
}

func (s *stage) outcome(ctx context.Context, id string) (lambda.AsyncResult, error) {
	r, err := s.events.wait(ctx, id)
	if err != nil {
		return r, fmt.Errorf("wait for the function to take the event: %w", err)
	}
	return r, nil
}

// handled is the error of an event on which the function failed, too.
func handled(r lambda.AsyncResult, err error) error {
	if err == nil && r.Err != nil {
		return plain(r.Err)
	}
	return err
}

// eventID is empty for what is no event.
func eventID(event []byte) string {
	var header struct{ ID string }
	_ = json.Unmarshal(event, &header)
	return header.ID
}

// errorType is the type of a function's error as Lambda reports it.
func errorType(err error) string {
	var failed *lambda.FunctionError
	if errors.As(err, &failed) {
		return failed.Type
	}
	return fmt.Sprint(err)
}
