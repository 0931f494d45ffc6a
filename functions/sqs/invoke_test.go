package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
)

// handle invokes the handler with an event as Lambda writes it, and reads the answer as Lambda does. Bodies that are not
// UTF-8, which JSON has no form for, are put in behind the reader.
func (h *handler) handle(ctx context.Context, event events.SQSEvent) (response events.SQSEventResponse, err error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return response, err
	}
	for _, m := range event.Records {
		if utf8.ValidString(m.Body) {
			continue
		}
		messages, err := read(payload)
		if err != nil {
			return response, err
		}
		for i := range messages {
			messages[i].Body = event.Records[i].Body
		}
		return h.take(ctx, messages)
	}
	answer, err := h.Invoke(ctx, payload)
	if err != nil {
		return response, err
	}
	return response, json.Unmarshal(answer, &response)
}

// delivered is a delivery that can be compared.
type delivered struct {
	callback.Delivery

	All map[string]any
}

func compared(deliveries []callback.Delivery) []delivered {
	list := make([]delivered, len(deliveries))
	for i, d := range deliveries {
		list[i] = delivered{d, d.Meta.All()}
		list[i].Meta = nil
		if len(d.Attributes) == 0 {
			list[i].Attributes = nil
		}
	}
	return list
}

// loosely is what encoding/json makes of an event.
func loosely(payload []byte) ([]delivered, error) {
	var event events.SQSEvent
	if err := json.NewDecoder(strings.NewReader(string(payload))).Decode(&event); err != nil {
		return nil, err
	}
	if len(event.Records) == 0 {
		return nil, errNotSQS
	}
	var list []delivered
	for _, m := range event.Records {
		if m.EventSource != "aws:sqs" || m.MessageId == "" {
			return nil, errNotSQS
		}
		own, users := map[string]any{}, map[string]any{}
		for name, v := range m.Attributes {
			own[name] = v
		}
		d := delivered{Delivery: callback.Delivery{Trigger: "sqs", SourceID: m.MessageId, RequestID: "r-1", Payload: m.Body}}
		for name, a := range m.MessageAttributes {
			if d.Attributes == nil {
				d.Attributes = map[string]callback.Attribute{}
			}
			d.Attributes[name] = callback.Attribute{DataType: a.DataType, String: aws.ToString(a.StringValue), Binary: a.BinaryValue}
			users[name] = base64.StdEncoding.EncodeToString(a.BinaryValue)
			if a.StringValue != nil {
				users[name] = *a.StringValue
			}
		}
		if strings.HasSuffix(m.EventSourceARN, ".fifo") {
			d.GroupID = m.Attributes["MessageGroupId"]
		}
		if ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64); err == nil {
			d.SentAt = time.UnixMilli(ms)
		}
		d.All = map[string]any{
			"trigger": "sqs", "messageId": m.MessageId, "eventSourceARN": m.EventSourceARN, "attributes": own, "messageAttributes": users,
		}
		list = append(list, d)
	}
	return list, nil
}

// FuzzEvents holds the way an event is read to encoding/json, errors included.
func FuzzEvents(f *testing.F) {
	files, err := filepath.Glob("../../events/sqs-*.json")
	if err != nil || len(files) < 10 {
		f.Fatalf("%d sample events, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	record := func(members string) string {
		return `{"Records":[{"messageId":"m","eventSource":"aws:sqs",` + members + `}]}`
	}
	for _, event := range []string{
		"", "null", "{}", "[]", `{"Records":null}`, `{"Records":[]}`, `{"Records":[null]}`, `{"Records":[[]]}`, `{"Records":[{}]}`, `{"Records":{}}`,
		`{"records":[{"messageId":"m","eventSource":"aws:sqs"}]}`, `{"other":1,"Records":[{"messageId":"m","eventSource":"aws:sqs"}]}`,
		record(`"body":"a\u00e9\ud800\n"`), record(`"body":null`), record(`"body":1`), record(`"BODY":"x"`), record(`"body":"x","body":"y"`), record("\"body\":\"\xff\""),
		record(`"body":"x","bodyſ":1,"other":[1,{"a":2}]`), record(`"messageId":"n"`), record(`"attributes":{"SentTimestamp":"1545082650636","a":null,"a":"b"}`),
		record(`"attributes":{"SentTimestamp":"x","SentTimestamp":"7","MessageGroupId":"g"},"eventSourceARN":"arn:q.fifo"`), record(`"attributes":{"a":1}`),
		record(`"attributes":[]`), record(`"attributes":null,"messageAttributes":null`), record(`"messageAttributes":{ }`), record(`"messageAttributes":[]`),
		record(`"messageAttributes":{"t":{"stringValue":"v","dataType":"String","stringListValues":[],"binaryListValues":[]},"b":{"binaryValue":"AQI=","dataType":"Binary"},"n":null}`),
		record(`"messageAttributes":{"t":{"stringValue":1}}`), record(`"messageAttributes":{"t":{"binaryValue":"%"}}`), record(`"messageAttributes":{"t":{"StringValue":"v"},"t":{"dataType":"String"}}`),
		record(`"body":"x"`) + ` trailing`, record(`"body":"x"`)[1:], record(`"body":` + strings.Repeat("[", 1200) + strings.Repeat("]", 1200)), record(`"md5OfBody":{}`),
		record(`"x":` + strings.Repeat("[", 1200) + strings.Repeat("]", 1200)), `{"Records":[{"messageId":"a\u0062","eventSource":"aws:sqs","eventSourceARN":"q"},{"messageId":"b","eventSource":"aws:sqs","eventSourceARN":"q","awsRegion":"r"}]}`,
	} {
		f.Add([]byte(event))
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		want, wantErr := loosely(event)
		var got []callback.Delivery
		messages, gotErr := read(event)
		if gotErr == nil {
			got, gotErr = decode(messages, "r-1")
		}
		if (wantErr == nil) != (gotErr == nil) || wantErr != nil && wantErr.Error() != gotErr.Error() {
			t.Fatalf("error %v, want %v", gotErr, wantErr)
		}
		if wantErr != nil {
			return
		}
		if diff := cmp.Diff(want, compared(got)); diff != "" {
			t.Fatalf("deliveries (-encoding/json +ours):\n%.3000s", diff)
		}
		for i, d := range got {
			attributes, _ := want[i].All["messageAttributes"].(map[string]any)
			for name, fact := range want[i].All {
				if diff := cmp.Diff(fact, d.Meta.Fact(name)); diff != "" {
					t.Fatalf("fact %s (-want +got):\n%s", name, diff)
				}
			}
			for name, v := range attributes {
				if text, ok := d.Meta.Attribute(name); !ok || text != v {
					t.Fatalf("attribute %s: %q, %v", name, text, ok)
				}
			}
			if _, ok := d.Meta.Attribute("no such attribute"); ok || d.Meta.Fact("no such fact") != nil {
				t.Fatal("there is what is not there")
			}
		}
	})
}
