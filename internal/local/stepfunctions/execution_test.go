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

func TestStartIsIdempotentWhileItRuns(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	if _, err := s.CreateStateMachine("m", waitTask("")); err != nil {
		t.Fatal(err)
	}
	const input = `{"order":1}`
	first, err := s.StartExecution(machineARN, "e", input)
	if err != nil || first != "arn:aws:states:us-east-1:123456789012:execution:m:e" {
		t.Fatal(first, err)
	}
	if again, err := s.StartExecution(machineARN, "e", input); err != nil || again != first {
		t.Errorf("the same again: %s %v, want %s", again, err, first)
	}
	const exists = "ExecutionAlreadyExists: Execution Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:m:e'"
	if _, err := s.StartExecution(machineARN, "e", `{"order":2}`); err == nil || err.Error() != exists {
		t.Errorf("another input: %v, want %s", err, exists)
	}
	if err := s.SendTaskSuccess(<-d.tokens, `1`); err != nil {
		t.Fatal(err)
	}
	finish(t, s, first)
	if _, err := s.StartExecution(machineARN, "e", input); err == nil || err.Error() != exists {
		t.Errorf("after its end: %v, want %s", err, exists)
	}
	if len(d.tokens) != 0 {
		t.Error("more than one execution ran")
	}
	names := map[string]bool{}
	for range 3 {
		arn, err := s.StartExecution(machineARN, "", input)
		if err != nil {
			t.Fatal(err)
		}
		names[arn] = true
	}
	if len(names) != 3 {
		t.Errorf("generated names: %v, want 3 different", names)
	}
}

func TestStopWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newService(t)
		arn := begin(t, s, waitTask(""), `{"order":1}`)
		<-d.tokens
		synctest.Wait()
		time.Sleep(time.Minute)
		stopped := time.Now()
		if err := s.StopExecution(arn, "Stop", "no more"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := s.StopExecution(arn, "Again", ""); err != nil {
			t.Errorf("stopping what has stopped: %v", err)
		}
		e := finish(t, s, arn)
		if e.Status != Aborted || e.Error != "Stop" || e.Cause != "no more" || !e.Stopped.Equal(stopped) || e.Output != "" {
			t.Errorf("got %+v", e)
		}
		want := []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "ExecutionAborted"}
		if diff := cmp.Diff(want, eventTypes(t, s, arn)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}

func TestMachineTimeout(t *testing.T) {
	t.Parallel()
	limited := func(definition string) string { return strings.Replace(definition, "{", `{"TimeoutSeconds": 7, `, 1) }
	for _, c := range []struct{ name, definition, last string }{
		{"while a task waits, whatever it catches", limited(caught(`"States.ALL"`)), "ExecutionTimedOut"},
		{"while it sleeps", `{"TimeoutSeconds": 7, "StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 8, "End": true}}}`, "ExecutionTimedOut"},
		{"not before", `{"TimeoutSeconds": 9, "StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 7, "End": true}}}`, "ExecutionSucceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, d := newService(t)
				start := time.Now()
				arn := begin(t, s, c.definition, `{"order":1}`)
				if strings.Contains(c.definition, "Task") {
					token := <-d.tokens
					time.Sleep(4 * time.Second)
					if err := s.SendTaskHeartbeat(token); err != nil {
						t.Fatal(err)
					}
				}
				e := finish(t, s, arn)
				types := eventTypes(t, s, arn)
				if last := types[len(types)-1]; last != c.last || e.Stopped.Sub(start) != 7*time.Second {
					t.Errorf("got %s after %v, want %s after 7s", last, e.Stopped.Sub(start), c.last)
				}
				if want := map[string]Status{"ExecutionTimedOut": TimedOut, "ExecutionSucceeded": Succeeded}[c.last]; e.Status != want {
					t.Errorf("status %s, want %s", e.Status, want)
				}
			})
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	arn := begin(t, s, waitTask(""), `{"order":1}`)
	<-d.tokens
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Wait(ctx, arn); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestDeletedMachine(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	arn := begin(t, s, waitTask(""), `{"order":1}`)
	for range 2 {
		if err := s.deleteMachine(machineARN); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.StartExecution(machineARN, "", ""); code(err) != "StateMachineDoesNotExist" {
		t.Errorf("starting: %v, want StateMachineDoesNotExist", err)
	}
	if err := s.SendTaskSuccess(<-d.tokens, `1`); err != nil {
		t.Fatal(err)
	}
	if e := finish(t, s, arn); e.Status != Succeeded {
		t.Errorf("what ran ended as %s, want SUCCEEDED", e.Status)
	}
}

func TestHistoryWithoutData(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	arn := begin(t, s, waitTask(""), `{"order":"secret"}`)
	token := <-d.tokens
	if err := s.SendTaskSuccess(token, `"secret"`); err != nil {
		t.Fatal(err)
	}
	finish(t, s, arn)
	show := func(more string) string {
		out, err := s.Operations()["GetExecutionHistory"](t.Context(), []byte(`{"executionArn":"`+arn+`"`+more+`}`))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	bare, whole := show(`,"includeExecutionData":false`), show("")
	for _, data := range []string{"secret", token, "MessageId"} {
		if strings.Contains(bare, data) || !strings.Contains(whole, data) {
			t.Errorf("%.10s: in the bare history %v, in the whole one %v, want false and true",
				data, strings.Contains(bare, data), strings.Contains(whole, data))
		}
	}
}
