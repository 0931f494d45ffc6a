package mapping_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// TestEncodedDeadLetters: what SQS does not take comes back as base64, with an attribute that says so.
func TestEncodedDeadLetters(t *testing.T) {
	t.Parallel()
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	attributes := func(pairs ...any) callback.Facts {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			name, _ := pairs[i].(string)
			m[name] = pairs[i+1]
		}
		return callback.Facts{"messageAttributes": m}
	}
	tests := []struct {
		name, payload string
		meta          callback.Facts
		envelopes     []string
		output        string
		code          callback.Code
	}{
		{"JSON", encode("{\"taskToken\":\"t\",\"output\":\"\uffff\"}"), attributes("PayloadEncoding", "base64"), []string{"base64"}, "\"\uffff\"", ""},
		{
			"a form", encode("taskToken=t&output=%00"), attributes("PayloadEncoding", "base64", "ContentType", "application/x-www-form-urlencoded"),
			[]string{"base64", "form"},
			`"\u0000"`, "",
		},
		{"still not UTF-8", encode("\xff"), attributes("PayloadEncoding", "base64"), []string{"base64"}, "", "InvalidPayload"},
		{"not base64", "{}", attributes("PayloadEncoding", "base64"), nil, "", "InvalidPayload"},
		{"another encoding", `{"taskToken":"t","output":1}`, attributes("PayloadEncoding", "gzip"), nil, "1", ""},
		{"of no text", `{"taskToken":"t","output":1}`, attributes("PayloadEncoding", 7), nil, "1", ""},
		{"not said", encode(`{"taskToken":"t","output":1}`), attributes(), nil, "", "NoMapping"},
	}
	engine, err := mapping.New(mapping.Program{Name: "canonical", Source: canonical})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mapped, err := engine.Map(t.Context(), tt.payload, tt.meta)
			var e *callback.Error
			if errors.As(err, &e) != (tt.code != "") || e != nil && e.Code != tt.code {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(tt.envelopes, mapped.Envelopes); diff != "" {
				t.Errorf("envelopes (-want +got):\n%s", diff)
			}
			if e == nil && string(mapped.Callbacks[0].Output) != tt.output {
				t.Errorf("output %s", mapped.Callbacks[0].Output)
			}
		})
	}
}
