//go:build deploytest

package deploytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/conformance/emulator"
)

// world is an emulator as a workflow's owner and a worker see it.
type world struct {
	server *emulator.Server
	config aws.Config
	sfn    *sfn.Client
	sqs    *sqs.Client
}

func newWorld(t *testing.T, server *emulator.Server) world {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	cfg := aws.Config{
		HTTPClient: emulator.Client{HTTP: client}, BaseEndpoint: &server.URL, Region: emulator.Region,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return world{server, cfg, sfn.NewFromConfig(cfg), sqs.NewFromConfig(cfg)}
}

// start starts an execution of a state machine of its own.
func (w world) start(t *testing.T, name, definition string) (execution string) {
	t.Helper()
	machine, err := w.sfn.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: &name, RoleArn: aws.String("arn:aws:iam::000000000000:role/" + name), Definition: &definition,
	})
	if err != nil {
		t.Fatal(err)
	}
	started, err := w.sfn.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: machine.StateMachineArn, Name: aws.String(name + "-1"), Input: aws.String("{}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *started.ExecutionArn
}

// startWaiting starts an execution that waits, and is the worker that takes its request.
func (w world) startWaiting(t *testing.T, name string) (execution, token string) {
	t.Helper()
	requests := w.createQueue(t, name+"-requests")
	execution = w.start(t, name, fmt.Sprintf(`{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
		"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
		"Parameters": {"QueueUrl": %q, "MessageBody": {"taskToken.$": "$$.Task.Token"}}}}}`, requests))
	var request struct{ TaskToken string }
	if err := json.Unmarshal([]byte(aws.ToString(w.receive(t, requests).Body)), &request); err != nil || request.TaskToken == "" {
		t.Fatalf("the request has no task token: %v", err)
	}
	return execution, request.TaskToken
}

// startAnnouncing starts an execution that waits, whose own event is its answer: it announces itself as a callback in
// canonical form.
func (w world) startAnnouncing(t *testing.T, name string) (execution string) {
	t.Helper()
	return w.start(t, name, `{"StartAt": "Announce", "States": {"Announce": {"Type": "Task", "End": true,
		"Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
		"Parameters": {"Entries": [{"Source": "example.orders", "DetailType": "Order", "EventBusName": "default",
			"Detail": {"taskToken.$": "$$.Task.Token", "output": {"by": "the event"}}}]}}}}`)
}

func (w world) createQueue(t *testing.T, name string) (url string) {
	t.Helper()
	queue, err := w.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *queue.QueueUrl
}

func (w world) send(t *testing.T, queue string, message any) {
	t.Helper()
	body, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.sqs.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: aws.String(string(body))}); err != nil {
		t.Fatal(err)
	}
}

// receive waits for a message and deletes it.
func (w world) receive(t *testing.T, queue string) sqstypes.Message {
	t.Helper()
	var got []sqstypes.Message
	if !eventually(t, func() bool {
		out, err := w.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &queue, WaitTimeSeconds: 2, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		got = out.Messages
		return len(got) > 0
	}) {
		t.Fatalf("there is no message on %s after %v", queue, patience)
	}
	if _, err := w.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{
		QueueUrl: &queue, ReceiptHandle: got[0].ReceiptHandle,
	}); err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// ended waits until the execution runs no more.
func (w world) ended(t *testing.T, execution string) *sfn.DescribeExecutionOutput {
	t.Helper()
	var got *sfn.DescribeExecutionOutput
	eventually(t, func() bool {
		var err error
		if got, err = w.sfn.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &execution}); err != nil {
			t.Fatal(err)
		}
		return got.Status != sfntypes.ExecutionStatusRunning
	})
	return got
}

func (w world) expectSucceeded(t *testing.T, execution, output string) {
	t.Helper()
	got := w.ended(t, execution)
	if got.Status != sfntypes.ExecutionStatusSucceeded {
		t.Fatalf("the execution is %s: %s %s", got.Status, aws.ToString(got.Error), aws.ToString(got.Cause))
	}
	if diff := cmp.Diff(decoded(t, output), decoded(t, aws.ToString(got.Output))); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func (w world) expectFailed(t *testing.T, execution, code, cause string) {
	t.Helper()
	got := w.ended(t, execution)
	if got.Status != sfntypes.ExecutionStatusFailed || aws.ToString(got.Error) != code || aws.ToString(got.Cause) != cause {
		t.Errorf("the execution is %s: %q %q", got.Status, aws.ToString(got.Error), aws.ToString(got.Cause))
	}
}

func decoded(t *testing.T, document string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return value
}

func (w world) expectDeadLetter(t *testing.T, queue, body string) {
	t.Helper()
	m := w.receive(t, queue)
	for aws.ToString(m.MessageAttributes["ErrorCode"].StringValue) == "TaskDoesNotExist" { // MiniStack's doing, see the package
		m = w.receive(t, queue)
	}
	if aws.ToString(m.Body) != body {
		t.Errorf("the dead letter is %q, want %q", aws.ToString(m.Body), body)
	}
	got := map[string]string{}
	for _, name := range []string{"ErrorCode", "Trigger"} {
		got[name] = aws.ToString(m.MessageAttributes[name].StringValue)
	}
	if diff := cmp.Diff(map[string]string{"ErrorCode": "InvalidCallback", "Trigger": "sqs"}, got); diff != "" {
		t.Errorf("attributes of the dead letter (-want +got):\n%s", diff)
	}
}

// expectEmpty waits until no message is on the queue, waiting or in flight.
func (w world) expectEmpty(t *testing.T, queue string) {
	t.Helper()
	names := []sqstypes.QueueAttributeName{
		"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
	}
	var left map[string]string
	if !eventually(t, func() bool {
		out, err := w.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &queue, AttributeNames: names})
		if err != nil {
			t.Fatal(err)
		}
		left = out.Attributes
		for _, name := range names {
			if left[string(name)] != "0" {
				return false
			}
		}
		return true
	}) {
		t.Errorf("messages are left on %s after %v: %v", queue, patience, left)
	}
}
