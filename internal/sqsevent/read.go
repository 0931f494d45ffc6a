package sqsevent

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callback-completer/internal/jsonspan"
)

// maxRecords is the largest batch that Lambda takes from a queue.
const maxRecords = 10_000

// Read returns the messages of an event, in their order. It reports false for an event that it does not take.
func Read(event []byte) (messages []Message, ok bool) {
	r := reader{bytes: len(event)}
	var o jsonspan.Outline
	if !o.ReadEach(event, "Records", r.record) {
		return nil, false
	}
	return r.messages, true
}

// reader keeps what the records of one event have in common.
type reader struct {
	bytes    int // of the event
	messages []Message
	unquoted []byte
	members  []jsonspan.Member
}

// The members of a record, and of what SQS says of a message.
const (
	keyID        = "messageId"
	keyBody      = "body"
	keySystem    = "attributes"
	keyCustom    = "messageAttributes"
	keySource    = "eventSource"
	keySourceARN = "eventSourceARN"
	keyReceipt   = "receiptHandle"
	keyMD5       = "md5OfBody"
	keyCustomMD5 = "md5OfMessageAttributes"
	keyRegion    = "awsRegion"
	keySentAt    = "SentTimestamp"
	keyGroupID   = "MessageGroupId"
)

func isKnown(key string) bool {
	for _, known := range []string{
		keyID, keyReceipt, keyBody, keyMD5, keySystem, keyCustom, keyCustomMD5, keySource, keySourceARN, keyRegion,
	} {
		if strings.EqualFold(key, known) {
			return true
		}
	}
	return false
}

// record reads one element of the event. What is refused here is for encoding/json to judge.
func (r *reader) record(v jsonspan.Value) bool {
	if v.First() != '{' {
		return false
	}
	var m Message
	r.members = v.Members(
		r.members[:0], keyID, keyReceipt, keyBody, keySystem, keyCustom, keyMD5, keySource, keySourceARN, keyRegion, keyCustomMD5,
	)
	for i, member := range r.members {
		var ok bool
		switch member.Key {
		case keyID:
			m.ID, ok = r.text(member.Value, "")
		case keyBody:
			m.Body, ok = r.text(member.Value, "")
		case keySource:
			m.Source, ok = r.text(member.Value, r.last().Source)
		case keySourceARN:
			m.SourceARN, ok = r.text(member.Value, r.last().SourceARN)
		case keySystem:
			ok = isObjectOrNull(member.Value)
		case keyCustom:
			m.Custom, ok = custom(member.Value)
		case keyReceipt, keyMD5, keyCustomMD5, keyRegion:
			ok = isTextOrNull(member.Value)
		default: // perhaps one of the above in another case, which encoding/json takes
			if !isASCII(member.Key) || isKnown(member.Key) {
				return false
			}
			continue
		}
		if !ok || repeated(r.members[:i], member.Key) {
			return false
		}
	}
	if system, ok := v.Member(keySystem); ok && system.First() == '{' && !r.system(&m, system) {
		return false
	}
	if r.messages == nil { // the others are likely to be as long
		r.messages = make([]Message, 0, min(r.bytes/len(v.Raw())+1, maxRecords))
	}
	r.messages = append(r.messages, m)
	return true
}

// last returns the message before: much of it is the same in the next one.
func (r *reader) last() *Message {
	if len(r.messages) == 0 {
		return &Message{}
	}
	return &r.messages[len(r.messages)-1]
}

// system reads the attributes that SQS adds, which must all be strings.
func (r *reader) system(m *Message, attributes jsonspan.Value) bool {
	m.system = attributes.Raw()
	r.members = attributes.Members(
		r.members[:0], keySentAt, keyGroupID, "ApproximateReceiveCount", "SenderId", "ApproximateFirstReceiveTimestamp",
		"MessageDeduplicationId", "SequenceNumber", "AWSTraceHeader", "DeadLetterQueueSourceArn",
	)
	for _, member := range r.members { // of a repeated one the last counts
		if !isTextOrNull(member.Value) {
			return false
		}
		switch member.Key {
		case keySentAt:
			m.SentAt = time.Time{}
			r.unquoted = unquote(r.unquoted, member.Value)
			if ms, err := strconv.ParseInt(string(r.unquoted), 10, 64); err == nil {
				m.SentAt = time.UnixMilli(ms)
			}
		case keyGroupID:
			m.GroupID, _ = r.text(member.Value, r.last().GroupID)
		}
	}
	return true
}

// text returns what a string or null stands for: likely itself, if it is that.
func (r *reader) text(raw []byte, likely string) (text string, ok bool) {
	if !isTextOrNull(raw) {
		return "", false
	}
	r.unquoted = unquote(r.unquoted, raw)
	if string(r.unquoted) == likely {
		return likely, true
	}
	return string(r.unquoted), true
}

// unquote writes over b what a string or null stands for.
func unquote(b, raw []byte) []byte {
	if raw[0] != '"' {
		return b[:0]
	}
	return jsonspan.Unquote(b[:0], raw)
}

// custom reads the attributes that the sender gave the message, if it did.
func custom(raw []byte) (map[string]Attribute, bool) {
	if string(raw) == "{}" || string(raw) == "null" {
		return nil, true
	}
	var list map[string]Attribute
	err := json.Unmarshal(raw, &list)
	return list, err == nil
}

func isTextOrNull(raw []byte) bool { return raw[0] == '"' || raw[0] == 'n' }

func isObjectOrNull(raw []byte) bool { return raw[0] == '{' || raw[0] == 'n' }

func repeated(members []jsonspan.Member, key string) bool {
	for _, m := range members {
		if m.Key == key {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
