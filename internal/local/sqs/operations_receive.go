package sqs

import (
	"context"
	"slices"
	"strings"
	"time"
)

type receiveInput struct {
	target
	AttributeNames              []string // the old name of the next
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
}

type receivedMessage struct {
	MessageId              string //nolint:revive // AWS's spelling
	ReceiptHandle          string
	Body                   string
	MD5OfBody              string
	Attributes             map[string]string         `json:",omitempty"`
	MessageAttributes      map[string]attributeValue `json:",omitempty"`
	MD5OfMessageAttributes string                    `json:",omitempty"`
}

type receiveOutput struct {
	Messages []receivedMessage `json:",omitempty"`
}

func (s *Service) opReceiveMessage(ctx context.Context, in receiveInput) (receiveOutput, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return receiveOutput{}, err
	}
	limit, wait, visibility, err := in.choices(q)
	if err != nil {
		return receiveOutput{}, err
	}
	got, err := q.receive(ctx, limit, wait, visibility)
	if err != nil {
		return receiveOutput{}, err
	}
	var out receiveOutput
	for _, r := range got {
		out.Messages = append(out.Messages, in.show(r))
	}
	return out, nil
}

// choices checks the request's numbers and fills in the queue's own.
func (in receiveInput) choices(q *Queue) (limit int, wait time.Duration, visibility *time.Duration, err error) {
	q.s.mu.Lock()
	limit, wait = 1, q.settings.wait
	q.s.mu.Unlock()
	if n := in.MaxNumberOfMessages; n != nil {
		if *n < 1 || *n > 10 {
			return 0, 0, nil, errInvalid(*n, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
		}
		limit = *n
	}
	if n := in.WaitTimeSeconds; n != nil {
		if *n < 0 || *n > 20 {
			return 0, 0, nil, errInvalid(*n, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")
		}
		wait = time.Duration(*n) * time.Second
	}
	if n := in.VisibilityTimeout; n != nil {
		if *n < 0 || *n > 43_200 {
			return 0, 0, nil, errInvalid(*n, "VisibilityTimeout", "Must be between 0 and 43200, if provided.")
		}
		d := time.Duration(*n) * time.Second
		visibility = &d
	}
	for _, name := range slices.Concat(in.AttributeNames, in.MessageSystemAttributeNames) {
		if !isSystemAttribute(name) {
			return 0, 0, nil, errorf("InvalidAttributeName", "Unknown Attribute %s.", name)
		}
	}
	return limit, wait, visibility, nil
}

func isSystemAttribute(name string) bool {
	switch name {
	case "All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
		"SequenceNumber", "MessageDeduplicationId", "MessageGroupId", "AWSTraceHeader", "DeadLetterQueueSourceArn":
		return true
	}
	return false
}

// show leaves out the attributes that were not asked for. The MD5 is that of the attributes that are left.
func (in receiveInput) show(r Received) receivedMessage {
	m := receivedMessage{MessageId: r.MessageID, ReceiptHandle: r.ReceiptHandle, Body: r.Body, MD5OfBody: r.MD5OfBody}
	names := slices.Concat(in.AttributeNames, in.MessageSystemAttributeNames)
	for name, value := range r.System {
		if slices.Contains(names, "All") || slices.Contains(names, name) {
			if m.Attributes == nil {
				m.Attributes = map[string]string{}
			}
			m.Attributes[name] = value
		}
	}
	shown := map[string]Attribute{}
	for name, a := range r.Attributes {
		if asksFor(in.MessageAttributeNames, name) {
			shown[name] = a
		}
	}
	if len(shown) > 0 {
		m.MessageAttributes = make(map[string]attributeValue, len(shown))
		m.MD5OfMessageAttributes = md5OfAttributes(shown)
	}
	for name, a := range shown {
		m.MessageAttributes[name] = attributeValue{DataType: a.DataType, StringValue: a.String, BinaryValue: a.Binary}
	}
	return m
}

// asksFor tells whether MessageAttributeNames holds the name, its prefix ("trace.*") or everything ("All", ".*").
func asksFor(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		prefix, wild := strings.CutSuffix(n, ".*")
		switch {
		case n == "All" || n == ".*" || n == name:
			return true
		default:
			return wild && (name == prefix || strings.HasPrefix(name, prefix+"."))
		}
	})
}
