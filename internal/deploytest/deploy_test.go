//go:build deploytest

package deploytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
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

func TestDeployedTemplateCompletesAnExecution(t *testing.T) {
	t.Parallel()
	build := samBuild(t)
	server, err := emulator.MiniStack(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("MiniStack's log ends with:\n%s", server.Log())
		}
	})
	code := map[string]string{}
	for _, function := range []string{"SqsFunction", "EventBridgeFunction"} {
		bundle, err := emulator.Bundle(filepath.Join(build, function, "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		code[function] = upload(t, server, "code", function+".zip", bundle)
	}
	outputs := deploy(t, server, "callback-completer", withCode(t, build, code), map[string]string{
		"StateMachineArns": "arn:aws:states:" + emulator.Region + ":000000000000:stateMachine:*",
	})
	w := newWorld(t, server.URL)
	callbacks, dead := outputs["CallbackQueueUrl"], outputs["DeadLetterQueueUrl"]
	if callbacks == "" || dead == "" {
		t.Fatalf("the stack's outputs lack a queue: %v", outputs)
	}

	execution, token := w.startWaiting(t)
	w.send(t, callbacks, map[string]any{"taskToken": token, "output": json.RawMessage(`{"by":"the deployed function"}`)})
	w.expectSucceeded(t, execution, `{"by":"the deployed function"}`)

	w.send(t, callbacks, map[string]any{"outcome": "perhaps", "taskToken": "unused"})
	w.expectDeadLetter(t, dead, `{"outcome":"perhaps","taskToken":"unused"}`)

	w.expectEmpty(t, callbacks)
}

// world is the emulator as a workflow's owner and a worker see it.
type world struct {
	sfn *sfn.Client
	sqs *sqs.Client
}

func newWorld(t *testing.T, url string) world {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	cfg := aws.Config{
		HTTPClient: emulator.Client{HTTP: client}, BaseEndpoint: &url, Region: emulator.Region, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return world{sfn.NewFromConfig(cfg), sqs.NewFromConfig(cfg)}
}

// startWaiting starts an execution that waits, and is the worker that takes its request.
func (w world) startWaiting(t *testing.T) (execution, token string) {
	t.Helper()
	requests, err := w.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("requests")})
	if err != nil {
		t.Fatal(err)
	}
	machine, err := w.sfn.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("orders"), RoleArn: aws.String("arn:aws:iam::000000000000:role/orders"),
		Definition: aws.String(fmt.Sprintf(`{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
			"Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
			"Parameters": {"QueueUrl": %q, "MessageBody": {"taskToken.$": "$$.Task.Token"}}}}}`, *requests.QueueUrl)),
	})
	if err != nil {
		t.Fatal(err)
	}
	started, err := w.sfn.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: machine.StateMachineArn, Name: aws.String("order-1"), Input: aws.String("{}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var request struct{ TaskToken string }
	if err := json.Unmarshal([]byte(aws.ToString(w.receive(t, *requests.QueueUrl).Body)), &request); err != nil || request.TaskToken == "" {
		t.Fatalf("the request has no task token: %v", err)
	}
	return *started.ExecutionArn, request.TaskToken
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

func (w world) expectSucceeded(t *testing.T, execution, output string) {
	t.Helper()
	var got *sfn.DescribeExecutionOutput
	eventually(t, func() bool {
		var err error
		if got, err = w.sfn.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &execution}); err != nil {
			t.Fatal(err)
		}
		return got.Status != sfntypes.ExecutionStatusRunning
	})
	if got.Status != sfntypes.ExecutionStatusSucceeded {
		t.Fatalf("the execution is %s: %s %s", got.Status, aws.ToString(got.Error), aws.ToString(got.Cause))
	}
	if diff := cmp.Diff(decoded(t, output), decoded(t, aws.ToString(got.Output))); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
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
		t.Errorf("messages are left on the callback queue after %v: %v", patience, left)
	}
}
