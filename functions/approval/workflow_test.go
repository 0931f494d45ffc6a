package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	lambdaruntime "github.com/aws/aws-lambda-go/lambda"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/sfn"
)

// workflow asks as docs/approvals.md shows it.
const workflow = `{"StartAt": "Ask", "States": {
	"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 3660, "End": true,
		"Parameters": {"FunctionName": "approval", "Payload": {
			"taskToken.$": "$$.Task.Token", "execution.$": "$$.Execution.Id", "title.$": "$.title", "expires": 3600,
			"requester": "ci@example.com", "delivery": {"sns": true}}}}}}`

// run starts an execution of the workflow, in which the function stands as Lambda runs it.
func (f *function) run(input string) string {
	f.T.Helper()
	f.Stack.Functions.Add("approval", lambda.InvokerFunc(func(ctx context.Context, payload []byte) ([]byte, error) {
		answer, err := lambdaruntime.NewHandler(f.handler.handle).Invoke(ctx, payload)
		if err == nil {
			return answer, nil
		}
		refused := &lambda.FunctionError{Type: failed(err), Message: err.Error()}
		refused.Payload, _ = json.Marshal(map[string]string{"errorType": refused.Type, "errorMessage": refused.Message})
		return nil, refused
	}))
	machine, err := f.Stack.StepFunctions.CreateStateMachine("release", workflow)
	if err != nil {
		f.T.Fatal(err)
	}
	execution, err := f.Stack.StepFunctions.StartExecution(machine, "", input)
	if err != nil {
		f.T.Fatal(err)
	}
	synctest.Wait()
	return execution
}

// TestAWorkflowIsAnswered from the state that asks to the state that goes on.
func TestAWorkflowIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		execution := f.run(fmt.Sprintf(`{"title": %q}`, canaryTitle))
		links := f.links()
		if e := f.Execution(execution); len(links) != 1 || e.Status != stepfunctions.Running {
			t.Fatalf("links %q, execution %v %s %s", links, e.Status, e.Error, e.Cause)
		}
		time.Sleep(time.Minute)
		pages := *f.handler.service
		pages.Completer = sfn.New(f.AWS(f.Client()), sfn.Options{})
		link := links[0][strings.LastIndex(links[0], "/")+1:]
		pages.Decide(t.Context(), link, approval.Actor{Channel: "web"}, url.Values{"decision": {"approve"}})
		synctest.Wait()
		e := f.Execution(execution)
		if e.Status != stepfunctions.Succeeded || !strings.Contains(e.Output, `"approved":true`) {
			t.Errorf("execution %v %s", e.Status, e.Output)
		}
		pending, err := pages.Pending(t.Context(), 10)
		if err != nil || len(pending) != 0 {
			t.Errorf("pending %v, %v", pending, err)
		}
	})
}

// TestAWorkflowLearnsWhyNobodyWasAsked: by a name for its Catch and a cause that says what to do.
func TestAWorkflowLearnsWhyNobodyWasAsked(t *testing.T) {
	t.Parallel()
	for input, want := range map[string][2]string{
		`{"title": " "}`:                   {"InvalidApprovalRequest", "title is empty"},
		`{"title": "` + canaryTitle + `"}`: {"ApprovalNotDelivered", "the link could not be delivered: publish to the topic " + topicARN},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			f.network.refuse = []string{"sns"}
			e := f.Execution(f.run(input))
			if e.Status != stepfunctions.Failed || e.Error != want[0] || !strings.Contains(e.Cause, want[1]) {
				t.Errorf("%s: execution %v %s %s", input, e.Status, e.Error, e.Cause)
			}
			f.quiet(e.Cause)
		})
	}
}

// TestTheNamesOfErrors are what Lambda's own runtime tells of them.
func TestTheNamesOfErrors(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&InvalidApprovalRequest{}, &ApprovalNotStored{errors.ErrUnsupported}, &ApprovalNotDelivered{errors.ErrUnsupported}} {
		if errors.Is(err, errors.ErrUnsupported) == (failed(err) == "InvalidApprovalRequest") {
			t.Errorf("%s hides its reason", failed(err))
		}
	}
}
