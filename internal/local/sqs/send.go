package sqs

import (
	"maps"
	"time"
)

// send puts a message on the queue; a nil delay takes the queue's.
func (q *Queue) send(m Message, delay *time.Duration) (Sent, error) {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.deleted {
		return Sent{}, errNoQueue()
	}
	if err := checkContent(m, q.settings.maxSize); err != nil {
		return Sent{}, err
	}
	if err := q.checkOrdering(&m, delay); err != nil {
		return Sent{}, err
	}
	if delay == nil {
		delay = &q.settings.delay
	}
	if *delay < 0 || *delay > 15*time.Minute {
		return Sent{}, errInvalid(delay.Seconds(), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")
	}
	now := time.Now()
	m.Attributes = maps.Clone(m.Attributes)
	held := &message{
		Message: m, id: newID(), md5: md5Hex(m.Body), attrMD5: md5OfAttributes(m.Attributes),
		sent: now, visible: now.Add(*delay),
	}
	sent := Sent{MessageID: held.id, MD5OfBody: held.md5, MD5OfAttributes: held.attrMD5}
	if m.TraceHeader != "" {
		sent.MD5OfSystemAttributes = md5OfAttributes(map[string]Attribute{
			"AWSTraceHeader": {DataType: "String", String: m.TraceHeader},
		})
	}
	if q.settings.fifo {
		key := q.dedupKey(m)
		if first, ok := q.recent.find(key, now); ok {
			sent.MessageID, sent.SequenceNumber = first.id, first.sequence
			return sent, nil
		}
		held.sequence = q.nextSequence()
		sent.SequenceNumber = held.sequence
		q.recent.put(key, held.id, held.sequence, now)
	}
	q.add(held)
	return sent, nil
}
