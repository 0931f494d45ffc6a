package sqsevent_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callback-completer/internal/race"
	"callback-completer/internal/sqsevent"
)

func event(records ...string) []byte {
	return []byte(`{"Records": [` + strings.Join(records, ", ") + `]}`)
}

func record(id, body, more string) string {
	return fmt.Sprintf(`{"messageId":%q,"receiptHandle":"r","body":%q,"attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1545082650636",`+
		`"SenderId":"AIDA","ApproximateFirstReceiveTimestamp":"1545082650649"},"messageAttributes":{},"md5OfBody":"m","eventSource":"aws:sqs",`+
		`"eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my-queue","awsRegion":"us-east-2"%s}`, id, body, more)
}

func TestRead(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	got, ok := sqsevent.Read(event(
		record("m-1", `{"taskToken":"t"}`, ``),
		`{"body":"\u00e9\ud83d\ude00\n","messageId":"m-2","attributes":{"MessageGroupId":"g"},"messageAttributes":`+
			`{"s":{"stringValue":"v","dataType":"String"},"b":{"binaryValue":"AQI=","dataType":"Binary"}},"new":[{"a":1}]}`,
		`{"messageId":"m-3","body":null,"attributes":null}`,
	))
	if !ok {
		t.Fatal("the event is refused")
	}
	want := []sqsevent.Message{
		{
			ID: "m-1", Body: `{"taskToken":"t"}`, Source: "aws:sqs", SourceARN: "arn:aws:sqs:us-east-2:123456789012:my-queue",
			SentAt: time.UnixMilli(1545082650636),
		},
		{ID: "m-2", Body: "é😀\n", GroupID: "g", Custom: map[string]sqsevent.Attribute{
			"s": {StringValue: text("v"), DataType: "String"}, "b": {BinaryValue: []byte{1, 2}, DataType: "Binary"},
		}},
		{ID: "m-3"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(sqsevent.Message{})); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	system := []map[string]string{
		{"ApproximateReceiveCount": "1", "SentTimestamp": "1545082650636", "SenderId": "AIDA", "ApproximateFirstReceiveTimestamp": "1545082650649"},
		{"MessageGroupId": "g"},
		{},
	}
	for i := range got {
		if diff := cmp.Diff(system[i], got[i].System()); diff != "" {
			t.Errorf("attributes of SQS (-want +got):\n%s", diff)
		}
	}
	s, b := got[1].Custom["s"], got[1].Custom["b"]
	if s.Text() != "v" || b.Text() != "AQI=" {
		t.Errorf("%s, %s", s.Text(), b.Text())
	}
}

// TestReadRefuses what encoding/json would read in another way, or not at all.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `null`, `[]`, `{}`, `{"Records":null}`, `{"Records":{}}`, `{"records":[]}`, `{"Records":[],"Records":[]}`, `{"Records":[],"x":1}`,
		`{"Records":[]} x`, `{"Records":[],}`, `{"Records":[1]}`, `{"Records":[{}`, `{"Records":[{"body":1}]}`, `{"Records":[{"Body":"x"}]}`,
		`{"Records":[{"body":"x","body":"y"}]}`, "{\"Records\":[{\"body\":\"\xff\"}]}", `{"Records":[{"attributes":{"a":1}}]}`, `{"Records":[{"attributes":[]}]}`,
		`{"Records":[{"messageAttributes":{"a":{"binaryValue":"%"}}}]}`, `{"Records":[{"bodyſ":1}]}`, "\ufeff{\"Records\":[]}",
	} {
		if got, ok := sqsevent.Read([]byte(text)); ok {
			t.Errorf("%s: %v", text, got)
		}
	}
	if got, ok := sqsevent.Read([]byte(` { "Records" : [ ] } `)); !ok || len(got) > 0 {
		t.Errorf("an event without records: %v, %v", got, ok)
	}
}

// large is a batch of messages of about 1 KB.
func large(n int) []byte {
	records := make([]string, n)
	for i := range records {
		body := fmt.Sprintf(`{"taskToken":"AAAAKgAAAAIAAAAAAAAAAexample%04d","output":{"files":["%s"]}}`, i, strings.Repeat(`a\"b `, 180))
		records[i] = record(fmt.Sprintf("19dd0b57-b21e-4ac1-bd88-%012d", i), body, "")
	}
	return event(records...)
}

// TestAllocations pins what a message takes: its id and body, and of the first all the rest.
func TestAllocations(t *testing.T) { //nolint:paralleltest // allocations of others would count
	if race.Enabled {
		t.Skip("the race detector allocates too")
	}
	for _, n := range []int{10, 1000} {
		text := large(n)
		got := testing.AllocsPerRun(20, func() {
			if messages, ok := sqsevent.Read(text); !ok || len(messages) != n {
				t.Fatal("the event is refused")
			}
		})
		if most := float64(2*n + 20); got > most {
			t.Errorf("%d messages: %v allocations, at most %v were agreed on", n, got, most)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := large(n)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := sqsevent.Read(text); !ok {
					b.Fatal("the event is refused")
				}
			}
		})
	}
}

func ExampleRead() {
	messages, ok := sqsevent.Read([]byte(`{"Records":[{"messageId":"m-1","body":"{\"taskToken\":\"t\"}","eventSource":"aws:sqs"}]}`))
	if !ok {
		fmt.Println("no event of SQS")
		return
	}
	fmt.Println(messages[0].ID, messages[0].Body)
	// Output: m-1 {"taskToken":"t"}
}
