package sqs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/local/sqs"
)

// model is what a queue with a redrive policy must look like from outside, kept by body.
type model struct {
	q, dlq *sqs.Queue
	fifo   bool
	sent   int
	live   map[string]*liveMessage // sent and not deleted
	gone   map[string]bool         // deleted
	handed []sqs.Received          // every receive ever, so that stale handles are tried as well
}

type liveMessage struct {
	group     string
	number    int // in the order of sending
	handle    string
	invisible time.Time // in flight until then
}

const (
	visibilityTimeout = 10 * time.Second
	maxReceives       = 3
)

func newModel(t *testing.T, fifo bool) *model {
	t.Helper()
	suffix := ""
	attributes := map[string]string{}
	if fifo {
		suffix = ".fifo"
		attributes["FifoQueue"] = "true"
	}
	s := sqs.New(sqs.Options{})
	dlq := createQueue(t, s, "dlq"+suffix, attributes)
	attributes["VisibilityTimeout"] = "10"
	attributes["RedrivePolicy"] = fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, dlq.ARN(), maxReceives)
	return &model{
		q: createQueue(t, s, "q"+suffix, attributes), dlq: dlq, fifo: fifo,
		live: map[string]*liveMessage{}, gone: map[string]bool{},
	}
}

func (m *model) send(t *rapid.T) {
	group := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group")
	body := fmt.Sprintf("%s-%d", group, m.sent)
	message := sqs.Message{Body: body}
	if m.fifo {
		message.GroupID, message.DeduplicationID = group, body
	} else {
		message.Delay = time.Duration(rapid.IntRange(0, 5).Draw(t, "delay")) * time.Second
	}
	if _, err := m.q.Send(message); err != nil {
		t.Fatalf("Send: %v", err)
	}
	m.live[body] = &liveMessage{group: group, number: m.sent}
	m.sent++
}

func (m *model) receive(t *rapid.T) {
	limit := rapid.IntRange(1, 4).Draw(t, "max")
	wait := time.Duration(rapid.IntRange(0, 12).Draw(t, "wait")) * time.Second
	before := map[string]bool{} // groups in flight when the receive begins, if it does not wait
	now := time.Now()
	for _, l := range m.live {
		if wait == 0 && l.invisible.After(now) {
			before[l.group] = true
		}
	}
	got := m.q.Receive(context.Background(), sqs.ReceiveOptions{Max: limit, Wait: wait})
	if len(got) > limit {
		t.Fatalf("%d messages for a maximum of %d", len(got), limit)
	}
	now = time.Now()
	last := map[string]int{}
	for _, r := range got {
		l := m.live[r.Body]
		switch {
		case m.gone[r.Body]:
			t.Fatalf("%s was received after it was deleted", r.Body)
		case l == nil:
			t.Fatalf("%s was never sent", r.Body)
		case l.invisible.After(now):
			t.Fatalf("%s has two receivers at once", r.Body)
		case m.fifo && before[l.group]:
			t.Fatalf("%s was received while its group was in flight", r.Body)
		}
		if previous, ok := last[l.group]; m.fifo && ok && previous > l.number {
			t.Fatalf("group %s came out of order", l.group)
		}
		last[l.group] = l.number
		l.handle, l.invisible = r.ReceiptHandle, now.Add(visibilityTimeout)
		m.handed = append(m.handed, r)
	}
}

// pick draws any receive that ever was, and tells whether its handle still rules its message.
func (m *model) pick(t *rapid.T) (r sqs.Received, l *liveMessage, latest bool) {
	if len(m.handed) == 0 {
		t.Skip("nothing received yet")
	}
	r = rapid.SampledFrom(m.handed).Draw(t, "received")
	l = m.live[r.Body]
	return r, l, l != nil && l.handle == r.ReceiptHandle
}

