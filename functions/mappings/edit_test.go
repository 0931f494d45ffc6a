package mappings_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

// edited returns a sample event changed by a jq program, so that a test says only what is different.
func edited(t *testing.T, name, program string) string {
	t.Helper()
	var payload string
	for _, s := range samples(t) {
		if s.name == name+".json" {
			payload = s.payload
		}
	}
	if payload == "" {
		t.Fatalf("there is no sample %s", name)
	}
	query, err := gojq.Parse(program)
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	decoder := json.NewDecoder(strings.NewReader(payload))
	decoder.UseNumber()
	var event any
	if err := decoder.Decode(&event); err != nil {
		t.Fatal(err)
	}
	changed, _ := query.Run(event).Next()
	if err, ok := changed.(error); ok {
		t.Fatalf("%s: %v", program, err)
	}
	text, err := gojq.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	if program != "." && string(text) == payload {
		t.Fatalf("%s changes nothing", program)
	}
	return string(text)
}

// words says in short what became of a payload: "ignored", "success", "failure Batch.JobFailed", "heartbeat", or the
// code with which it is refused.
func (r result) words() string {
	switch {
	case r.Refused != "":
		return string(r.Refused)
	case len(r.Callbacks) == 0:
		return "ignored"
	case len(r.Callbacks) > 1:
		return fmt.Sprintf("%d callbacks", len(r.Callbacks))
	default:
		return strings.TrimSpace(r.Callbacks[0].Outcome + " " + r.Callbacks[0].Error)
	}
}
