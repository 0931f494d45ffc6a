package sqsevent

import (
	"encoding/base64"
	"time"

	"callback-completer/internal/jsonspan"
)

// Message is one message of an event. It keeps the event's bytes, which must not be changed.
type Message struct {
	ID        string
	Body      string
	Source    string // "aws:sqs"
	SourceARN string
	GroupID   string               // of a FIFO queue, or of a standard one with fair queues
	SentAt    time.Time            // zero if unknown
	Custom    map[string]Attribute // the attributes that its sender gave it; nil if there are none

	system []byte // those of SQS, as JSON; nil if there are none
}

// Attribute is a message attribute of the sender's.
type Attribute struct {
	StringValue      *string  `json:"stringValue"`
	BinaryValue      []byte   `json:"binaryValue"`
	StringListValues []string `json:"stringListValues"`
	BinaryListValues [][]byte `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

// Text returns the attribute's string, or else its bytes in base64.
func (a *Attribute) Text() string {
	if a.StringValue != nil {
		return *a.StringValue
	}
	return base64.StdEncoding.EncodeToString(a.BinaryValue)
}

// System returns the attributes that SQS gave the message. They are read anew at each call: hardly anybody asks.
func (m *Message) System() map[string]string {
	members, _, _ := jsonspan.Members(m.system) // they were checked with the event
	all := make(map[string]string, len(members))
	for _, member := range members {
		all[member.Key], _ = jsonspan.String(member.Value)
	}
	return all
}
