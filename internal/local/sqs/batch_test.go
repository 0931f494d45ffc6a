package sqs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

func entries(ids ...string) []types.SendMessageBatchRequestEntry {
	list := []types.SendMessageBatchRequestEntry{}
	for _, id := range ids {
		list = append(list, types.SendMessageBatchRequestEntry{Id: &id, MessageBody: aws.String("body of " + id)})
	}
	return list
}

func numbered(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprint("id-", i))
	}
	return ids
}

// The client puts the old protocol's code, which SQS sends beside the modelled one, before it.
func TestBatchRules(t *testing.T) {
	t.Parallel()
	c, s := newClient(t)
	url := createByClient(t, c, "q", nil)
	long := entries("a", "b")
	long[0].MessageBody = aws.String(strings.Repeat("x", 524_288))
	long[1].MessageBody = aws.String(strings.Repeat("x", 524_288))
	longer := entries("a", "b")
	longer[0].MessageBody = long[0].MessageBody
	longer[1].MessageBody = aws.String(strings.Repeat("x", 524_289))
	tests := []struct {
		name    string
		entries []types.SendMessageBatchRequestEntry
		want    string
	}{
		{"empty", entries(), "AWS.SimpleQueueService.EmptyBatchRequest"},
		{"ten", entries(numbered(10)...), ""},
		{"eleven", entries(numbered(11)...), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
		{"repeated id", entries("a", "b", "a"), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
		{"empty id", entries("a", ""), "AWS.SimpleQueueService.InvalidBatchEntryId"},
		{"id with a dot", entries("a.b"), "AWS.SimpleQueueService.InvalidBatchEntryId"},
		{"id of 80", entries(strings.Repeat("i", 80)), ""},
		{"id of 81", entries(strings.Repeat("i", 81)), "AWS.SimpleQueueService.InvalidBatchEntryId"},
		{"1 MiB", long, ""},
		{"1 MiB and a byte", longer, "AWS.SimpleQueueService.BatchRequestTooLong"},
	}
	q, err := s.Queue("q")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		before := len(q.Peek())
		_, err := c.SendMessageBatch(t.Context(), &awssqs.SendMessageBatchInput{QueueUrl: url, Entries: tt.entries})
		if got := code(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		added := len(q.Peek()) - before
		if want := len(tt.entries); err == nil && added != want || err != nil && added != 0 {
			t.Errorf("%s: %d messages were sent", tt.name, added)
		}
	}
}

func TestBatchEntriesFailAlone(t *testing.T) {
	t.Parallel()
	c, _ := newClient(t)
	url := createByClient(t, c, "q", nil)
	list := entries("good", "bad", "delayed", "fine")
	list[1].MessageBody = aws.String("\x01")
	list[2].DelaySeconds = 901
	out, err := c.SendMessageBatch(t.Context(), &awssqs.SendMessageBatchInput{QueueUrl: url, Entries: list})
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, e := range out.Successful {
		sent = append(sent, aws.ToString(e.Id))
		if len(aws.ToString(e.MD5OfMessageBody)) != 32 || e.MessageId == nil {
			t.Errorf("entry %+v", e)
		}
	}
	if diff := cmp.Diff([]string{"good", "fine"}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	want := []string{"bad InvalidMessageContents true", "delayed InvalidParameterValue true"}
	if diff := cmp.Diff(want, failures(out.Failed)); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
}

func failures(list []types.BatchResultErrorEntry) []string {
	var out []string
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s %s %t", aws.ToString(f.Id), aws.ToString(f.Code), f.SenderFault))
	}
	return out
}

func TestBatchDeleteAndVisibility(t *testing.T) {
	t.Parallel()
	c, s := newClient(t)
	url := createByClient(t, c, "q", nil)
	if _, err := c.SendMessageBatch(t.Context(), &awssqs.SendMessageBatchInput{QueueUrl: url, Entries: entries("a", "b")}); err != nil {
		t.Fatal(err)
	}
	got, err := c.ReceiveMessage(t.Context(), &awssqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10})
	if err != nil || len(got.Messages) != 2 {
		t.Fatalf("ReceiveMessage: %+v, %v", got, err)
	}
	first, second := got.Messages[0].ReceiptHandle, got.Messages[1].ReceiptHandle

	changed, err := c.ChangeMessageVisibilityBatch(t.Context(), &awssqs.ChangeMessageVisibilityBatchInput{
		QueueUrl: url, Entries: []types.ChangeMessageVisibilityBatchRequestEntry{
			{Id: aws.String("shown"), ReceiptHandle: first, VisibilityTimeout: 0},
			{Id: aws.String("bad"), ReceiptHandle: aws.String("x"), VisibilityTimeout: 1},
			{Id: aws.String("long"), ReceiptHandle: second, VisibilityTimeout: 43_201},
		},
	})
	if err != nil || len(changed.Successful) != 1 || aws.ToString(changed.Successful[0].Id) != "shown" {
		t.Fatalf("ChangeMessageVisibilityBatch: %+v, %v", changed, err)
	}
	want := []string{"bad ReceiptHandleIsInvalid true", "long InvalidParameterValue true"}
	if diff := cmp.Diff(want, failures(changed.Failed)); diff != "" {
		t.Errorf("not changed (-want +got):\n%s", diff)
	}
	_, err = c.ChangeMessageVisibility(t.Context(), &awssqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: first, VisibilityTimeout: 5,
	})
	if code(err) != "AWS.SimpleQueueService.MessageNotInflight" {
		t.Errorf("ChangeMessageVisibility of a visible message: %v", err)
	}

	deleted, err := c.DeleteMessageBatch(t.Context(), &awssqs.DeleteMessageBatchInput{
		QueueUrl: url, Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("bad"), ReceiptHandle: aws.String("x")},
			{Id: aws.String("good"), ReceiptHandle: second},
		},
	})
	if err != nil || len(deleted.Successful) != 1 || aws.ToString(deleted.Successful[0].Id) != "good" {
		t.Fatalf("DeleteMessageBatch: %+v, %v", deleted, err)
	}
	if diff := cmp.Diff([]string{"bad ReceiptHandleIsInvalid true"}, failures(deleted.Failed)); diff != "" {
		t.Errorf("not deleted (-want +got):\n%s", diff)
	}
	q, err := s.Queue("q")
	if err != nil {
		t.Fatal(err)
	}
	if held := q.Peek(); len(held) != 1 || held[0].Body != "body of a" || held[0].InFlight {
		t.Errorf("left: %+v", held)
	}
}
