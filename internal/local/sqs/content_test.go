package sqs_test

import (
	"fmt"
	"strings"
	"testing"

	"callback-completer/internal/local/sqs"
)

func text(value string) sqs.Attribute { return sqs.Attribute{DataType: "String", String: value} }

func TestBodies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, want string
	}{
		{"plain", "x", ""},
		{"white space", "\t\n\r ", ""},
		{"edges of what is allowed", "\u0020\uD7FF\ue000\ufffd\U00010000\U0010ffff", ""},
		{"byte order mark", "\ufeff{}", ""},
		{"1 MiB", strings.Repeat("x", 1_048_576), ""},
		{"1 MiB and a byte", strings.Repeat("x", 1_048_577), "InvalidParameterValue"},
		{"empty", "", "MissingParameter"},
		{"NUL", "a\x00", "InvalidMessageContents"},
		{"vertical tab", "a\v", "InvalidMessageContents"},
		{"U+001F", "a\x1f", "InvalidMessageContents"},
		{"U+FFFE", "a\ufffe", "InvalidMessageContents"},
		{"U+FFFF", "a\uffff", "InvalidMessageContents"},
		{"invalid UTF-8", "a\xff", "InvalidMessageContents"},
		{"surrogate in UTF-8", "a\xed\xa0\x80", "InvalidMessageContents"},
	}
	for _, tt := range tests {
		q, _ := newQueue(t, "q", nil)
		_, err := q.Send(sqs.Message{Body: tt.body})
		if got := code(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if held := len(q.Peek()); (held == 1) != (err == nil) {
			t.Errorf("%s: the queue holds %d messages after %v", tt.name, held, err)
		}
	}
}

func TestAttributesCountTowardsTheSize(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t, "q", map[string]string{"MaximumMessageSize": "1024"})
	m := sqs.Message{Body: strings.Repeat("x", 1_000), Attributes: map[string]sqs.Attribute{
		"name": {DataType: "String", String: "12345678901234"}, // 4 + 6 + 14 bytes
	}}
	send(t, q, m)
	m.Body += "x"
	if _, err := q.Send(m); code(err) != "InvalidParameterValue" {
		t.Errorf("1,025 bytes: %v", err)
	}
}

func TestMessageAttributes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		attribute sqs.Attribute
		want      string
	}{
		{"trace.id-1_x", text("v"), ""},
		{"custom", sqs.Attribute{DataType: "String.uuid", String: "v"}, ""},
		{"number", sqs.Attribute{DataType: "Number.int", String: "-12.5e3"}, ""},
		{"binary", sqs.Attribute{DataType: "Binary.png", Binary: []byte{0}}, ""},
		{"number", sqs.Attribute{DataType: "Number", String: "many"}, "InvalidParameterValue"},
		{"empty", text(""), "InvalidParameterValue"},
		{"binary", sqs.Attribute{DataType: "Binary"}, "InvalidParameterValue"},
		{"type", sqs.Attribute{DataType: "string", String: "v"}, "InvalidParameterValue"},
		{"type", sqs.Attribute{String: "v"}, "InvalidParameterValue"},
		{"control", text("\x01"), "InvalidMessageContents"},
		{"", text("v"), "InvalidParameterValue"},
		{"a b", text("v"), "InvalidParameterValue"},
		{".a", text("v"), "InvalidParameterValue"},
		{"a.", text("v"), "InvalidParameterValue"},
		{"a..b", text("v"), "InvalidParameterValue"},
		{"AWS.x", text("v"), "InvalidParameterValue"},
		{"amazon.x", text("v"), "InvalidParameterValue"},
		{strings.Repeat("n", 256), text("v"), ""},
		{strings.Repeat("n", 257), text("v"), "InvalidParameterValue"},
	}
	for _, tt := range tests {
		q, _ := newQueue(t, "q", nil)
		_, err := q.Send(sqs.Message{Body: "x", Attributes: map[string]sqs.Attribute{tt.name: tt.attribute}})
		if got := code(err); got != tt.want {
			t.Errorf("%q %+v: %q, want %q", tt.name, tt.attribute, got, tt.want)
		}
	}
}

func TestAtMostTenAttributes(t *testing.T) {
	t.Parallel()
	q, _ := newQueue(t, "q", nil)
	m := sqs.Message{Body: "x", Attributes: map[string]sqs.Attribute{}}
	for i := range 10 {
		m.Attributes[fmt.Sprint("a", i)] = text("v")
	}
	send(t, q, m)
	m.Attributes["a10"] = text("v")
	if _, err := q.Send(m); code(err) != "InvalidParameterValue" {
		t.Errorf("eleven: %v", err)
	}
}

// The wanted sums come from other implementations of the documented algorithm.
func TestMD5OfAttributes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attributes map[string]sqs.Attribute
		want       string
	}{
		{map[string]sqs.Attribute{"Hello": text("There"), "General": text("Kenobi")}, "fca026605781cb4126a1e9044df24232"},
		{map[string]sqs.Attribute{
			"a": text("x"), "n": {DataType: "Number.int", String: "42"},
			"b": {DataType: "Binary", Binary: []byte{0, 255}}, "s": {DataType: "String.uuid", String: "é"},
		}, "0d125cb19c8f1ded2f2a16b8406fbdc6"},
		{nil, ""},
	}
	for _, tt := range tests {
		q, _ := newQueue(t, "q", nil)
		if got := send(t, q, sqs.Message{Body: "x", Attributes: tt.attributes}).MD5OfAttributes; got != tt.want {
			t.Errorf("%v: %q, want %q", tt.attributes, got, tt.want)
		}
	}
}
