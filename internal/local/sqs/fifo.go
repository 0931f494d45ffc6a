package sqs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// dedupWindow is how long a FIFO queue remembers a deduplication id, from the first send on.
const dedupWindow = 5 * time.Minute

// checkOrdering refuses what the queue's type does not take, and fills in the deduplication id by content.
func (q *Queue) checkOrdering(m *Message, delay *time.Duration) error {
	if m.GroupID != "" && !isOrderingID(m.GroupID) {
		return errInvalid(m.GroupID, "MessageGroupId", orderingIDRule("MessageGroupId"))
	}
	if m.DeduplicationID != "" && !isOrderingID(m.DeduplicationID) {
		return errInvalid(m.DeduplicationID, "MessageDeduplicationId", orderingIDRule("MessageDeduplicationId"))
	}
	const wrongType = "The request include parameter that is not valid for this queue type"
	switch {
	case !q.settings.fifo && m.DeduplicationID != "":
		return errInvalid(m.DeduplicationID, "MessageDeduplicationId", wrongType)
	case !q.settings.fifo:
		return nil // a group id makes a standard queue a fair one: accepted and given back
	case m.GroupID == "":
		return errMissing("MessageGroupId")
	case delay != nil && *delay != 0:
		return errInvalid(delay.Seconds(), "DelaySeconds", wrongType)
	case m.DeduplicationID == "" && !q.settings.contentDedup:
		return errorf("InvalidParameterValue",
			"The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	case m.DeduplicationID == "":
		sum := sha256.Sum256([]byte(m.Body)) // of the body alone, as documented
		m.DeduplicationID = hex.EncodeToString(sum[:])
	}
	return nil
}

func orderingIDRule(parameter string) string {
	return parameter + " can only include alphanumeric and punctuation characters. 1 to 128 in length."
}

func isOrderingID(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return len(s) <= 128
}

func (q *Queue) dedupKey(m Message) string {
	if q.settings.groupDedup {
		return m.GroupID + "\n" + m.DeduplicationID
	}
	return m.DeduplicationID
}

// nextSequence returns twenty digits that grow.
func (q *Queue) nextSequence() string {
	q.sequence++
	return fmt.Sprintf("188%017d", q.sequence)
}

// recent remembers what a FIFO queue has accepted. The zero value is empty.
type recent struct {
	byKey map[string]accepted
	order []string // keys, oldest first
}

type accepted struct {
	id, sequence string
	at           time.Time
}

func (r *recent) find(key string, now time.Time) (accepted, bool) {
	for len(r.order) > 0 && now.Sub(r.byKey[r.order[0]].at) >= dedupWindow {
		delete(r.byKey, r.order[0])
		r.order = r.order[1:]
	}
	a, ok := r.byKey[key]
	return a, ok
}

// put remembers a key that find does not know.
func (r *recent) put(key, id, sequence string, now time.Time) {
	if r.byKey == nil {
		r.byKey = map[string]accepted{}
	}
	r.byKey[key] = accepted{id: id, sequence: sequence, at: now}
	r.order = append(r.order, key)
}

// busyGroups are the groups with a message in flight: nothing more of them is handed out.
func (q *Queue) busyGroups(now time.Time) map[string]bool {
	busy := map[string]bool{}
	if !q.settings.fifo {
		return busy
	}
	for _, m := range q.messages {
		if m.inFlight(now) {
			busy[m.GroupID] = true
		}
	}
	return busy
}
