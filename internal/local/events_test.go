package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/local"
	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// announcing is a workflow that puts an event and waits for the answer.
const announcing = `{"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
	"End": true, "Parameters": {"Entries": [{"Source": "orders", "DetailType": "Order", "EventBusName": "default",
		"Detail": {"taskToken.$": "$$.Task.Token"}}]}}}}`

func newStack(t *testing.T) *local.Stack {
	t.Helper()
	s := local.New(local.Options{})
	t.Cleanup(s.Close)
	return s
}

// begin starts an execution of a definition.
func begin(t *testing.T, s *local.Stack, definition string) (execution string) {
	t.Helper()
	machine, err := s.StepFunctions.CreateStateMachine("machine", definition)
	if err != nil {
		t.Fatal(err)
	}
	execution, err = s.StepFunctions.StartExecution(machine, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return execution
}

func describe(t *testing.T, s *local.Stack, execution string) stepfunctions.Execution {
	t.Helper()
	e, err := s.StepFunctions.DescribeExecution(execution)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// route puts a rule for the source "orders" with one target.
func route(t *testing.T, s *local.Stack, target eventbridge.Target) {
	t.Helper()
	if _, err := s.EventBridge.PutRule(eventbridge.Rule{Name: "orders", EventPattern: `{"source": ["orders"]}`}); err != nil {
		t.Fatal(err)
	}
	if err := s.EventBridge.PutTargets("orders", []eventbridge.Target{target}); err != nil {
		t.Fatal(err)
	}
}

// TestEventToFunction: a state puts an event, a rule hands it to a function, which fails twice and then answers.
func TestEventToFunction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		began, invoked := time.Now(), 0
		s.Functions.Add("completer", lambda.InvokerFunc(func(_ context.Context, event []byte) ([]byte, error) {
			if invoked++; invoked < 3 {
				return nil, &lambda.FunctionError{Type: "Busy", Payload: []byte(`{}`)}
			}
			var e struct{ Detail struct{ TaskToken string } }
			if err := json.Unmarshal(event, &e); err != nil {
				return nil, err
			}
			return nil, s.StepFunctions.SendTaskSuccess(e.Detail.TaskToken, `{"by":"event"}`)
		}))
		route(t, s, eventbridge.Target{ID: "f", ARN: s.Functions.ARN("completer")})
		execution := begin(t, s, announcing)
		time.Sleep(3*time.Minute - time.Second)
		synctest.Wait()
		if e := describe(t, s, execution); e.Status != stepfunctions.Running {
			t.Errorf("%s after %v and %d invocations", e.Status, time.Since(began), invoked)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if e := describe(t, s, execution); e.Status != stepfunctions.Succeeded || e.Output != `{"by":"event"}` {
			t.Errorf("%s %s after %d invocations", e.Status, e.Output, invoked)
		}
	})
}

// TestEventThatIsGivenUp: the function's own configuration holds, and the record is on the failure destination.
func TestEventThatIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		letters, err := s.SQS.CreateQueue("letters", nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Functions.Add("completer", lambda.InvokerFunc(func(context.Context, []byte) ([]byte, error) {
			return nil, &lambda.FunctionError{Type: "Broken", Payload: []byte(`{"errorType":"Broken"}`)}
		}))
		if err := s.Functions.ConfigureAsync("completer", lambda.AsyncConfig{RetryDelays: []time.Duration{}, OnFailure: letters}); err != nil {
			t.Fatal(err)
		}
		route(t, s, eventbridge.Target{ID: "f", ARN: s.Functions.ARN("completer") + ":$LATEST"})
		begin(t, s, announcing)
		synctest.Wait()
		held := letters.Peek()
		if len(held) != 1 {
			t.Fatalf("%d records", len(held))
		}
		for _, want := range []string{
			`"functionArn":"arn:aws:lambda:us-east-1:000000000000:function:completer:$LATEST"`, `"condition":"RetriesExhausted"`,
			`"requestPayload":{"version":"0"`, `"source":"orders"`, `"responsePayload":{"errorType":"Broken"}`,
		} {
			if !strings.Contains(held[0].Body, want) {
				t.Errorf("no %s in %s", want, held[0].Body)
			}
		}
		s.Close()
		if err := s.Functions.ConfigureAsync("completer", lambda.AsyncConfig{}); !errors.Is(err, lambda.ErrClosed) {
			t.Errorf("closed, yet %v", err)
		}
	})
}

