package conformance

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func batches() section {
	api := sqsAPI("SendMessageBatch")
	return newSection("SQS: batches",
		behaviour{
			name: "one entry of three is wrong", observe: partialSend,
			want: "sent a c, failed b InvalidParameterValue by the sender", source: api,
			miniStack: "sent a b c",
		},
		behaviour{
			name: "one receipt handle of two is wrong", observe: partialDelete,
			want: "deleted a, failed b ReceiptHandleIsInvalid by the sender", source: sqsAPI("DeleteMessageBatch"),
		},
		behaviour{
			name: "batch without entries", observe: sendBatch(),
			want: "EmptyBatchRequest", source: api,
			miniStack: "OK",
		},
		behaviour{
			name: "two entries of one id", observe: sendBatch("a", "1", "a", "1"),
			want: "BatchEntryIdsNotDistinct", source: api,
			miniStack: "OK",
		},
		behaviour{
			name: "id with a blank", observe: sendBatch("a b", "1"),
			want: "InvalidBatchEntryId", source: api,
			miniStack: "OK",
		},
		behaviour{
			name: "eleven entries", observe: sendBatch("a", "1", "b", "1", "c", "1", "d", "1", "e", "1", "f", "1",
				"g", "1", "h", "1", "i", "1", "j", "1", "k", "1"),
			want: "TooManyEntriesInBatchRequest", source: api,
		},
		behaviour{
			name: "entries of more than 1 MiB together", observe: sendBatch("a", strings.Repeat("x", maxMessage), "b", "1"),
			want: "BatchRequestTooLong", source: api,
		},
	)
}

// sendBatch is what a batch answers, of ids and bodies in turn.
func sendBatch(entries ...string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		q := b.queue(nil)
		in := &sqs.SendMessageBatchInput{QueueUrl: &q.url, Entries: []types.SendMessageBatchRequestEntry{}}
		for i := 0; i < len(entries); i += 2 {
			in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{Id: &entries[i], MessageBody: &entries[i+1]})
		}
		_, err := b.sqs.SendMessageBatch(b.Context(), in)
		return b.code(err)
	}
}

func partialSend(b bench) string {
	q := b.queue(nil)
	out, err := b.sqs.SendMessageBatch(b.Context(), &sqs.SendMessageBatchInput{
		QueueUrl: &q.url, Entries: []types.SendMessageBatchRequestEntry{
			{Id: aws.String("a"), MessageBody: aws.String("1")},
			{Id: aws.String("b"), MessageBody: aws.String("2"), DelaySeconds: 901},
			{Id: aws.String("c"), MessageBody: aws.String("3")},
		},
	})
	if err != nil {
		return b.code(err)
	}
	text := "sent"
	for _, e := range out.Successful {
		text += " " + *e.Id
	}
	return text + failedEntries(out.Failed)
}

func partialDelete(b bench) string {
	q := b.queue(nil)
	q.send("x")
	m := q.next()
	out, err := b.sqs.DeleteMessageBatch(b.Context(), &sqs.DeleteMessageBatchInput{
		QueueUrl: &q.url, Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("a"), ReceiptHandle: m.ReceiptHandle}, {Id: aws.String("b"), ReceiptHandle: aws.String("x")},
		},
	})
	if err != nil {
		return b.code(err)
	}
	text := "deleted"
	for _, e := range out.Successful {
		text += " " + *e.Id
	}
	return text + failedEntries(out.Failed)
}

func failedEntries(all []types.BatchResultErrorEntry) string {
	var text string
	for _, e := range all {
		by := "the service"
		if e.SenderFault {
			by = "the sender"
		}
		text += fmt.Sprintf(", failed %s %s by %s", *e.Id, *e.Code, by)
	}
	return text
}
