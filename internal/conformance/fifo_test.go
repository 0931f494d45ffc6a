package conformance

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func fifo() section {
	return newSection("SQS: FIFO queues",
		behaviour{
			name: "order within a group", observe: inOrder,
			want: "1 2 3", source: sqsGuide("FIFO-queues-understanding-logic"),
		},
		behaviour{
			name: "a message in flight holds up its group alone", observe: groupBlocked,
			want: "a1 then b1, a2 after the delete", source: sqsGuide("FIFO-queues-understanding-logic"),
		},
		behaviour{
			name: "two sends with one deduplication id", observe: func(b bench) string {
				q := b.queue(map[string]string{"FifoQueue": "true"})
				q.send("1", group("g"), once("d"))
				q.send("1", group("g"), once("d"))
				return strings.Join(bodies(q.receive(wait(1))), " ")
			},
			want: "1", source: sqsGuide("FIFO-queues-exactly-once-processing"),
		},
		behaviour{
			name: "two sends of one body with ContentBasedDeduplication", observe: func(b bench) string {
				q := b.queue(map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
				q.send("1", group("g"))
				q.send("1", group("g"))
				return strings.Join(bodies(q.receive(wait(1))), " ")
			},
			want: "1", source: sqsGuide("FIFO-queues-exactly-once-processing"),
		},
		behaviour{
			name: "no message group id", observe: func(b bench) string {
				_, err := b.queue(map[string]string{"FifoQueue": "true"}).trySend("1", once("d"))
				return b.code(err)
			},
			want: "MissingParameter", source: sqsAPI("SendMessage"),
		},
		behaviour{
			name: "no deduplication id", observe: func(b bench) string {
				_, err := b.queue(map[string]string{"FifoQueue": "true"}).trySend("1", group("g"))
				return b.code(err)
			},
			want: "InvalidParameterValue", source: sqsAPI("SendMessage"),
		},
	)
}

func group(id string) func(*sqs.SendMessageInput) {
	return func(in *sqs.SendMessageInput) { in.MessageGroupId = &id }
}

func once(id string) func(*sqs.SendMessageInput) {
	return func(in *sqs.SendMessageInput) { in.MessageDeduplicationId = &id }
}

func inOrder(b bench) string {
	q := b.queue(map[string]string{"FifoQueue": "true"})
	for _, body := range []string{"1", "2", "3"} {
		q.send(body, group("g"), once(body))
	}
	return strings.Join(bodies(q.receive()), " ")
}

func groupBlocked(b bench) string {
	q := b.queue(map[string]string{"FifoQueue": "true"})
	for _, body := range []string{"a1", "a2", "b1"} {
		q.send(body, group(body[:1]), once(body))
	}
	first := q.next()
	rest := strings.Join(bodies(q.receive()), " ")
	q.delete(first)
	return fmt.Sprintf("%s then %s, %s after the delete", *first.Body, rest, strings.Join(bodies(q.receive(wait(1))), " "))
}
