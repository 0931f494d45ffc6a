package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

const functionName = "approval"

// workflow asks with what a request needs at least.
const workflow = `{"StartAt": "Ask", "States": {
	"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 3660, "End": true,
		"Parameters": {"FunctionName": "` + functionName + `", "Payload": {
			"taskToken.$": "$$.Task.Token", "title.$": "$.title", "expires": 3600, "delivery": {"sns": true}}}}}}`

// run starts an execution of a workflow, in which the function stands as Lambda runs it.
func (f *function) run(definition, input string) (execution string) {
	f.T.Helper()
	f.Stack.Functions.Add(functionName, lambda.InvokerFunc(func(ctx context.Context, payload []byte) ([]byte, error) {
		answer, err := lambdaruntime.NewHandler(f.handler.handle).Invoke(ctx, payload)
		if err == nil {
			return answer, nil
		}
		refused := &lambda.FunctionError{Type: failed(err), Message: err.Error()}
		refused.Payload, _ = json.Marshal(map[string]string{"errorType": refused.Type, "errorMessage": refused.Message})
		return nil, refused
	}))
	machine, err := f.Stack.StepFunctions.CreateStateMachine("release", definition)
	if err != nil {
		f.T.Fatal(err)
	}
	execution, err = f.Stack.StepFunctions.StartExecution(machine, "", input)
	if err != nil {
		f.T.Fatal(err)
	}
	synctest.Wait()
	return execution
}

// answer waits for the link, as long as the state's retries may take, and answers on its page. Without a decision it
// waits until nobody can answer any more.
func (f *function) answer(execution, decision string) {
	f.T.Helper()
	time.Sleep(time.Minute)
	links := f.links()
	if e := f.Execution(execution); len(links) != 1 || e.Status != stepfunctions.Running {
		f.T.Fatalf("links %q, execution %v %s %s", links, e.Status, e.Error, e.Cause)
	}
	if decision == "" {
		time.Sleep(25 * time.Hour)
		return
	}
	pages := *f.handler.service
	pages.Completer = sfn.New(f.AWS(f.Client()), sfn.Options{})
	link := links[0][strings.LastIndex(links[0], "/")+1:]
	view := pages.Decide(f.T.Context(), link, approval.Actor{Channel: "web"}, url.Values{"decision": {decision}, "comment": {"why"}})
	if view.Status != http.StatusSeeOther {
		f.T.Errorf("the page answered %d %v", view.Status, view.Problems)
	}
	synctest.Wait()
}

// TestAWorkflowIsAnswered from the state that asks to the state that goes on.
func TestAWorkflowIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		execution := f.run(workflow, fmt.Sprintf(`{"title": %q}`, canaryTitle))
		f.answer(execution, "approve")
		e := f.Execution(execution)
		if e.Status != stepfunctions.Succeeded || !strings.Contains(e.Output, `"approved":true`) {
			t.Errorf("execution %v %s", e.Status, e.Output)
		}
		f.quiet(f.Out.String())
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
			e := f.Execution(f.run(workflow, input))
			if e.Status != stepfunctions.Failed || e.Error != want[0] || !strings.Contains(e.Cause, want[1]) {
				t.Errorf("%s: execution %v %s %s", input, e.Status, e.Error, e.Cause)
			}
			f.quiet(e.Cause)
		})
	}
}

// TestFailuresKeepTheirReason, for those who look for it in the log.
func TestFailuresKeepTheirReason(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&ApprovalNotStored{errors.ErrUnsupported}, &ApprovalNotDelivered{errors.ErrUnsupported}} {
		if !errors.Is(err, errors.ErrUnsupported) || !strings.HasSuffix(err.Error(), ": "+errors.ErrUnsupported.Error()) {
			t.Errorf("%v", err)
		}
	}
}
