package conformance

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func queues() section {
	return newSection("SQS: queues",
		behaviour{
			name: "send to a queue that is not there", observe: func(b bench) string {
				q := b.queue(nil)
				q.url += "-gone"
				_, err := q.trySend("x")
				return b.code(err)
			},
			want: "QueueDoesNotExist", source: sqsAPI("SendMessage"),
		},
		behaviour{
			name: "receive from a queue that is not there", observe: func(b bench) string {
				gone := b.queue(nil).url + "-gone"
				_, err := b.sqs.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{QueueUrl: &gone})
				return b.code(err)
			},
			want: "QueueDoesNotExist", source: sqsAPI("ReceiveMessage"),
		},
		behaviour{
			name: "second queue of a name, with the same attributes", observe: func(b bench) string {
				return twice(b, map[string]string{"VisibilityTimeout": "7"}, map[string]string{"VisibilityTimeout": "7"})
			},
			want: "OK", source: sqsAPI("CreateQueue"),
		},
		behaviour{
			name: "second queue of a name, with another attribute", observe: func(b bench) string {
				return twice(b, map[string]string{"VisibilityTimeout": "7"}, map[string]string{"VisibilityTimeout": "8"})
			},
			want: "QueueNameExists", source: sqsAPI("CreateQueue"),
		},
		behaviour{
			name: "PurgeQueue", observe: func(b bench) string {
				q := b.queue(nil)
				q.send("x")
				if _, err := b.sqs.PurgeQueue(b.Context(), &sqs.PurgeQueueInput{QueueUrl: &q.url}); err != nil {
					return b.code(err)
				}
				return strings.Join(append(bodies(q.receive()), "empty"), " ")
			},
			want: "empty", source: sqsAPI("PurgeQueue"),
		},
		behaviour{
			name: "receive of eleven messages", observe: func(b bench) string {
				q := b.queue(nil)
				_, err := b.sqs.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{QueueUrl: &q.url, MaxNumberOfMessages: 11})
				return b.code(err)
			},
			want: "InvalidParameterValue", source: sqsAPI("ReceiveMessage"),
			miniStack: "OK",
		},
	)
}

func twice(b bench, first, second map[string]string) string {
	b.Helper()
	name := b.unique()
	if _, err := b.sqs.CreateQueue(b.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: first}); err != nil {
		b.Fatalf("CreateQueue: %v", err)
	}
	_, err := b.sqs.CreateQueue(b.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: second})
	return b.code(err)
}
