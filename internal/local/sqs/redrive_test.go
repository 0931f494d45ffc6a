package sqs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

// newPair makes a queue that gives a message up after two receives, and its dead-letter queue.
func newPair(t *testing.T, suffix string, attributes map[string]string) (q, dlq *sqs.Queue, s *sqs.Service) {
	t.Helper()
	s = sqs.New(sqs.Options{})
	all := map[string]string{"VisibilityTimeout": "10"}
	var dlqAttributes map[string]string
	if suffix != "" {
		all["FifoQueue"] = "true"
		dlqAttributes = map[string]string{"FifoQueue": "true"}
	}
	for name, value := range attributes {
		all[name] = value
	}
	dlq = createQueue(t, s, "dlq"+suffix, dlqAttributes)
	all["RedrivePolicy"] = `{"deadLetterTargetArn":"` + dlq.ARN() + `","maxReceiveCount":"2"}`
	return createQueue(t, s, "q"+suffix, all), dlq, s
}

func TestRedrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, _ := newPair(t, "", nil)
		sent := send(t, q, sqs.Message{Body: "a", Attributes: map[string]sqs.Attribute{"k": text("v")}})
		for range 2 {
			if got := one(t, q); len(got) != 1 {
				t.Fatalf("received %v", got)
			}
			time.Sleep(10 * time.Second)
		}
		if len(q.Peek()) != 1 || len(dlq.Peek()) != 0 {
			t.Fatal("moved before the receive that is one too many")
		}
		if got := one(t, q); got != nil {
			t.Fatalf("received a third time: %v", got)
		}
		if left := q.Peek(); len(left) != 0 {
			t.Errorf("still on the source: %+v", left)
		}
		got := dlq.Receive(t.Context(), sqs.ReceiveOptions{})
		if len(got) != 1 {
			t.Fatalf("dead-letter queue: %+v", got)
		}
		got[0].ReceiptHandle = ""
		want := sqs.Received{
			MessageID: sent.MessageID, Body: "a", MD5OfBody: sent.MD5OfBody,
			Attributes: map[string]sqs.Attribute{"k": text("v")}, MD5OfAttributes: sent.MD5OfAttributes,
			System: map[string]string{
				"SenderId": "000000000000", "SentTimestamp": "946684800000", // unchanged
				"ApproximateFirstReceiveTimestamp": "946684800000", "ApproximateReceiveCount": "3",
				"DeadLetterQueueSourceArn": q.ARN(),
			},
		}
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Errorf("dead letter (-want +got):\n%s", diff)
		}
	})
}

func TestRedriveWakesTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, _ := newPair(t, "", nil)
		send(t, q, sqs.Message{Body: "a"})
		stop := make(chan struct{})
		go func() { // a consumer that never deletes
			defer close(stop)
			for range 3 {
				q.Receive(t.Context(), sqs.ReceiveOptions{Wait: 15 * time.Second})
			}
		}()
		began := time.Now()
		got := dlq.Receive(t.Context(), sqs.ReceiveOptions{Wait: time.Minute})
		if took := time.Since(began); len(got) != 1 || took != 20*time.Second {
			t.Errorf("got %v after %v, want a dead letter after 20s", bodies(got), took)
		}
		<-stop
	})
}

func TestRedriveOfFIFOUnblocksTheGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, _ := newPair(t, ".fifo", nil)
		send(t, q, sqs.Message{Body: "poison", GroupID: "g", DeduplicationID: "1"})
		for range 2 {
			one(t, q)
			time.Sleep(10 * time.Second)
		}
		send(t, q, sqs.Message{Body: "next", GroupID: "g", DeduplicationID: "2"})
		if diff := cmp.Diff([]string{"next"}, one(t, q)); diff != "" {
			t.Errorf("source (-want +got):\n%s", diff)
		}
		held := dlq.Peek()
		if len(held) != 1 || held[0].Body != "poison" {
			t.Fatalf("dead-letter queue: %+v", held)
		}
		system := held[0].System
		if system["MessageGroupId"] != "g" || system["MessageDeduplicationId"] != "1" {
			t.Errorf("the dead letter lost its group or id: %v", system)
		}
		if system["SentTimestamp"] != "946684820000" { // starts anew on FIFO
			t.Errorf("SentTimestamp = %s", system["SentTimestamp"])
		}
	})
}

func TestRedriveWithoutItsQueueKeepsTheMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _, s := newPair(t, "", nil)
		if err := s.DeleteQueue("dlq"); err != nil {
			t.Fatal(err)
		}
		send(t, q, sqs.Message{Body: "a"})
		for receive := range 4 {
			if got := one(t, q); len(got) != 1 {
				t.Fatalf("receive %d: %v", receive, got)
			}
			time.Sleep(10 * time.Second)
		}
	})
}
