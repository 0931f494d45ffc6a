package stepfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRetryTakesANewTokenForEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newService(t)
		arn := begin(t, s, waitTask(`"TimeoutSeconds": 60,
			"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2},
			          {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}],`), `{"order":1}`)
		start := time.Now()
		var at []time.Duration
		seen := map[string]bool{}
		next := func() string {
			token := <-d.tokens
			at = append(at, time.Since(start))
			for old := range seen {
				if got := code(s.SendTaskSuccess(old, "1")); got != "TaskTimedOut" {
					t.Errorf("an old token got %s, want TaskTimedOut", got)
				}
			}
			if seen[token] {
				t.Error("the token was used before")
			}
			seen[token] = true
			return token
		}
		for range 2 {
			if err := s.SendTaskFailure(next(), "Busy", ""); err != nil {
				t.Fatal(err)
			}
		}
		next() // times out after 60 s and is tried again after 1 s
		if err := s.SendTaskFailure(next(), "Busy", "for good"); err != nil {
			t.Fatal(err)
		}
		e := finish(t, s, arn)
		if e.Status != Failed || e.Error != "Busy" || e.Cause != "for good" {
			t.Errorf("got %s %s %q, want FAILED Busy \"for good\"", e.Status, e.Error, e.Cause)
		}
		want := []time.Duration{0, 2 * time.Second, 8 * time.Second, 69 * time.Second}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		attempt := []string{"TaskScheduled", "TaskStarted", "TaskSubmitted"}
		wantTypes := []string{"ExecutionStarted", "TaskStateEntered"}
		for _, end := range []string{"TaskFailed", "TaskFailed", "TaskTimedOut", "TaskFailed"} {
			wantTypes = append(append(wantTypes, attempt...), end)
		}
		if diff := cmp.Diff(append(wantTypes, "ExecutionFailed"), eventTypes(t, s, arn)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}

// caught has a Task with a Catch for some errors, and says afterwards which one took it.
func caught(errorEquals string) string {
	return strings.Replace(waitTask(`"HeartbeatSeconds": 5, "TimeoutSeconds": 30,
		"Catch": [{"ErrorEquals": [`+errorEquals+`], "ResultPath": "$.problem", "Next": "After"}],`),
		`"End": true}`, `"End": true}, "After": {"Type": "Pass", "End": true}`, 1)
}

func TestCatch(t *testing.T) {
	t.Parallel()
	fails := func(name, cause string) func(*Service, string) error {
		return func(s *Service, token string) error { return s.SendTaskFailure(token, name, cause) }
	}
	silent := func(*Service, string) error { return nil }
	const timeout = `{"order":1,"problem":{"Error":"States.Timeout","Cause":""}}`
	for _, c := range []struct {
		name, errorEquals string
		end               func(s *Service, token string) error
		want              string // the output; empty: not caught
	}{
		{"by name", `"Other", "Rejected"`, fails("Rejected", "too dear <&>"), `{"order":1,"problem":{"Error":"Rejected","Cause":"too dear <&>"}}`},
		{"by TaskFailed", `"States.TaskFailed"`, fails("Rejected", ""), `{"order":1,"problem":{"Error":"Rejected","Cause":""}}`},
		{"by ALL", `"States.ALL"`, fails("", ""), `{"order":1,"problem":{"Error":"","Cause":""}}`},
		{"another name", `"Other"`, fails("Rejected", ""), ""},
		{"timeout by Timeout", `"States.Timeout"`, silent, timeout},
		{"timeout by HeartbeatTimeout", `"States.HeartbeatTimeout"`, silent, timeout},
		{"timeout by ALL", `"States.ALL"`, silent, timeout},
		{"timeout by TaskFailed", `"States.TaskFailed"`, silent, ""},
		{"by ALL what cannot be caught", `"States.ALL"`, func(s *Service, token string) error {
			return s.SendTaskFailure(token, "States.DataLimitExceeded", "")
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, d := newService(t)
				arn := begin(t, s, caught(c.errorEquals), `{"order":1}`)
				if err := c.end(s, <-d.tokens); err != nil {
					t.Fatal(err)
				}
				e := finish(t, s, arn)
				status := Succeeded
				if c.want == "" {
					status = Failed
				}
				if e.Status != status || e.Output != c.want {
					t.Errorf("got %s %s, want %s %s", e.Status, e.Output, status, c.want)
				}
			})
		})
	}
}

