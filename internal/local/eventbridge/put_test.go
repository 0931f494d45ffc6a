package eventbridge_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/eventbridge"
)

// TestPutEvents: one request with entries of every kind; what is wrong with one does not keep the others back.
func TestPutEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var events []string
		b.bus.Subscribe(func(event []byte) { events = append(events, string(event)) })
		status, output := b.call("PutEvents", `{"Entries":[
			{"Source":"my.app","DetailType":"Order","Detail":"{\"n\": 9007199254740993, \"d\":1.10,\"html\":\"<&>\"}","Resources":["a","b"],"TraceHeader":"x"},
			{"Source":"my.app","DetailType":"Order","Detail":"{}","Time":1478139646.5,"EventBusName":"default"},
			{"DetailType":"Order","Detail":"{}"},
			{"Source":"my.app","Detail":"{}"},
			{"Source":"my.app","DetailType":"Order"},
			{"Source":"my.app","DetailType":"Order","Detail":"{"},
			{"Source":"my.app","DetailType":"Order","Detail":"[]"},
			{"Source":"aws.batch","DetailType":"Order","Detail":"{}"},
			{"Source":"my.app","DetailType":"Order","Detail":"{}","EventBusName":"own"},
			{"Source":"my.app","DetailType":"`+strings.Repeat("é", 129)+`","Detail":"{}"}]}`)
		var out struct {
			FailedEntryCount int
			Entries          []struct{ EventId, ErrorCode, ErrorMessage string } //nolint:revive // AWS's spelling
		}
		if err := json.Unmarshal([]byte(output), &out); err != nil || status != 200 || out.FailedEntryCount != 8 || len(out.Entries) != 10 {
			t.Fatalf("%d %s, %v", status, output, err)
		}
		wants := []string{
			"", "", "InvalidArgument: Parameter Source is not valid. Reason: Source is a required argument.",
			"InvalidArgument: Parameter DetailType is not valid. Reason: DetailType is a required argument.",
			"InvalidArgument: Parameter Detail is not valid. Reason: Detail is a required argument.",
			"MalformedDetail: Detail is malformed.", "MalformedDetail: Detail is malformed.",
			"NotAuthorizedForSourceException: Not authorized for the source.",
			"InvalidArgument: Parameter EventBusName is not valid. Reason: the stand-in has the default event bus only.",
			"InvalidArgument: Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.",
		}
		for i, e := range out.Entries {
			got := e.ErrorCode + ": " + e.ErrorMessage
			if wants[i] == "" && (got != ": " || len(e.EventId) != 36) || wants[i] != "" && (got != wants[i] || e.EventId != "") {
				t.Errorf("entry %d: %+v, want %q", i, e, wants[i])
			}
		}
		want := []string{
			`{"version":"0","id":"` + out.Entries[0].EventId + `","detail-type":"Order","source":"my.app","account":"000000000000",` +
				`"time":"2000-01-01T00:00:00Z","region":"us-east-1","resources":["a","b"],"detail":{"n":9007199254740993,"d":1.10,"html":"<&>"}}`,
			`{"version":"0","id":"` + out.Entries[1].EventId + `","detail-type":"Order","source":"my.app","account":"000000000000",` +
				`"time":"2016-11-03T02:20:46Z","region":"us-east-1","resources":[],"detail":{}}`,
		}
		if diff := cmp.Diff(want, events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// TestPutEventsSize: 1 MiB over all entries, counted as the guide says, and ten of them.
func TestPutEventsSize(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	entry := func(size int) eventbridge.Entry { // source, detail type, time and the resource are 1 + 1 + 14 + 2 bytes
		return eventbridge.Entry{
			Source: "s", DetailType: "d", Time: &eventbridge.Time{}, Resources: []string{"é"},
			Detail: `{"x":"` + strings.Repeat("x", size-18-8) + `"}`,
		}
	}
	for _, tt := range []struct {
		name    string
		entries []eventbridge.Entry
		want    string
	}{
		{"one at the limit", []eventbridge.Entry{entry(1 << 20)}, ""},
		{"one above", []eventbridge.Entry{entry(1<<20 + 1)}, "ValidationException"},
		{"two at the limit", []eventbridge.Entry{entry(1 << 19), entry(1 << 19)}, ""},
		{"two above", []eventbridge.Entry{entry(1 << 19), entry(1<<19 + 1)}, "ValidationException"},
		{"ten", make([]eventbridge.Entry, 10), ""},
		{"eleven", make([]eventbridge.Entry, 11), "ValidationException"},
	} {
		if results, err := b.bus.PutEvents(tt.entries); code(err) != tt.want || err == nil && len(results) != len(tt.entries) {
			t.Errorf("%s: %d results, %v", tt.name, len(results), err)
		}
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	q := b.queue("q", nil)
	if _, err := b.bus.PutRule(eventbridge.Rule{Name: "r", EventPattern: `{"source":["aws.ec2"]}`}); err != nil {
		t.Fatal(err)
	}
	if err := b.bus.PutTargets("r", []eventbridge.Target{{ID: "q", ARN: q.ARN()}}); err != nil {
		t.Fatal(err)
	}
	if err := b.bus.Publish([]byte(instance)); err != nil {
		t.Fatal(err)
	}
	if held := q.Peek(); len(held) != 1 || held[0].Body != instance {
		t.Errorf("held %+v", held)
	}
	for _, event := range []string{"", "[]", `"x"`, "{", `{"x":"` + strings.Repeat("x", 1<<20) + `"}`} {
		if err := b.bus.Publish([]byte(event)); code(err) != "ValidationException" {
			t.Errorf("%.20q: %v", event, err)
		}
	}
}

func TestPutEventsIntegration(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, params, detail, want string }{
		{"object", `{"Entries":[{"Source":"s","DetailType":"d","Detail":{"n":1.10,"t":"<+/=>"}}]}`, `{"n":1.10,"t":"<+/=>"}`, ""},
		{"string", `{"Entries":[{"Source":"s","DetailType":"d","Detail":"{\"n\":1.10}","Time":"2016-11-03T02:34:06Z"}]}`, `{"n":1.10}`, ""},
		{"no detail", `{"Entries":[{"Source":"s","DetailType":"d"}]}`, "", "FailedEntry"},
		{"null detail", `{"Entries":[{"Source":"s","DetailType":"d","Detail":null}]}`, "", "FailedEntry"},
		{"text", `{"Entries":[{"Source":"s","DetailType":"d","Detail":"text"}]}`, "", "FailedEntry"},
		{"array", `{"Entries":[{"Source":"s","DetailType":"d","Detail":[1]}]}`, "", "FailedEntry"},
		{"second fails", `{"Entries":[{"Source":"s","DetailType":"d","Detail":{}},{"Detail":{}}]}`, `{}`, "FailedEntry"},
		{"no entries", `{}`, "", "ValidationException"},
		{"wrong type", `{"Entries":1}`, "", "ValidationException"},
	} {
		b := newBench(t)
		var details []string
		b.bus.Subscribe(func(event []byte) {
			var e struct{ Detail json.RawMessage }
			if err := json.Unmarshal(event, &e); err != nil {
				t.Error(err)
			}
			details = append(details, string(e.Detail))
		})
		out, err := b.bus.PutEventsIntegration(t.Context(), json.RawMessage(tt.params))
		if code(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if got := strings.Join(details, " "); got != tt.detail {
			t.Errorf("%s: put %s, want %s", tt.name, got, tt.detail)
		}
		if err == nil && (!strings.HasPrefix(string(out), `{"FailedEntryCount":0,"Entries":[{"EventId":"`) || !json.Valid(out)) {
			t.Errorf("%s: %s", tt.name, out)
		}
		if tt.want == "FailedEntry" && !strings.Contains(fmt.Sprint(err), `"FailedEntryCount":1`) {
			t.Errorf("%s: the cause does not tell which: %v", tt.name, err)
		}
	}
}