func (m *model) delete(t *rapid.T) {
	r, l, latest := m.pick(t)
	err := m.q.Delete(r.ReceiptHandle)
	switch {
	case latest && l.invisible.After(time.Now()):
		if err != nil {
			t.Fatalf("Delete of %s in flight: %v", r.Body, err)
		}
		delete(m.live, r.Body)
		m.gone[r.Body] = true
	case err == nil && latest && m.holder(r.Body) == nil: // visible again, not yet received again: SQS deletes it
		delete(m.live, r.Body)
		m.gone[r.Body] = true
	}
}

func (m *model) changeVisibility(t *rapid.T) {
	r, l, latest := m.pick(t)
	d := time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second
	err := m.q.ChangeVisibility(r.ReceiptHandle, d)
	inFlight := latest && l.invisible.After(time.Now())
	if inFlight != (err == nil) {
		t.Fatalf("ChangeVisibility of %s, in flight %t: %v", r.Body, inFlight, err)
	}
	if inFlight {
		l.invisible = time.Now().Add(d)
	}
}

func (m *model) pass(t *rapid.T) {
	time.Sleep(time.Duration(rapid.IntRange(1, 15).Draw(t, "seconds")) * time.Second)
}

// holder is the queue that holds the message, nil if none does.
func (m *model) holder(body string) *sqs.Queue {
	for _, q := range []*sqs.Queue{m.q, m.dlq} {
		for _, h := range q.Peek() {
			if h.Body == body {
				return q
			}
		}
	}
	return nil
}

// check holds after every step: what is live is on exactly one queue once, and nothing else is anywhere.
func (m *model) check(t *rapid.T) {
	seen := map[string]int{}
	for _, h := range append(m.q.Peek(), m.dlq.Peek()...) {
		seen[h.Body]++
		if m.live[h.Body] == nil {
			t.Fatalf("%s is held though it is not live", h.Body)
		}
	}
	for body := range m.live {
		if seen[body] != 1 {
			t.Fatalf("%s is held %d times", body, seen[body])
		}
	}
	for _, h := range m.dlq.Peek() {
		if h.Receives < maxReceives {
			t.Fatalf("%s was dead-lettered after %d receives", h.Body, h.Receives)
		}
	}
	for _, h := range m.q.Peek() {
		if h.Receives > maxReceives {
			t.Fatalf("%s was received %d times", h.Body, h.Receives)
		}
	}
}

// drain receives and deletes until the queue stays empty: every live message comes, or is a dead letter.
func (m *model) drain(t *rapid.T) {
	for {
		got := m.q.Receive(context.Background(), sqs.ReceiveOptions{Max: 100, Wait: time.Minute})
		if len(got) == 0 {
			break
		}
		for _, r := range got {
			if err := m.q.Delete(r.ReceiptHandle); err != nil {
				t.Fatalf("Delete: %v", err)
			}
			delete(m.live, r.Body)
		}
	}
	if left := m.q.Peek(); len(left) != 0 {
		t.Fatalf("never received: %+v", left)
	}
	if dead := len(m.dlq.Peek()); dead != len(m.live) {
		t.Fatalf("%d messages are neither received nor dead letters", len(m.live)-dead)
	}
}

// No message is lost, comes after it was deleted, or has two receivers at once, in whatever order things happen.
func TestNoMessageIsLostOrShared(t *testing.T) {
	t.Parallel()
	for _, fifo := range []bool{false, true} {
		t.Run(fmt.Sprintf("fifo=%t", fifo), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				bubble(t, func(t *testing.T) {
					t.Helper()
					m := newModel(t, fifo)
					rt.Repeat(map[string]func(*rapid.T){
						"send": m.send, "receive": m.receive, "delete": m.delete,
						"changeVisibility": m.changeVisibility, "pass": m.pass, "": m.check,
					})
					m.drain(rt)
				})
			})
		})
	}
}

// bubble runs f under a fake clock. rapid fails and skips by panicking, which has to reach its own goroutine.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	var failure any
	synctest.Test(t, func(t *testing.T) {
		defer func() { failure = recover() }()
		f(t)
	})
	if failure != nil {
		panic(failure)
	}
}
