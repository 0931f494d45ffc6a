package sqs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/sqs"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(t, "q", map[string]string{"VisibilityTimeout": "10"})
		send(t, q, sqs.Message{Body: "a"})
		first := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		time.Sleep(10 * time.Second)
		second := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		if err := q.Delete(first); err != nil || len(q.Peek()) != 1 {
			t.Errorf("stale handle: %v, %d left; want success that deletes nothing", err, len(q.Peek()))
		}
		time.Sleep(10 * time.Second)
		if err := q.Delete(second); err != nil || len(q.Peek()) != 0 {
			t.Errorf("latest handle after its timeout: %v, %d left", err, len(q.Peek()))
		}
		if err := q.Delete(second); err != nil {
			t.Errorf("again: %v", err)
		}
		if err := createQueue(t, s, "other", nil).Delete(second); code(err) != "ReceiptHandleIsInvalid" {
			t.Errorf("another queue's handle: %v", err)
		}
		if err := q.Delete("nonsense"); code(err) != "ReceiptHandleIsInvalid" {
			t.Errorf("no handle: %v", err)
		}
	})
}

func TestDeleteOnFIFONeedsALiveHandle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q.fifo", map[string]string{"FifoQueue": "true", "VisibilityTimeout": "10"})
		send(t, q, sqs.Message{Body: "a", GroupID: "g", DeduplicationID: "1"})
		handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		time.Sleep(10 * time.Second)
		if err := q.Delete(handle); code(err) != "InvalidParameterValue" || len(q.Peek()) != 1 {
			t.Errorf("expired handle: %v, %d left", err, len(q.Peek()))
		}
		handle = q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		if err := q.Delete(handle); err != nil || len(q.Peek()) != 0 {
			t.Errorf("live handle: %v, %d left", err, len(q.Peek()))
		}
	})
}

func TestChangeVisibility(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", map[string]string{"VisibilityTimeout": "10"})
		send(t, q, sqs.Message{Body: "a"})
		handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		time.Sleep(9 * time.Second)
		if err := q.ChangeVisibility(handle, 20*time.Second); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Second - 1)
		if got := one(t, q); got != nil {
			t.Errorf("prolonged, yet visible: %v", got)
		}
		if err := q.ChangeVisibility(handle, 0); err != nil {
			t.Fatal(err)
		}
		if err := q.ChangeVisibility(handle, time.Second); code(err) != "MessageNotInflight" {
			t.Errorf("visible message: %v", err)
		}
		again := q.Receive(t.Context(), sqs.ReceiveOptions{})
		if len(again) != 1 {
			t.Fatal("given back, yet invisible")
		}
		if err := q.ChangeVisibility(handle, time.Second); code(err) != "MessageNotInflight" {
			t.Errorf("stale handle: %v", err)
		}
		latest := again[0].ReceiptHandle
		for _, d := range []time.Duration{-1, 12*time.Hour + time.Second} {
			if err := q.ChangeVisibility(latest, d); code(err) != "InvalidParameterValue" {
				t.Errorf("%v: %v", d, err)
			}
		}
		time.Sleep(time.Second)
		if err := q.ChangeVisibility(latest, 12*time.Hour); code(err) != "InvalidParameterValue" {
			t.Errorf("12 hours and a second after the receive: %v", err)
		}
		if err := q.Delete(latest); err != nil {
			t.Fatal(err)
		}
		if err := q.ChangeVisibility(latest, time.Second); code(err) != "InvalidParameterValue" {
			t.Errorf("deleted message: %v", err)
		}
		if err := q.ChangeVisibility("nonsense", time.Second); code(err) != "ReceiptHandleIsInvalid" {
			t.Errorf("no handle: %v", err)
		}
	})
}