func TestResultShaping(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, more, input, output, want string }{
		{"ResultPath", `"ResultPath": "$.answer",`, `{"b":9007199254740993,"order":1,"a":1.10}`, `{"x":1E400}`, `{"b":9007199254740993,"order":1,"a":1.10,"answer":{"x":1E400}}`},
		{"ResultPath replaces", `"ResultPath": "$.order",`, `{"order":1,"a":2}`, `3`, `{"order":3,"a":2}`},
		{"ResultPath makes objects", `"ResultPath": "$.x.y",`, `{"order":1}`, `3`, `{"order":1,"x":{"y":3}}`},
		{"ResultPath null", `"ResultPath": null,`, `{"order":1}`, `3`, `{"order":1}`},
		{"ResultSelector", `"ResultSelector": {"id.$": "$.a[1]", "who.$": "$$.Execution.Input.order", "k": [1, {"v.$": "$.b"}]},`, `{"order":7}`, `{"a":[1,2.50],"b":"c"}`, `{"id":2.50,"who":7,"k":[1,{"v":"c"}]}`},
		{"OutputPath", `"OutputPath": "$.a",`, `{"order":1}`, `{"a":[1]}`, `[1]`},
		{"OutputPath null", `"OutputPath": null,`, `{"order":1}`, `{"a":[1]}`, `{}`},
		{"OutputPath to the input", `"OutputPath": "$$.Execution.Input",`, `{"order": 1}`, `5`, `{"order": 1}`},
		{"InputPath keeps the raw input", `"InputPath": "$.in", "ResultPath": "$.r",`, `{"in":{"order":1},"z":0}`, `2`, `{"in":{"order":1},"z":0,"r":2}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, d := newService(t)
			arn := begin(t, s, waitTask(c.more), c.input)
			if err := s.SendTaskSuccess(<-d.tokens, c.output); err != nil {
				t.Fatal(err)
			}
			if e := finish(t, s, arn); e.Status != Succeeded || e.Output != c.want {
				t.Errorf("got %s %s (%s %s), want %s", e.Status, e.Output, e.Error, e.Cause, c.want)
			}
		})
	}
}

func TestResultThatCannotBeKept(t *testing.T) {
	t.Parallel()
	big := `"` + strings.Repeat("a", 262_142) + `"`
	for _, c := range []struct{ name, more, input, output, want string }{
		{"over the limit after the merge", `"ResultPath": "$.r", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Ask"}],`, `{"order":1}`, big, "States.DataLimitExceeded"},
		{"input is no object", `"InputPath": "$$.Execution", "ResultPath": "$.r", "Parameters": {"MessageBody": {"token.$": "$$.Task.Token"}},`, `[]`, `1`, "States.ResultPathMatchFailure"},
		{"selector finds nothing", `"ResultSelector": {"a.$": "$.none"},`, `{"order":1}`, `1`, "States.ParameterPathFailure"},
		{"output path finds nothing", `"OutputPath": "$.none",`, `{"order":1}`, `{}`, "States.Runtime"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			definition := waitTask(c.more)
			if strings.Contains(c.more, `"Parameters"`) {
				definition = strings.Replace(definition, `"Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token", "order.$": "$.order"}},`, "", 1)
			}
			s, d := newService(t)
			arn := begin(t, s, definition, c.input)
			if err := s.SendTaskSuccess(<-d.tokens, c.output); err != nil {
				t.Fatal(err)
			}
			if e := finish(t, s, arn); e.Status != Failed || e.Error != c.want {
				t.Errorf("got %s %s (%s), want FAILED %s", e.Status, e.Error, e.Cause, c.want)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	definition := strings.Replace(waitTask(""), `"QueueUrl": "q",`, `"QueueUrl": "q", "Odd.$": "$['we ird'][0]", "Plain": {"x": [1, 2]},
		"Id.$": "$$.Execution.Id", "Name.$": "$$.Execution.Name", "State.$": "$$.State.Name", "Machine.$": "$$.StateMachine.Id", "All.$": "$",`, 1)
	arn := begin(t, s, definition, `{"order":1.10,"we ird":[9007199254740993]}`)
	token := <-d.tokens
	e, err := s.DescribeExecution(arn)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"QueueUrl":"q","Odd":9007199254740993,"Plain":{"x": [1, 2]},"Id":"` + arn + `","Name":"` + e.Name +
		`","State":"Ask","Machine":"` + machineARN + `","All":{"order":1.10,"we ird":[9007199254740993]},"MessageBody":{"token":"` +
		token + `","order":1.10}}`
	if diff := cmp.Diff(want, string(<-d.params)); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	if e.Status != Running {
		t.Errorf("status %s, want RUNNING", e.Status)
	}
}

func TestIntegrationErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		err       error
		wantName  string
		wantCause string
	}{
		{"named", &TaskError{Name: "SQS.QueueDoesNotExistException", Cause: "gone"}, "SQS.QueueDoesNotExistException", "gone"},
		{"other", errors.New("no route"), "States.TaskFailed", "no route"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := New(Options{Integrations: Integrations{
				SendMessage: func(context.Context, json.RawMessage) (json.RawMessage, error) { return nil, c.err },
			}})
			t.Cleanup(s.Close)
			arn := begin(t, s, waitTask(""), `{"order":1}`)
			if e := finish(t, s, arn); e.Status != Failed || e.Error != c.wantName || e.Cause != c.wantCause {
				t.Errorf("got %s %s %q, want FAILED %s %q", e.Status, e.Error, e.Cause, c.wantName, c.wantCause)
			}
			want := []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"}
			if diff := cmp.Diff(want, eventTypes(t, s, arn)); diff != "" {
				t.Errorf("history (-want +got):\n%s", diff)
			}
		})
	}
}

