package sqs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

// one receives at once and returns the bodies.
func one(t *testing.T, q *sqs.Queue) []string {
	t.Helper()
	return bodies(q.Receive(t.Context(), sqs.ReceiveOptions{Max: 100}))
}

func TestVisibilityTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", map[string]string{"VisibilityTimeout": "30"})
		send(t, q, sqs.Message{Body: "a"})
		for receive := 1; receive <= 3; receive++ {
			got := q.Receive(t.Context(), sqs.ReceiveOptions{})
			if len(got) != 1 || got[0].System["ApproximateReceiveCount"] != fmt.Sprint(receive) {
				t.Fatalf("receive %d: %+v", receive, got)
			}
			time.Sleep(30*time.Second - 1)
			if early := one(t, q); early != nil {
				t.Fatalf("visible before its timeout: %v", early)
			}
			time.Sleep(time.Nanosecond)
		}
		q.Receive(t.Context(), sqs.ReceiveOptions{Visibility: 2 * time.Second})
		time.Sleep(2 * time.Second)
		if got := one(t, q); len(got) != 1 {
			t.Errorf("the receiver's own visibility did not hold: %v", got)
		}
	})
}

func TestReceivedMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", nil)
		sent := send(t, q, sqs.Message{
			Body: "hello", GroupID: "tenant", TraceHeader: "Root=1-x",
			Attributes: map[string]sqs.Attribute{"Hello": text("There"), "General": text("Kenobi")},
		})
		time.Sleep(1500 * time.Millisecond)
		got := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 10})
		if len(got) != 1 || got[0].ReceiptHandle == "" {
			t.Fatalf("Receive: %+v", got)
		}
		got[0].ReceiptHandle = ""
		want := sqs.Received{
			MessageID:       sent.MessageID,
			Body:            "hello",
			MD5OfBody:       "5d41402abc4b2a76b9719d911017c592",
			Attributes:      map[string]sqs.Attribute{"Hello": text("There"), "General": text("Kenobi")},
			MD5OfAttributes: "fca026605781cb4126a1e9044df24232",
			System: map[string]string{
				"SenderId": "000000000000", "SentTimestamp": "946684800000",
				"ApproximateFirstReceiveTimestamp": "946684801500", "ApproximateReceiveCount": "1",
				"MessageGroupId": "tenant", "AWSTraceHeader": "Root=1-x",
			},
		}
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Errorf("received (-want +got):\n%s", diff)
		}
	})
}

func TestLongPoll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(*testing.T, *sqs.Queue)
		want    time.Duration // when the message is there; -1 never
	}{
		{"nothing comes", func(*testing.T, *sqs.Queue) {}, -1},
		{"already there", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a"})
		}, 0},
		{"delayed", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a", Delay: 7 * time.Second})
		}, 7 * time.Second},
		{"delayed until the very end", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a", Delay: 20 * time.Second})
		}, 20 * time.Second},
		{"delayed for longer", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a", Delay: 21 * time.Second})
		}, -1},
		{"in flight, then visible", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a"})
			q.Receive(t.Context(), sqs.ReceiveOptions{Visibility: 5 * time.Second})
		}, 5 * time.Second},
		{"sent while it waits", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			time.AfterFunc(3*time.Second, func() { _, _ = q.Send(sqs.Message{Body: "a"}) })
		}, 3 * time.Second},
		{"given back while it waits", func(t *testing.T, q *sqs.Queue) {
			t.Helper()
			send(t, q, sqs.Message{Body: "a"})
			handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
			time.AfterFunc(4*time.Second, func() { _ = q.ChangeVisibility(handle, 0) })
		}, 4 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q, _ := newQueue(t, "q", nil)
				tt.prepare(t, q)
				began := time.Now()
				got := q.Receive(t.Context(), sqs.ReceiveOptions{Wait: 20 * time.Second})
				took := time.Since(began)
				if tt.want < 0 && (len(got) > 0 || took != 20*time.Second) {
					t.Errorf("got %v after %v, want nothing after 20s", bodies(got), took)
				}
				if tt.want >= 0 && (len(got) != 1 || took != tt.want) {
					t.Errorf("got %v after %v, want a message after %v", bodies(got), took, tt.want)
				}
			})
		})
	}
}

func TestLongPollEndsWithItsContextAndItsQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, s := newQueue(t, "q", nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if got := q.Receive(ctx, sqs.ReceiveOptions{Wait: time.Minute}); got != nil || time.Since(began) != time.Second {
			t.Errorf("context: %v after %v", got, time.Since(began))
		}
		send(t, q, sqs.Message{Body: "a"})
		if got := q.Receive(ctx, sqs.ReceiveOptions{}); got != nil {
			t.Errorf("a receiver that has gone took %v", bodies(got))
		}
		one(t, q)
		began = time.Now()
		time.AfterFunc(2*time.Second, func() { _ = s.DeleteQueue("q") })
		if got := q.Receive(t.Context(), sqs.ReceiveOptions{Wait: time.Minute}); got != nil || time.Since(began) != 2*time.Second {
			t.Errorf("deleted queue: %v after %v", got, time.Since(began))
		}
	})
}

func TestDelaySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", map[string]string{"DelaySeconds": "5"})
		send(t, q, sqs.Message{Body: "queue's"})
		send(t, q, sqs.Message{Body: "own", Delay: time.Second})
		if held := q.Peek(); len(held) != 2 || !held[0].Delayed || held[0].InFlight || !held[1].Delayed {
			t.Errorf("Peek(): %+v", held)
		}
		time.Sleep(time.Second)
		if diff := cmp.Diff([]string{"own"}, one(t, q)); diff != "" {
			t.Errorf("after 1s (-want +got):\n%s", diff)
		}
		time.Sleep(4 * time.Second)
		if diff := cmp.Diff([]string{"queue's"}, one(t, q)); diff != "" {
			t.Errorf("after 5s (-want +got):\n%s", diff)
		}
		for _, d := range []time.Duration{-time.Second, 901 * time.Second} {
			if _, err := q.Send(sqs.Message{Body: "x", Delay: d}); code(err) != "InvalidParameterValue" {
				t.Errorf("delay %v: %v", d, err)
			}
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", map[string]string{"MessageRetentionPeriod": "60"})
		send(t, q, sqs.Message{Body: "old"})
		time.Sleep(30 * time.Second)
		send(t, q, sqs.Message{Body: "new"})
		time.Sleep(30*time.Second - 1)
		if held := len(q.Peek()); held != 2 {
			t.Errorf("just before the period: %d messages", held)
		}
		time.Sleep(time.Nanosecond)
		if diff := cmp.Diff([]string{"new"}, one(t, q)); diff != "" {
			t.Errorf("after the period (-want +got):\n%s", diff)
		}
		time.Sleep(30 * time.Second)
		if got := q.Attributes()["ApproximateNumberOfMessagesNotVisible"]; got != "0" {
			t.Errorf("in flight after the period: %s", got)
		}
	})
}

func TestReceiveIsNotLimitedToTen(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t, "q", nil)
	for i := range 10_000 {
		send(t, q, sqs.Message{Body: fmt.Sprint(i)})
	}
	if got := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 9_000}); len(got) != 9_000 {
		t.Errorf("got %d messages", len(got))
	}
	if got := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 9_000}); len(got) != 1_000 {
		t.Errorf("then %d messages", len(got))
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, _ := newQueue(t, "q", nil)
		send(t, q, sqs.Message{Body: "a"})
		send(t, q, sqs.Message{Body: "b"})
		handle := q.Receive(t.Context(), sqs.ReceiveOptions{})[0].ReceiptHandle
		if err := q.Purge(); err != nil || len(q.Peek()) != 0 {
			t.Errorf("Purge() = %v, left %v", err, q.Peek())
		}
		if err := q.Delete(handle); err != nil {
			t.Errorf("Delete of a purged message: %v", err)
		}
		time.Sleep(time.Minute - 1)
		if err := q.Purge(); code(err) != "PurgeQueueInProgress" {
			t.Errorf("within the minute: %v", err)
		}
		time.Sleep(time.Nanosecond)
		if err := q.Purge(); err != nil {
			t.Errorf("after the minute: %v", err)
		}
	})
}
