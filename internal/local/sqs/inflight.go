package sqs

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// maxVisibility is how long a message can be in flight, counted from its receive.
const maxVisibility = 12 * time.Hour

// newHandle makes a receipt handle: opaque to clients, telling to us.
func (q *Queue) newHandle(m *message) string {
	q.lastHandle++
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %s %d", q.id, m.id, q.lastHandle))
}

// lookUp returns the message that a handle was given out for, nil if it has gone meanwhile. The error is
// ReceiptHandleIsInvalid: the handle is not one of this queue's. The caller holds mu.
func (q *Queue) lookUp(handle string) (*message, error) {
	if q.deleted {
		return nil, errNoQueue()
	}
	plain, err := base64.StdEncoding.DecodeString(handle)
	parts := strings.Split(string(plain), " ")
	if err != nil || len(parts) != 3 || parts[0] != q.id {
		return nil, errorf("ReceiptHandleIsInvalid", `The input receipt handle "%s" is not a valid receipt handle.`, handle)
	}
	return q.messages[parts[1]], nil
}

// Delete removes the message that the handle was given out for. It succeeds when that message has gone already.
// On a standard queue it succeeds too, and deletes nothing, when the message has been received again since; on a FIFO
// queue a handle whose visibility timeout has ended is InvalidParameterValue. Other errors: ReceiptHandleIsInvalid.
func (q *Queue) Delete(handle string) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	m, err := q.lookUp(handle)
	if err != nil || m == nil {
		return err
	}
	if q.settings.fifo && (m.handle != handle || !m.inFlight(time.Now())) {
		return errInvalid(handle, "ReceiptHandle", "The receipt handle has expired.")
	}
	if m.handle != handle {
		return nil
	}
	q.remove(m)
	q.wake() // its group may go on
	return nil
}

// ChangeVisibility makes the message visible d from now, up to 12 hours after it was received; 0 makes it visible at once.
// Errors: ReceiptHandleIsInvalid, MessageNotInflight (its visibility timeout has ended or it was received again),
// InvalidParameterValue (deleted, or too long).
func (q *Queue) ChangeVisibility(handle string, d time.Duration) error {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	m, err := q.lookUp(handle)
	if err != nil {
		return err
	}
	now := time.Now()
	switch {
	case d < 0 || d > maxVisibility:
		return errInvalid(d.Seconds(), "VisibilityTimeout", "Must be between 0 and 43200.")
	case m == nil:
		return errInvalid(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")
	case m.handle != handle || !m.inFlight(now):
		return errorf("MessageNotInflight", "The message referred to is not in flight.")
	case now.Add(d).After(m.receivedAt.Add(maxVisibility)):
		return errInvalid(d.Seconds(), "VisibilityTimeout",
			"Total VisibilityTimeout for the message is beyond the limit [43200 seconds]")
	}
	m.visible = now.Add(d)
	q.wake()
	return nil
}
