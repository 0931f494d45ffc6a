package conformance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func queues() section {
	return newSection("SQS: queues",
		behaviour{
			name: "send to a queue that is not there", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				q.url += "-gone"
				_, err := q.trySend(t, "x")
				return code(t, err)
			},
			want: "QueueDoesNotExist", source: sqsAPI("SendMessage"),
		},
		behaviour{
			name: "receive from a queue that is not there", observe: func(t *testing.T, b *backend) string {
				gone := b.queue(t, nil).url + "-gone"
				_, err := b.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &gone})
				return code(t, err)
			},
			want: "QueueDoesNotExist", source: sqsAPI("ReceiveMessage"),
		},
		behaviour{
			name: "second queue of a name, with the same attributes", observe: func(t *testing.T, b *backend) string {
				return twice(t, b, map[string]string{"VisibilityTimeout": "7"}, map[string]string{"VisibilityTimeout": "7"})
			},
			want: "OK", source: sqsAPI("CreateQueue"),
		},
		behaviour{
			name: "second queue of a name, with another attribute", observe: func(t *testing.T, b *backend) string {
				return twice(t, b, map[string]string{"VisibilityTimeout": "7"}, map[string]string{"VisibilityTimeout": "8"})
			},
			want: "QueueNameExists", source: sqsAPI("CreateQueue"),
		},
		behaviour{
			name: "PurgeQueue", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				q.send(t, "x")
				if _, err := b.sqs.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: &q.url}); err != nil {
					return code(t, err)
				}
				return strings.Join(append(bodies(q.receive(t)), "empty"), " ")
			},
			want: "empty", source: sqsAPI("PurgeQueue"),
		},
		behaviour{
			name: "receive of eleven messages", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				_, err := b.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &q.url, MaxNumberOfMessages: 11})
				return code(t, err)
			},
			want: "InvalidParameterValue", source: sqsAPI("ReceiveMessage"),
			miniStack: "OK",
		},
	)
}

func twice(t *testing.T, b *backend, first, second map[string]string) string {
	t.Helper()
	name := b.unique()
	if _, err := b.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: first}); err != nil {
		t.Fatalf("CreateQueue: %v", err)
	}
	_, err := b.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: second})
	return code(t, err)
}
