package conformance

import (
	"fmt"

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
			name: "ChangeMessageVisibility over twelve hours", observe: func(b bench) string {
				q := b.queue(nil)
				q.send("x")
				return q.changeVisibility(q.next(), 43_201)
			},
			want: "InvalidParameterValue", source: api,
			miniStack: "OK",
		},
		behaviour{
			name: "a receipt handle that never was", observe: func(b bench) string {
				q := b.queue(nil)
				_, err := b.sqs.DeleteMessage(b.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: aws.String("x")})
				return b.code(err)
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

func (q queue) changeVisibility(m types.Message, seconds int32) string {
	q.b.Helper()
	_, err := q.b.sqs.ChangeMessageVisibility(q.b.Context(), &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: seconds,
	})
	return q.b.code(err)
}

func receivedTimes(m types.Message) string {
	return fmt.Sprintf("received %s times", m.Attributes["ApproximateReceiveCount"])
}

func hidden(b bench) string {
	q := b.queue(nil)
	q.send("x")
	q.next(hiddenFor(4))
	if got := q.receive(); len(got) > 0 {
		return "not hidden"
	}
	return "hidden, then " + receivedTimes(q.next())
}

func returned(b bench) string {
	q := b.queue(nil)
	q.send("x")
	b.mustOK(q.changeVisibility(q.next(), 0))
	return receivedTimes(q.next())
}

func extended(b bench) string {
	q := b.queue(nil)
	q.send("x")
	b.mustOK(q.changeVisibility(q.next(hiddenFor(5)), 60))
	if got := q.receive(wait(6)); len(got) > 0 {
		return "not hidden"
	}
	return "hidden"
}

// staleHandle deletes with the handle of a receive that another has followed. SQS may delete or may not.
func staleHandle(b bench) string {
	q := b.queue(nil)
	q.send("x")
	first := q.next()
	b.mustOK(q.changeVisibility(first, 0))
	second := q.next()
	_, err := b.sqs.DeleteMessage(b.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: first.ReceiptHandle})
	if err != nil {
		return b.code(err)
	}
	if q.changeVisibility(second, 0) != "OK" || len(q.receive(wait(1))) == 0 {
		return "OK, deleted"
	}
	return "OK, not deleted"
}
