package conformance

import (
	"encoding/json"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type queue struct {
	b        bench
	url, arn string
}

func (b bench) queue(attributes map[string]string) queue {
	b.Helper()
	name := b.unique()
	if attributes["FifoQueue"] == "true" {
		name += ".fifo"
	}
	// An emulator's default may be shorter than a stall of a busy machine.
	with := map[string]string{"VisibilityTimeout": "60"}
	maps.Copy(with, attributes)
	made, err := b.sqs.CreateQueue(b.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: with})
	if err != nil {
		b.Fatalf("CreateQueue: %v", err)
	}
	q := queue{b: b, url: *made.QueueUrl}
	q.arn = q.attribute(types.QueueAttributeNameQueueArn)
	return q
}

func (q queue) attribute(name types.QueueAttributeName) string {
	q.b.Helper()
	out, err := q.b.sqs.GetQueueAttributes(q.b.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{name},
	})
	if err != nil {
		q.b.Fatalf("GetQueueAttributes: %v", err)
	}
	return out.Attributes[string(name)]
}

// send sends a body; change may add to the request.
func (q queue) send(body string, change ...func(*sqs.SendMessageInput)) *sqs.SendMessageOutput {
	q.b.Helper()
	out, err := q.trySend(body, change...)
	if err != nil {
		q.b.Fatalf("SendMessage: %v", err)
	}
	return out
}

func (q queue) trySend(body string, change ...func(*sqs.SendMessageInput)) (*sqs.SendMessageOutput, error) {
	q.b.Helper()
	in := &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &body}
	for _, f := range change {
		f(in)
	}
	return q.b.sqs.SendMessage(q.b.Context(), in)
}

// receive asks once, for up to ten messages with all of their attributes.
func (q queue) receive(change ...func(*sqs.ReceiveMessageInput)) []types.Message {
	q.b.Helper()
	in := &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	}
	for _, f := range change {
		f(in)
	}
	out, err := q.b.sqs.ReceiveMessage(q.b.Context(), in)
	if err != nil {
		q.b.Fatalf("ReceiveMessage: %v", err)
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
func (q queue) next(change ...func(*sqs.ReceiveMessageInput)) types.Message {
	q.b.Helper()
	change = append([]func(*sqs.ReceiveMessageInput){wait(5), atMost(1)}, change...)
	for range int(patience.Seconds()) / 5 {
		if got := q.receive(change...); len(got) > 0 {
			return got[0]
		}
	}
	q.b.Fatalf("no message in %v", patience)
	return types.Message{}
}

func (q queue) delete(m types.Message) {
	q.b.Helper()
	_, err := q.b.sqs.DeleteMessage(q.b.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle})
	if err != nil {
		q.b.Fatalf("DeleteMessage: %v", err)
	}
}

// token waits for the next message of an Ask and returns its token.
func (q queue) token() string {
	q.b.Helper()
	m := q.next()
	q.delete(m)
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(aws.ToString(m.Body)), &body); err != nil || body.Token == "" {
		q.b.Fatalf("no token in the message: %v", err)
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
