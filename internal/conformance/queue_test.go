package conformance

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type queue struct {
	b        *backend
	url, arn string
}

func (b *backend) queue(t *testing.T, attributes map[string]string) queue {
	t.Helper()
	name := b.unique()
	if attributes["FifoQueue"] == "true" {
		name += ".fifo"
	}
	// An emulator's default may be shorter than a stall of a busy machine.
	with := map[string]string{"VisibilityTimeout": "60"}
	maps.Copy(with, attributes)
	made, err := b.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: with})
	if err != nil {
		t.Fatalf("CreateQueue: %v", err)
	}
	q := queue{b: b, url: *made.QueueUrl}
	q.arn = q.attribute(t, types.QueueAttributeNameQueueArn)
	return q
}

func (q queue) attribute(t *testing.T, name types.QueueAttributeName) string {
	t.Helper()
	out, err := q.b.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{name},
	})
	if err != nil {
		t.Fatalf("GetQueueAttributes: %v", err)
	}
	return out.Attributes[string(name)]
}

// send sends a body; change may add to the request.
func (q queue) send(t *testing.T, body string, change ...func(*sqs.SendMessageInput)) *sqs.SendMessageOutput {
	t.Helper()
	out, err := q.trySend(t, body, change...)
	if err != nil {
		t.Fatalf("SendMessage: %v", err)
	}
	return out
}

func (q queue) trySend(t *testing.T, body string, change ...func(*sqs.SendMessageInput)) (*sqs.SendMessageOutput, error) {
	t.Helper()
	in := &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &body}
	for _, f := range change {
		f(in)
	}
	return q.b.sqs.SendMessage(t.Context(), in)
}

// receive asks once, for up to ten messages with all of their attributes.
func (q queue) receive(t *testing.T, change ...func(*sqs.ReceiveMessageInput)) []types.Message {
	t.Helper()
	in := &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	}
	for _, f := range change {
		f(in)
	}
	out, err := q.b.sqs.ReceiveMessage(t.Context(), in)
	if err != nil {
		t.Fatalf("ReceiveMessage: %v", err)
	}
	return out.Messages
}

func wait(seconds int32) func(*sqs.ReceiveMessageInput) {
	return func(in *sqs.ReceiveMessageInput) { in.WaitTimeSeconds = seconds }
}

func hiddenFor(seconds int32) func(*sqs.ReceiveMessageInput) {
	return func(in *sqs.ReceiveMessageInput) { in.VisibilityTimeout = seconds }
}

func atMost(n int32) func(*sqs.ReceiveMessageInput) {
	return func(in *sqs.ReceiveMessageInput) { in.MaxNumberOfMessages = n }
}

// next waits for one message.
func (q queue) next(t *testing.T, change ...func(*sqs.ReceiveMessageInput)) types.Message {
	t.Helper()
	change = append([]func(*sqs.ReceiveMessageInput){wait(5), atMost(1)}, change...)
	for range int(patience.Seconds()) / 5 {
		if got := q.receive(t, change...); len(got) > 0 {
			return got[0]
		}
	}
	t.Fatalf("no message in %v", patience)
	return types.Message{}
}

func (q queue) delete(t *testing.T, m types.Message) {
	t.Helper()
	_, err := q.b.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle})
	if err != nil {
		t.Fatalf("DeleteMessage: %v", err)
	}
}

// token waits for the next message of an Ask and returns its token.
func (q queue) token(t *testing.T) string {
	t.Helper()
	m := q.next(t)
	q.delete(t, m)
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(aws.ToString(m.Body)), &body); err != nil || body.Token == "" {
		t.Fatalf("no token in the message: %v", err)
	}
	return body.Token
}

func bodies(all []types.Message) []string {
	var texts []string
	for _, m := range all {
		texts = append(texts, aws.ToString(m.Body))
	}
	return texts
}
