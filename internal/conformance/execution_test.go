package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const role = "arn:aws:iam::123456789012:role/conformance"

// ask is a Task that sends {"token": …} to the queue and waits. more is put among its fields: `"TimeoutSeconds": 1, "End": true`.
func ask(to queue, more string) string {
	return fmt.Sprintf(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
		"Parameters": {"QueueUrl": %q, "MessageBody": {"token.$": "$$.Task.Token"}}, %s}`, to.url, more)
}

// alone is a definition of one state, "Ask".
func alone(state string) string { return states("Ask", state) }

// states is a definition of states by name and definition in turn; it starts at the first.
func states(start, first string, others ...string) string {
	var all bytes.Buffer
	fmt.Fprintf(&all, `{"StartAt": %q, "States": {%q: %s`, start, start, first)
	for i := 0; i+1 < len(others); i += 2 {
		fmt.Fprintf(&all, `, %q: %s`, others[i], others[i+1])
	}
	return all.String() + "}}"
}

// execution is a running or finished execution.
type execution struct {
	b   bench
	arn string
}

func (b bench) start(definition, input string) execution {
	b.Helper()
	machine := b.machine(definition)
	out, err := b.sfn.StartExecution(b.Context(), &sfn.StartExecutionInput{
		StateMachineArn: &machine, Name: aws.String(b.unique()), Input: &input,
	})
	if err != nil {
		b.Fatalf("StartExecution: %v", err)
	}
	return execution{b, *out.ExecutionArn}
}

func (b bench) machine(definition string) (arn string) {
	b.Helper()
	out, err := b.sfn.CreateStateMachine(b.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(b.unique()), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		b.Fatalf("CreateStateMachine: %v\n%s", err, definition)
	}
	return *out.StateMachineArn
}

// waiting starts an execution of one Ask with these further fields and returns it with its token.
func (b bench) waiting(more string) (execution, string) {
	b.Helper()
	q := b.queue(nil)
	e := b.start(alone(ask(q, more)), "{}")
	return e, q.token()
}

func (e execution) describe() *sfn.DescribeExecutionOutput {
	e.b.Helper()
	out, err := e.b.sfn.DescribeExecution(e.b.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &e.arn})
	if err != nil {
		e.b.Fatalf("DescribeExecution: %v", err)
	}
	return out
}

// status is the execution's status now.
func (e execution) status() string {
	e.b.Helper()
	return string(e.describe().Status)
}

// end waits for the execution's end.
func (e execution) end() *sfn.DescribeExecutionOutput {
	e.b.Helper()
	out := e.within(patience)
	if out.Status == types.ExecutionStatusRunning {
		e.b.Fatalf("the execution still runs after %v", patience)
	}
	return out
}

// within waits for the execution's end no longer than this.
func (e execution) within(limit time.Duration) *sfn.DescribeExecutionOutput {
	e.b.Helper()
	var out *sfn.DescribeExecutionOutput
	e.b.eventually(limit, func() bool {
		out = e.describe()
		return out.Status != types.ExecutionStatusRunning
	})
	return out
}

// result is how an execution stands: status with output, or error and cause. The causes of timeouts are not documented.
func result(out *sfn.DescribeExecutionOutput) string {
	text := string(out.Status)
	switch {
	case out.Output != nil && out.Status == types.ExecutionStatusSucceeded:
		text += " " + plain(*out.Output)
	case aws.ToString(out.Error) == "States.Timeout":
		text += " States.Timeout"
	case out.Status != types.ExecutionStatusSucceeded:
		text += optional(" ", out.Error) + optional(": ", out.Cause)
	}
	return text
}

func optional(before string, text *string) string {
	if aws.ToString(text) == "" {
		return ""
	}
	return before + *text
}

// plain is the document without blanks, its keys in order: emulators differ in both. Numbers stay as they are written.
func plain(document string) string {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "not JSON: " + document
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "not JSON: " + document
	}
	return string(text)
}

func (b bench) succeed(token, output string) string {
	b.Helper()
	_, err := b.sfn.SendTaskSuccess(b.Context(), &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
	return b.code(err)
}

func (b bench) fail(token, name, cause string) string {
	b.Helper()
	_, err := b.sfn.SendTaskFailure(b.Context(), &sfn.SendTaskFailureInput{TaskToken: &token, Error: &name, Cause: &cause})
	return b.code(err)
}

func (b bench) beat(token string) string {
	b.Helper()
	_, err := b.sfn.SendTaskHeartbeat(b.Context(), &sfn.SendTaskHeartbeatInput{TaskToken: &token})
	return b.code(err)
}

// code is the name of the API's error, the HTTP status if it has none, or "OK". Where the SDK has a type for the error it
// is that one's name: SQS also sends the codes of its old query protocol, in which errors have other names.
func (b bench) code(err error) string {
	b.Helper()
	if err == nil {
		return "OK"
	}
	api, answer := smithy.APIError(nil), (*smithyhttp.ResponseError)(nil)
	switch {
	case errors.As(err, &api):
	case errors.As(err, &answer):
		return fmt.Sprintf("HTTP %d", answer.HTTPStatusCode())
	default:
		b.Fatalf("a call failed without an answer: %v", err)
	}
	if name, modelled := strings.CutPrefix(fmt.Sprintf("%T", api), "*types."); modelled {
		return name
	}
	return api.ErrorCode()
}
