package lambda

import (
	"bytes"
	"encoding/json"
	"strings"

	"callback-completer/internal/local/sqs"
)

// record is a message and its JSON in the event.
type record struct {
	sqs.Received
	json []byte
}

// wireRecord is a record in the order and the spelling of Lambda's events.
type wireRecord struct {
	MessageID         string                   `json:"messageId"`
	ReceiptHandle     string                   `json:"receiptHandle"`
	Body              string                   `json:"body"`
	Attributes        map[string]string        `json:"attributes"`
	MessageAttributes map[string]wireAttribute `json:"messageAttributes"`
	MD5OfAttributes   string                   `json:"md5OfMessageAttributes,omitempty"`
	MD5OfBody         string                   `json:"md5OfBody"`
	EventSource       string                   `json:"eventSource"`
	EventSourceARN    string                   `json:"eventSourceARN"`
	AWSRegion         string                   `json:"awsRegion"`
}

type wireAttribute struct {
	StringValue      *string  `json:"stringValue,omitempty"`
	BinaryValue      []byte   `json:"binaryValue,omitempty"`
	StringListValues []string `json:"stringListValues"`
	BinaryListValues [][]byte `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

func newRecord(r sqs.Received, arn, region string) record {
	attributes := make(map[string]wireAttribute, len(r.Attributes))
	for name, a := range r.Attributes {
		w := wireAttribute{DataType: a.DataType, BinaryValue: a.Binary, StringListValues: []string{}, BinaryListValues: [][]byte{}}
		if !strings.HasPrefix(a.DataType, "Binary") {
			w.StringValue = &a.String
		}
		attributes[name] = w
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(wireRecord{ // strings and byte slices always encode
		MessageID: r.MessageID, ReceiptHandle: r.ReceiptHandle, Body: r.Body, Attributes: r.System,
		MessageAttributes: attributes, MD5OfAttributes: r.MD5OfAttributes, MD5OfBody: r.MD5OfBody,
		EventSource: "aws:sqs", EventSourceARN: arn, AWSRegion: region,
	})
	return record{Received: r, json: bytes.TrimSuffix(out.Bytes(), []byte("\n"))}
}

func (r record) group() string { return r.System["MessageGroupId"] }

const eventHead, eventTail = `{"Records":[`, `]}`

func event(batch []record) []byte {
	var out bytes.Buffer
	out.WriteString(eventHead)
	for i, r := range batch {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(r.json)
	}
	out.WriteString(eventTail)
	return out.Bytes()
}

// split cuts what was received into batches whose events are within the limit of an invocation.
func split(records []record) [][]record {
	var batches [][]record
	start, size := 0, len(eventHead)+len(eventTail)
	for i, r := range records {
		if i > start && size+1+len(r.json) > maxRequest {
			batches = append(batches, records[start:i])
			start, size = i, len(eventHead)+len(eventTail)
		}
		if i > start {
			size++ // the comma
		}
		size += len(r.json)
	}
	return append(batches, records[start:])
}

// withoutGroups leaves out the messages of groups that have failed.
func withoutGroups(batch []record, failed map[string]bool) []record {
	var kept []record
	for _, r := range batch {
		if !failed[r.group()] {
			kept = append(kept, r)
		}
	}
	return kept
}
