package sqs

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// redrivePolicy says when a message goes to which dead-letter queue.
type redrivePolicy struct {
	DeadLetterTargetArn string  `json:"deadLetterTargetArn"`
	MaxReceiveCount     maximum `json:"maxReceiveCount"`
}

// maximum is a number that AWS's own tools write as a string as often as not.
type maximum int

func (m *maximum) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(b), `"`))
	*m = maximum(n)
	return err
}

// parseRedrive reads a policy for a queue. The caller holds mu.
func (s *Service) parseRedrive(policy string, fifo bool) (*redrivePolicy, error) {
	invalid := func(reason string) error { return errInvalid(policy, "RedrivePolicy", reason) }
	var p redrivePolicy
	if err := json.Unmarshal([]byte(policy), &p); err != nil {
		return nil, invalid("Redrive policy is not a valid JSON map.")
	}
	if p.DeadLetterTargetArn == "" {
		return nil, invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
	}
	if p.MaxReceiveCount < 1 || p.MaxReceiveCount > 1_000 {
		return nil, invalid("Invalid value for maxReceiveCount: " + strconv.Itoa(int(p.MaxReceiveCount)) +
			", valid values are from 1 to 1000 both inclusive.")
	}
	target := s.find(p.DeadLetterTargetArn)
	switch {
	case target == nil || !strings.HasPrefix(p.DeadLetterTargetArn, "arn:"):
		return nil, invalid("Dead letter target does not exist.")
	case target.settings.fifo != fifo:
		return nil, invalid("Dead-letter queue must be same type of queue as the source.")
	}
	return &p, nil
}

// deadLetter moves a message that has been received too often and tells whether it did. It stays where it is while
// its dead-letter queue does not exist. The caller holds mu.
//
// A standard queue keeps the time of sending, so that retention goes on counting; a FIFO queue starts it anew.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
func (q *Queue) deadLetter(m *message, now time.Time) bool {
	p := q.settings.redrive
	if p == nil || m.receives < int(p.MaxReceiveCount) {
		return false
	}
	target := q.s.find(p.DeadLetterTargetArn)
	if target == nil || target == q {
		return false
	}
	q.remove(m)
	m.source, m.handle = q.ARN(), ""
	if target.settings.fifo {
		m.sent = now
		m.sequence = target.nextSequence()
	}
	target.add(m)
	return true
}
