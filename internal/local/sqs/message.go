package sqs

import (
	"container/list"
	"maps"
	"strconv"
	"time"
)

// Message is what a sender gives. Body and attributes count together towards the queue's MaximumMessageSize.
type Message struct {
	Body       string               // not empty; only the characters that SQS allows
	Attributes map[string]Attribute // at most ten

	GroupID         string // required on a FIFO queue
	DeduplicationID string // FIFO only; required there unless the queue deduplicates by content

	// Delay, up to 15 minutes in whole seconds, overrides the queue's DelaySeconds; 0 takes the queue's. Standard queues only.
	Delay time.Duration

	// TraceHeader is the system attribute AWSTraceHeader, the only one that a sender may set.
	TraceHeader string
}

// Attribute is the value of a message attribute.
type Attribute struct {
	DataType string // String, Number or Binary, with an optional label: "String.uuid"
	String   string // the value of String and Number
	Binary   []byte // the value of Binary
}

// Sent is SQS's answer to a send.
type Sent struct {
	MessageID             string
	MD5OfBody             string // lower-case hex
	MD5OfAttributes       string // empty without attributes
	MD5OfSystemAttributes string // empty without a trace header
	SequenceNumber        string // FIFO only
}

// Received is a message as one receiver sees it.
type Received struct {
	MessageID       string
	ReceiptHandle   string
	Body            string
	MD5OfBody       string
	Attributes      map[string]Attribute
	MD5OfAttributes string // empty without attributes
	// System holds SentTimestamp and ApproximateFirstReceiveTimestamp (milliseconds), ApproximateReceiveCount, SenderId
	// and, where they apply, MessageGroupId, MessageDeduplicationId, SequenceNumber, DeadLetterQueueSourceArn, AWSTraceHeader.
	System map[string]string
}

// Held is a message that a queue still has, whether a receiver could see it or not.
type Held struct {
	Received           // ReceiptHandle is empty unless the message is in flight
	InFlight bool      // received and its visibility timeout is running
	Delayed  bool      // sent, and its delay is running
	Receives int       // how often it has been received
	Visible  time.Time // when it can be received, if that is still to come
}

// message is a message in a queue. Service.mu guards it; body, attributes and ids never change.
type message struct {
	Message
	id       string
	md5      string
	attrMD5  string
	sequence string // FIFO only
	source   string // ARN of the queue that it was dead-lettered from

	sent          time.Time // retention counts from here
	firstReceived time.Time
	visible       time.Time // not received before
	receivedAt    time.Time // the latest receive
	receives      int
	handle        string // of the latest receive, empty before the first

	place *list.Element // in its queue's order
}

func (m *message) inFlight(now time.Time) bool { return m.handle != "" && m.visible.After(now) }

// received is the message as it looks to a receiver now.
func (m *message) received(account string) Received {
	system := map[string]string{
		"SenderId":                account,
		"SentTimestamp":           millis(m.sent),
		"ApproximateReceiveCount": strconv.Itoa(m.receives),
	}
	if !m.firstReceived.IsZero() {
		system["ApproximateFirstReceiveTimestamp"] = millis(m.firstReceived)
	}
	for name, value := range map[string]string{
		"MessageGroupId":           m.GroupID,
		"MessageDeduplicationId":   m.DeduplicationID,
		"SequenceNumber":           m.sequence,
		"DeadLetterQueueSourceArn": m.source,
		"AWSTraceHeader":           m.TraceHeader,
	} {
		if value != "" {
			system[name] = value
		}
	}
	return Received{
		MessageID: m.id, ReceiptHandle: m.handle, Body: m.Body, MD5OfBody: m.md5,
		Attributes: maps.Clone(m.Attributes), MD5OfAttributes: m.attrMD5, System: system,
	}
}