// TestFunctionThatIsNotThere: the event goes to the rule's dead-letter queue.
func TestFunctionThatIsNotThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		letters, err := s.SQS.CreateQueue("letters", nil)
		if err != nil {
			t.Fatal(err)
		}
		route(t, s, eventbridge.Target{ID: "f", ARN: s.Functions.ARN("completer"), DeadLetterARN: letters.ARN()})
		begin(t, s, announcing)
		synctest.Wait()
		held := letters.Peek()
		if len(held) != 1 || held[0].Attributes["ERROR_CODE"].String != "NO_RESOURCE" {
			t.Errorf("dead letters %+v", held)
		}
		var refused *awsjson.Error
		if _, err := s.Functions.InvokeAsync("completer", []byte(`{}`)); !errors.As(err, &refused) || refused.Code != "ResourceNotFoundException" {
			t.Errorf("no such function, yet %v", err)
		}
	})
}

// TestConfigureAsync: an event keeps to what held when it came, and a configuration that is refused changes nothing.
func TestConfigureAsync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		var mu sync.Mutex
		var at []time.Duration
		began := time.Now()
		s.Functions.Add("f", lambda.InvokerFunc(func(context.Context, []byte) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(began))
			return nil, &lambda.FunctionError{Type: "Broken", Payload: []byte(`{}`)}
		}))
		invoke := func() {
			if _, err := s.Functions.InvokeAsync("f", []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		configure := func(delays ...time.Duration) error {
			return s.Functions.ConfigureAsync("f", lambda.AsyncConfig{RetryDelays: delays})
		}
		if err := configure(time.Hour); err != nil {
			t.Fatal(err)
		}
		invoke()
		if err := configure(time.Second); err != nil {
			t.Fatal(err)
		}
		if err := configure(1, 2, 3); err == nil {
			t.Error("three retries were taken")
		}
		invoke()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		want := []time.Duration{0, 0, time.Second, time.Hour}
		if len(at) != len(want) || at[2] != want[2] || at[3] != want[3] {
			t.Errorf("invoked at %v, want %v", at, want)
		}
	})
}

// TestFailedEntry: a state whose entry the bus refuses fails with the name that the guide gives.
func TestFailedEntry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		execution := begin(t, s, strings.Replace(announcing, `"orders"`, `"aws.batch"`, 1))
		synctest.Wait()
		e := describe(t, s, execution)
		if e.Status != stepfunctions.Failed || e.Error != "EventBridge.FailedEntry" || !strings.Contains(e.Cause, "NotAuthorizedForSourceException") {
			t.Errorf("%s %s %s", e.Status, e.Error, e.Cause)
		}
	})
}

// TestAPI: the three services on one address, each in the version of the protocol that it speaks.
func TestAPI(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	q, err := s.SQS.CreateQueue("q", nil)
	if err != nil {
		t.Fatal(err)
	}
	route(t, s, eventbridge.Target{ID: "q", ARN: q.ARN()})
	for target, version := range map[string]string{
		"AWSEvents.PutEvents": "1.1", "AmazonSQS.ListQueues": "1.0", "AWSStepFunctions.ListStateMachines": "1.0", "AWSEvents.None": "1.1",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/", strings.NewReader(
			`{"Entries":[{"Source":"orders","DetailType":"Order","Detail":"{}"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", target)
		r.Header.Set("Content-Type", "application/x-amz-json-"+version)
		answer, err := local.Direct{Handler: s.API}.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		want := http.StatusOK
		if target == "AWSEvents.None" {
			want = http.StatusBadRequest
		}
		if got := answer.Header.Get("Content-Type"); got != "application/x-amz-json-"+version || answer.StatusCode != want {
			t.Errorf("%s: %d as %s", target, answer.StatusCode, got)
		}
	}
	if got := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 2}); len(got) != 1 {
		t.Errorf("%d messages", len(got))
	}
}
