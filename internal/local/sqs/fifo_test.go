package sqs_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

func newFIFO(t *testing.T, attributes map[string]string) *sqs.Queue {
	t.Helper()
	all := map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true", "VisibilityTimeout": "10"}
	for name, value := range attributes {
		all[name] = value
	}
	q, _ := newQueue(t, "q.fifo", all)
	return q
}

func sendGroups(t *testing.T, q *sqs.Queue, names ...string) {
	t.Helper()
	for _, name := range names { // "a1": message 1 of group a
		send(t, q, sqs.Message{Body: name, GroupID: name[:1]})
	}
}

func TestFIFOOrderAndBlocking(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t, nil)
		sendGroups(t, q, "a1", "b1", "a2", "b2", "a3", "c1")
		first := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 3})
		if diff := cmp.Diff([]string{"a1", "b1", "a2"}, bodies(first)); diff != "" {
			t.Fatalf("first (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"c1"}, one(t, q)); diff != "" {
			t.Errorf("while a and b are in flight (-want +got):\n%s", diff)
		}
		for _, r := range first[:2] { // a1, b1: a2 is still in flight, so only b goes on
			if err := q.Delete(r.ReceiptHandle); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"b2"}, one(t, q)); diff != "" {
			t.Errorf("after deleting a1 and b1 (-want +got):\n%s", diff)
		}
		time.Sleep(10 * time.Second)
		if diff := cmp.Diff([]string{"a2", "b2", "a3", "c1"}, one(t, q)); diff != "" {
			t.Errorf("after the timeout, in order (-want +got):\n%s", diff)
		}
	})
}

func TestFIFOReceiveWaitsForTheGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t, nil)
		sendGroups(t, q, "a1", "a2")
		handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		time.AfterFunc(3*time.Second, func() { _ = q.Delete(handle) })
		began := time.Now()
		got := q.Receive(t.Context(), sqs.ReceiveOptions{Wait: 20 * time.Second})
		if took := time.Since(began); len(got) != 1 || got[0].Body != "a2" || took != 3*time.Second {
			t.Errorf("got %v after %v, want a2 after 3s", bodies(got), took)
		}
	})
}

func TestFIFOQueueDelayKeepsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t, map[string]string{"DelaySeconds": "5"})
		sendGroups(t, q, "a1")
		if err := q.SetAttributes(map[string]string{"DelaySeconds": "0"}); err != nil {
			t.Fatal(err)
		}
		sendGroups(t, q, "a2", "b1")
		if diff := cmp.Diff([]string{"b1"}, one(t, q)); diff != "" {
			t.Errorf("while a1 is delayed (-want +got):\n%s", diff)
		}
	})
}

func TestDeduplication(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t, nil)
		m := sqs.Message{Body: "x", GroupID: "g", DeduplicationID: "id"}
		first := send(t, q, m)
		if len(first.SequenceNumber) != 20 {
			t.Errorf("SequenceNumber = %q", first.SequenceNumber)
		}
		handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		if err := q.Delete(handle); err != nil {
			t.Fatal(err)
		}
		m.Body, m.GroupID = "y", "h" // the id decides, also after the message has gone
		time.Sleep(5*time.Minute - 1)
		again := send(t, q, m)
		if again.MessageID != first.MessageID || again.SequenceNumber != first.SequenceNumber {
			t.Errorf("duplicate: %+v, want the ids of %+v", again, first)
		}
		if again.MD5OfBody != "415290769594460e2e485922904f345d" {
			t.Errorf("duplicate: MD5 %s, want that of the body that was sent", again.MD5OfBody)
		}
		if held := q.Peek(); len(held) != 0 {
			t.Errorf("the duplicate is on the queue: %+v", held)
		}
		time.Sleep(time.Nanosecond)
		later := send(t, q, m)
		if later.MessageID == first.MessageID || later.SequenceNumber <= first.SequenceNumber || len(q.Peek()) != 1 {
			t.Errorf("after five minutes: %+v", later)
		}
	})
}

func TestContentBasedDeduplication(t *testing.T) {
	t.Parallel()
	q := newFIFO(t, nil)
	first := send(t, q, sqs.Message{Body: "x", GroupID: "g"})
	same := send(t, q, sqs.Message{Body: "x", GroupID: "h", Attributes: map[string]sqs.Attribute{"k": text("v")}})
	if same.MessageID != first.MessageID {
		t.Error("the same body is a new message")
	}
	if other := send(t, q, sqs.Message{Body: "x", GroupID: "g", DeduplicationID: "own"}); other.MessageID == first.MessageID {
		t.Error("an id of its own does not override the content")
	}
	const sum = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" // SHA-256 of "x"
	if got := q.Peek()[0].System["MessageDeduplicationId"]; got != sum {
		t.Errorf("MessageDeduplicationId = %s", got)
	}
}

func TestDeduplicationByGroup(t *testing.T) {
	t.Parallel()
	q := newFIFO(t, map[string]string{"DeduplicationScope": "messageGroup"})
	for _, group := range []string{"g", "h", "g"} {
		send(t, q, sqs.Message{Body: "x", GroupID: group})
	}
	if held := len(q.Peek()); held != 2 {
		t.Errorf("%d messages, want one a group", held)
	}
}

func TestOrderingRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fifo  bool
		dedup string // ContentBasedDeduplication
		m     sqs.Message
		want  string
	}{
		{name: "no group", fifo: true, dedup: "true", m: sqs.Message{Body: "x"}, want: "MissingParameter"},
		{name: "no id", fifo: true, dedup: "false", m: sqs.Message{Body: "x", GroupID: "g"}, want: "InvalidParameterValue"},
		{name: "delay", fifo: true, dedup: "true", m: sqs.Message{Body: "x", GroupID: "g", Delay: time.Second}, want: "InvalidParameterValue"},
		{name: "group with a space", fifo: true, dedup: "true", m: sqs.Message{Body: "x", GroupID: "a b"}, want: "InvalidParameterValue"},
		{name: "long group", fifo: true, dedup: "true", m: sqs.Message{Body: "x", GroupID: strings.Repeat("g", 129)}, want: "InvalidParameterValue"},
		{name: "longest group", fifo: true, dedup: "true", m: sqs.Message{Body: "x", GroupID: strings.Repeat("g", 128)}},
		{name: "id with an accent", fifo: true, dedup: "true", m: sqs.Message{Body: "x", GroupID: "g", DeduplicationID: "é"}, want: "InvalidParameterValue"},
		{name: "id on a standard queue", m: sqs.Message{Body: "x", DeduplicationID: "1"}, want: "InvalidParameterValue"},
		{name: "group on a standard queue", m: sqs.Message{Body: "x", GroupID: "g"}},
	}
	for _, tt := range tests {
		q, s := newQueue(t, "standard", nil)
		if tt.fifo {
			q = createQueue(t, s, "q.fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": tt.dedup})
		}
		_, err := q.Send(tt.m)
		if got := code(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFIFOGroupGoesOnWhenItsMessageExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t, map[string]string{"VisibilityTimeout": "120", "MessageRetentionPeriod": "60"})
		sendGroups(t, q, "a1")
		one(t, q)
		time.Sleep(50 * time.Second)
		sendGroups(t, q, "a2")
		began := time.Now()
		got := q.Receive(t.Context(), sqs.ReceiveOptions{Wait: 20 * time.Second})
		if took := time.Since(began); len(got) != 1 || got[0].Body != "a2" || took != 10*time.Second {
			t.Errorf("got %v after %v, want a2 after 10s", bodies(got), took)
		}
	})
}
