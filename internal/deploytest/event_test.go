//go:build deploytest

package deploytest

import (
	"encoding/json"
	"net/http"
	"testing"

	"callback-completer/internal/conformance/emulator"
)

// putEvent puts an event on the default bus, as its service would; AWS lets nobody else put events of "aws.…".
func (w world) putEvent(t *testing.T, event []byte) {
	t.Helper()
	var parts struct {
		Source     string
		DetailType string `json:"detail-type"`
		Resources  []string
		Detail     json.RawMessage
	}
	if err := json.Unmarshal(event, &parts); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"Entries": []any{map[string]any{
		"Source": parts.Source, "DetailType": parts.DetailType, "Resources": parts.Resources, "Detail": string(parts.Detail),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.server.Call(t.Context(), emulator.Request{
		Service: "events", Method: http.MethodPost, Path: "/", ContentType: "application/x-amz-json-1.1", Target: "AWSEvents.PutEvents", Body: body,
	})
	if err != nil {
		t.Fatal(err)
	}
	var put struct{ FailedEntryCount int }
	if err := json.Unmarshal(answer, &put); err != nil || put.FailedEntryCount != 0 {
		t.Fatalf("PutEvents: %s (%v)", answer, err)
	}
}
