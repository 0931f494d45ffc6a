package sqs

import (
	"container/list"
	"context"
	"iter"
	"time"
)

// Queue is one queue. It is safe for concurrent use.
type Queue struct {
	s    *Service
	name string
	id   string // tells receipt handles of this queue from those of an earlier one of the same name

	// Service.mu guards the rest.
	settings   settings
	created    time.Time
	modified   time.Time
	purged     time.Time
	deleted    bool
	messages   map[string]*message // by id
	order      *list.List          // of *message, in the order of sending
	recent     recent              // FIFO deduplication
	sequence   uint64              // of the latest FIFO message
	changed    chan struct{}       // closed and replaced when a receive that waits should look again
	lastHandle uint64
}

func newQueue(s *Service, name string) *Queue {
	now := time.Now()
	return &Queue{
		s: s, name: name, id: newID(), created: now, modified: now,
		messages: map[string]*message{}, order: list.New(), changed: make(chan struct{}),
	}
}

// Name is the last part of the URL and the ARN.
func (q *Queue) Name() string { return q.name }

// URL is BASE/ACCOUNT/NAME.
func (q *Queue) URL() string { return q.s.options.BaseURL() + "/" + q.s.options.Account + "/" + q.name }

// ARN is arn:aws:sqs:REGION:ACCOUNT:NAME.
func (q *Queue) ARN() string {
	return "arn:aws:sqs:" + q.s.options.Region + ":" + q.s.options.Account + ":" + q.name
}

// FIFO tells whether the queue keeps order within message groups.
func (q *Queue) FIFO() bool {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return q.settings.fifo
}

// VisibilityTimeout is how long a received message stays invisible unless the receiver says otherwise.
func (q *Queue) VisibilityTimeout() time.Duration {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return q.settings.visibility
}

// Send puts a message on the queue. A FIFO queue that saw its deduplication id in the last five minutes accepts it,
// answers with the first one's id and puts nothing.
func (q *Queue) Send(m Message) (Sent, error) {
	delay := &m.Delay
	if m.Delay == 0 {
		delay = nil
	}
	return q.send(m, delay)
}

// ReceiveOptions are the choices of one receive.
type ReceiveOptions struct {
	Max        int           // at most this many messages; 0 is 1. Not limited to ten, unlike the API.
	Wait       time.Duration // how long to wait for the first message; 0 looks once, whatever the queue's own wait is
	Visibility time.Duration // 0 takes the queue's VisibilityTimeout
}

// Receive returns messages as soon as there is one. It returns none when the wait or ctx ends first, or the queue is gone.
func (q *Queue) Receive(ctx context.Context, o ReceiveOptions) []Received {
	visibility := &o.Visibility
	if o.Visibility == 0 {
		visibility = nil
	}
	got, err := q.receive(ctx, max(o.Max, 1), o.Wait, visibility)
	if err != nil {
		return nil
	}
	return got
}

// Peek returns every message that the queue holds, visible or not, in the order of sending, and changes nothing.
func (q *Queue) Peek() []Held {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	now := time.Now()
	q.expire(now)
	var held []Held
	for m := range q.all() {
		h := Held{Received: m.received(q.s.options.Account), InFlight: m.inFlight(now), Receives: m.receives}
		if m.visible.After(now) {
			h.Visible, h.Delayed = m.visible, !h.InFlight
		}
		if !h.InFlight {
			h.ReceiptHandle = ""
		}
		held = append(held, h)
	}
	return held
}

// Purge deletes every message. A second purge within a minute is refused with PurgeQueueInProgress.
func (q *Queue) Purge() error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	now := time.Now()
	if !q.purged.IsZero() && now.Sub(q.purged) < time.Minute {
		return errorf("PurgeQueueInProgress", "Only one PurgeQueue operation on %s is allowed every 60 seconds.", q.name)
	}
	q.purged = now
	clear(q.messages)
	q.order.Init()
	return nil
}

// all goes through the messages in the order of sending. The loop may remove the message that it is at.
func (q *Queue) all() iter.Seq[*message] {
	return func(yield func(*message) bool) {
		for e := q.order.Front(); e != nil; {
			next := e.Next()
			if !yield(e.Value.(*message)) { // the list holds nothing else
				return
			}
			e = next
		}
	}
}

func (q *Queue) add(m *message) {
	q.messages[m.id] = m
	m.place = q.order.PushBack(m)
	q.wake()
}

func (q *Queue) remove(m *message) {
	delete(q.messages, m.id)
	q.order.Remove(m.place)
}

// expire drops what is older than the retention period.
func (q *Queue) expire(now time.Time) {
	for m := range q.all() {
		if !q.expires(m).After(now) {
			q.remove(m)
		}
	}
}

func (q *Queue) expires(m *message) time.Time { return m.sent.Add(q.settings.retention) }

// wake lets every receive that waits look again.
func (q *Queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}
