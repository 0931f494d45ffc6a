package stepfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/local/awsjson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk stands for the queue: it takes the token out of each message that a task sends.
type desk struct {
	tokens chan string
	params chan json.RawMessage
}

func newDesk() *desk {
	return &desk{tokens: make(chan string, 100), params: make(chan json.RawMessage, 100)}
}

func (d *desk) take(_ context.Context, params json.RawMessage) (json.RawMessage, error) {
	var p struct {
		MessageBody struct {
			Token string `json:"token"`
		}
	}
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	d.params <- params
	d.tokens <- p.MessageBody.Token
	return json.RawMessage(`{"MessageId":"1"}`), nil
}

// newService returns a service whose three integrations all lead to the desk. It is closed with the test, or bubble.
func newService(t *testing.T) (*Service, *desk) {
	t.Helper()
	d := newDesk()
	s := New(Options{Integrations: Integrations{SendMessage: d.take, Invoke: d.take, PutEvents: d.take}})
	t.Cleanup(s.Close)
	return s, d
}

const machineARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"

// waitTask is a machine with one waiting Task; more is put behind its Parameters ("" or `"TimeoutSeconds": 5,`).
func waitTask(more string) string {
	return fmt.Sprintf(`{"StartAt": "Ask", "States": {"Ask": {"Type": "Task",
		"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
		"Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token", "order.$": "$.order"}},
		%s "End": true}}}`, more)
}

// begin creates the machine "m" and starts an execution of it.
func begin(t *testing.T, s *Service, definition, input string) (execution string) {
	t.Helper()
	if _, err := s.CreateStateMachine("m", definition); err != nil {
		t.Fatal(err)
	}
	arn, err := s.StartExecution(machineARN, "", input)
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

func finish(t *testing.T, s *Service, arn string) Execution {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
	defer cancel()
	e, err := s.Wait(ctx, arn)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func code(err error) string {
	var e *awsjson.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	return e.Code
}

// eventTypes lists the history's types, after a check of ids and predecessors.
func eventTypes(t *testing.T, s *Service, arn string) []string {
	t.Helper()
	events, err := s.History(arn)
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for i, ev := range events {
		previous := int64(i)
		if i == 1 {
			previous = 0
		}
		if ev.ID != int64(i+1) || ev.PreviousID != previous {
			t.Errorf("event %d has id %d after %d, want %d after %d", i, ev.ID, ev.PreviousID, i+1, previous)
		}
		types = append(types, ev.Type)
	}
	return types
}

func TestCloseEndsWhatRuns(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	arn := begin(t, s, waitTask(""), `{"order":1}`)
	token := <-d.tokens
	s.Close()
	if e, err := s.DescribeExecution(arn); err != nil || e.Status != Aborted {
		t.Errorf("after Close: %v %v, want ABORTED", e.Status, err)
	}
	if got := code(s.SendTaskSuccess(token, "{}")); got != "TaskTimedOut" {
		t.Errorf("completing after Close: %s, want TaskTimedOut", got)
	}
	if _, err := s.StartExecution(machineARN, "", ""); code(err) != "ServiceUnavailable" {
		t.Errorf("starting after Close: %v, want ServiceUnavailable", err)
	}
	if _, err := s.CreateStateMachine("n", waitTask("")); code(err) != "ServiceUnavailable" {
		t.Errorf("creating after Close: %v, want ServiceUnavailable", err)
	}
}
