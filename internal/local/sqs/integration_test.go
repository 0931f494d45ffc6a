package sqs_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

func TestSendMessageIntegration(t *testing.T) {
	t.Parallel()
	fifo := map[string]string{"FifoQueue": "true"}
	tests := []struct {
		name, params string
		attributes   map[string]string
		body         string
		want         string // error code
	}{
		{
			"object body", `{"QueueUrl":"http://h/0/q.fifo","MessageGroupId":"g","MessageDeduplicationId":"d",
			"MessageBody":{"TaskToken":"t", "n": 9007199254740993, "d": 1.10, "html":"<&>", "a":[1, 2]}}`, fifo,
			`{"TaskToken":"t","n":9007199254740993,"d":1.10,"html":"<&>","a":[1,2]}`, "",
		},
		{"string body", `{"QueueUrl":"q","MessageBody":"a \"b\" é"}`, nil, `a "b" é`, ""},
		{"number body", `{"QueueUrl":"q","MessageBody":1.50}`, nil, `1.50`, ""},
		{"null body", `{"QueueUrl":"q","MessageBody":null}`, nil, ``, "MissingParameter"},
		{"no body", `{"QueueUrl":"q"}`, nil, ``, "MissingParameter"},
		{"no URL", `{"MessageBody":"x"}`, nil, ``, "MissingParameter"},
		{"no queue", `{"QueueUrl":"none","MessageBody":"x"}`, nil, ``, "QueueDoesNotExist"},
		{"delay of the wrong type", `{"QueueUrl":"q","MessageBody":"x","DelaySeconds":"1"}`, nil, ``, "SerializationException"},
	}
	for _, tt := range tests {
		name := "q"
		if tt.attributes != nil {
			name = "q.fifo"
		}
		q, s := newQueue(t, name, tt.attributes)
		out, err := s.SendMessageIntegration(t.Context(), json.RawMessage(tt.params))
		if got := code(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		held := q.Peek()
		if err != nil {
			if len(held) != 0 {
				t.Errorf("%s: refused, yet sent", tt.name)
			}
			continue
		}
		if len(held) != 1 || held[0].Body != tt.body {
			t.Errorf("%s: held %+v", tt.name, held)
			continue
		}
		var sent map[string]string
		if err := json.Unmarshal(out, &sent); err != nil {
			t.Errorf("%s: %s: %v", tt.name, out, err)
		}
		if sent["MessageId"] != held[0].MessageID || sent["MD5OfMessageBody"] != held[0].MD5OfBody {
			t.Errorf("%s: answer %s", tt.name, out)
		}
	}
}

func TestSendMessageIntegrationAttributes(t *testing.T) {
	t.Parallel()
	q, s := newQueue(t, "q", nil)
	_, err := s.SendMessageIntegration(t.Context(), json.RawMessage(`{"QueueUrl":"q","MessageBody":"x",
		"MessageAttributes":{"taskToken":{"DataType":"String","StringValue":"t"},"b":{"DataType":"Binary","BinaryValue":"AP8="}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]sqs.Attribute{"taskToken": text("t"), "b": {DataType: "Binary", Binary: []byte{0, 255}}}
	if diff := cmp.Diff(want, q.Peek()[0].Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}
