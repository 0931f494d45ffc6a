package conformance

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func visibility() section {
	api := sqsAPI("ChangeMessageVisibility")
	return newSection("SQS: visibility",
		behaviour{
			name: "a received message is hidden, then comes again", observe: hidden,
			want: "hidden, then received 2 times", source: sqsGuide("sqs-visibility-timeout"),
		},
		behaviour{
			name: "ChangeMessageVisibility to 0", observe: returned,
			want: "received 2 times", source: api,
		},
		behaviour{
			name: "ChangeMessageVisibility to longer", observe: extended,
			want: "hidden", source: api,
		},
		behaviour{
			name: "ChangeMessageVisibility over twelve hours", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				q.send(t, "x")
				return q.changeVisibility(t, q.next(t), 43_201)
			},
			want: "InvalidParameterValue", source: api,
			miniStack: "OK",
		},
		behaviour{
			name: "a receipt handle that never was", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				_, err := b.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: aws.String("x")})
				return code(t, err)
			},
			want: "ReceiptHandleIsInvalid", source: sqsAPI("DeleteMessage"),
		},
		behaviour{
			name: "delete with the receipt handle of an earlier receive", observe: staleHandle,
			want: "OK, not deleted",
			moto: "OK, deleted", miniStack: "ReceiptHandleIsInvalid",
		},
	)
}

func (q queue) changeVisibility(t *testing.T, m types.Message, seconds int32) string {
	t.Helper()
	_, err := q.b.sqs.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: seconds,
	})
	return code(t, err)
}

func receivedTimes(m types.Message) string {
	return fmt.Sprintf("received %s times", m.Attributes["ApproximateReceiveCount"])
}

func hidden(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	q.send(t, "x")
	q.next(t, hiddenFor(4))
	if got := q.receive(t); len(got) > 0 {
		return "not hidden"
	}
	return "hidden, then " + receivedTimes(q.next(t))
}

func returned(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	q.send(t, "x")
	mustOK(t, q.changeVisibility(t, q.next(t), 0))
	return receivedTimes(q.next(t))
}

func extended(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	q.send(t, "x")
	mustOK(t, q.changeVisibility(t, q.next(t, hiddenFor(5)), 60))
	if got := q.receive(t, wait(6)); len(got) > 0 {
		return "not hidden"
	}
	return "hidden"
}

// staleHandle deletes with the handle of a receive that another has followed. SQS may delete or may not.
func staleHandle(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	q.send(t, "x")
	first := q.next(t)
	mustOK(t, q.changeVisibility(t, first, 0))
	second := q.next(t)
	_, err := b.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: first.ReceiptHandle})
	if err != nil {
		return code(t, err)
	}
	if q.changeVisibility(t, second, 0) != "OK" || len(q.receive(t, wait(1))) == 0 {
		return "OK, deleted"
	}
	return "OK, not deleted"
}