// The answer comes a second before the call returns: it counts, and the history is in order.
func TestAnswerBeforeTheCallReturns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"and succeeds", nil, []string{"TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
		{"and fails", errors.New("crashed"), []string{"TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var s *Service
				s = New(Options{Integrations: Integrations{
					Invoke: func(_ context.Context, params json.RawMessage) (json.RawMessage, error) {
						var p struct{ MessageBody struct{ Token string } }
						if err := json.Unmarshal(params, &p); err != nil {
							return nil, err
						}
						if err := s.SendTaskSuccess(p.MessageBody.Token, `"early"`); err != nil {
							return nil, err
						}
						time.Sleep(time.Second)
						return json.RawMessage(`{}`), c.err
					},
				}})
				t.Cleanup(s.Close)
				arn := begin(t, s, strings.Replace(waitTask(`"HeartbeatSeconds": 1,`), "sqs:sendMessage", "lambda:invoke", 1), `{"order":1}`)
				if e := finish(t, s, arn); e.Status != Succeeded || e.Output != `"early"` {
					t.Errorf("got %s %s, want SUCCEEDED \"early\"", e.Status, e.Output)
				}
				want := append([]string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"}, c.want...)
				if diff := cmp.Diff(want, eventTypes(t, s, arn)); diff != "" {
					t.Errorf("history (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestParametersOverTheLimit(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	arn := begin(t, s, waitTask(""), `{"order":"`+strings.Repeat("a", 262_000)+`"}`)
	if e := finish(t, s, arn); e.Status != Failed || e.Error != "States.DataLimitExceeded" {
		t.Errorf("got %s %s, want FAILED States.DataLimitExceeded", e.Status, e.Error)
	}
	if len(d.tokens) != 0 {
		t.Error("the message was sent")
	}
}

func TestTimeoutDoesNotWaitForAHangingCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Integrations: Integrations{
			SendMessage: func(ctx context.Context, _ json.RawMessage) (json.RawMessage, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			},
		}})
		t.Cleanup(s.Close)
		start := time.Now()
		arn := begin(t, s, waitTask(`"TimeoutSeconds": 5,`), `{"order":1}`)
		if e := finish(t, s, arn); e.Error != "States.Timeout" || time.Since(start) != 5*time.Second {
			t.Errorf("got %s after %v, want States.Timeout after 5s", e.Error, time.Since(start))
		}
	})
}
