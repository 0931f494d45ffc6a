package trial_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/trial"
	"callback-completer/internal/mapping"
)

var update = flag.Bool("update", false, "rewrite testdata")

const canonical = `select(type == "object" and has("taskToken"))`

func try(t *testing.T, event, trigger string, sources ...string) (string, error) {
	t.Helper()
	var programs []mapping.Program
	for _, source := range append(sources, canonical) {
		programs = append(programs, mapping.Program{Name: "m" + string(rune('0'+len(programs))) + ".jq", Source: source})
	}
	var out bytes.Buffer
	var err error
	synctest.Test(t, func(t *testing.T) { // no time passes, so that a busy machine is no slow mapping
		err = trial.Run(t.Context(), trial.Options{Event: []byte(event), Trigger: trigger, Programs: programs, Out: &out})
	})
	return out.String(), err
}

// request is an event of an HTTP API.
func request(path, body, authorizer, contentType string) string {
	quoted, _ := json.Marshal(body)
	return `{"version":"2.0","rawPath":"` + path + `","headers":{"host":"api.example.com","content-type":"` + contentType + `"},"requestContext":{` +
		authorizer + `"stage":"$default","http":{"method":"POST"}},"body":` + string(quoted) + `,"isBase64Encoded":false}`
}

// TestNoTokenIsShown, wherever a mapping puts it.
func TestNoTokenIsShown(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]string{
		"in an output": `{"taskToken":"CANARY-token","output":{"said":"CANARY-token"}}`,
		"in a cause":   `{"taskToken":"CANARY-token","error":"E","cause":"of CANARY-token"}`,
		"in an error":  `{"taskToken":"CANARY-token","error":"CANARY-token"}`,
	} {
		for _, payload := range []string{event, request("/callbacks", event, "", "application/json")} {
			if out, err := try(t, payload, ""); err != nil || strings.Contains(out, "CANARY") {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	}
}

// TestScreens compares what is told with golden files.
func TestScreens(t *testing.T) {
	t.Parallel()
	const token = "AAAAKgAAAAIAAAAAAAAAAEXAMPLE+TASK/TOKEN1EXAMPLE=="
	tests := []struct {
		name, event, trigger string
		mappings             []string
		want                 error
	}{
		{"success", `{"taskToken":"` + token + `","output":{"z":1.10}}`, "", nil, nil},
		{"failure", `{"taskToken":"` + token + `","error":"E","cause":"` + strings.Repeat("c", 33_000) + `"}`, "sqs", nil, nil},
		{"heartbeat", `{"taskToken":"` + token + `","outcome":"heartbeat"}`, "eventbridge", nil, nil},
		{"malformed", `{"taskToken": ` + token, "", nil, trial.ErrNoCallback},
		{"too deep", strings.Repeat("[", 1001), "sqs", nil, trial.ErrNoCallback},
		{"not canonical", `{"taskToken":"short","output":1,"error":"E"}`, "sqs", nil, trial.ErrNoCallback},
		{"nothing to complete", `{"state":"RUNNING"}`, "sqs", []string{`select(.state) | null`}, trial.ErrNoCallback},
		{"wrong path", `{"detail":{"task-token":"` + token + `","env":[{"name":"TASK_TOKEN","value":"` + token + `"}]}}`, "", []string{`{taskToken: .detail.taskToken, output: 1}`}, trial.ErrNoCallback},
		{"jq error", `{"a":"text"}`, "", []string{`{taskToken: (.a + 1), output: 1}`}, trial.ErrNoCallback},
		{"jq error in a list", `{"list":[{"n":"1"},{"n":"` + token + `"}]}`, "sqs", []string{"# numbers\n.list[]\n  | {taskToken: (.n | tonumber |\n    tostring)}"}, trial.ErrNoCallback},
		{"posted body", `{"taskToken":"` + token + `","output":{"z":1.10}}`, "http", nil, nil},
		{"posted heartbeat", `{"taskToken":"` + token + `","outcome":"heartbeat"}`, "http", nil, nil},
		{"posted body too large", `{"taskToken":"` + token + `","output":"` + strings.Repeat("x", 1<<20) + `"}`, "http", nil, trial.ErrNoCallback},
		{"posted body of no mapping", `{"state":"done"}`, "http", nil, trial.ErrNoCallback},
		{"posted body that is ignored", `{"state":"RUNNING"}`, "http", []string{`select(.state) | null`}, trial.ErrNoCallback},
		{"posted body that is not UTF-8", "{\"taskToken\":\"\xff\"}", "http", nil, trial.ErrNoCallback},
		{"HTTP API", request("/callbacks", `{"taskToken":"`+token+`","output":1}`, `"authorizer":{"iam":{"userArn":"arn:aws:iam::123456789012:user/u"}},`, "application/json"), "", nil, nil},
		{"HTTP API without authorizer", request("/callbacks", `{"taskToken":"`+token+`","error":"E"}`, "", "application/json"), "http", nil, nil},
		{"wrong media type", request("/callbacks", `taskToken=`+token, "", "text/plain"), "", nil, trial.ErrNoCallback},
		{"unknown path", request("/callback", `{}`, "", "application/json"), "", nil, trial.ErrNoCallback},
		{"broken base64", strings.Replace(request("/callbacks", `{}`, "", "application/json"), `"isBase64Encoded":false`, `"isBase64Encoded":true`, 1), "", nil, trial.ErrNoCallback},
		{"webhook", request("/webhooks/acme", `{"token":"`+token+`","done":true}`, "", "application/json"), "", []string{`{taskToken: .token, output: [.done, $meta.source, $meta.trigger]}`}, nil},
		{"webhook form", request("/webhooks/slack", "payload="+url.QueryEscape(`{"actions":[{"value":"`+token+`"}]}`), "", "application/x-www-form-urlencoded"), "", []string{`{taskToken: .actions[0].value, output: $meta.envelopes}`}, nil},
		{"webhook of no mapping", request("/webhooks/acme", `{}`, "", "application/json"), "", nil, trial.ErrNoCallback},
		{"webhook that greets", request("/webhooks/slack", `{"type":"url_verification","challenge":"abc","token":"x"}`, "", "application/json"), "", nil, trial.ErrNoCallback},
		{"webhook of a source that cannot be", request("/webhooks/Acme", `{}`, "", "application/json"), "", nil, trial.ErrNoCallback},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := try(t, tt.event, tt.trigger, tt.mappings...)
			if !errors.Is(err, tt.want) || strings.Contains(got, token[:12]) || strings.Contains(got, "short") && tt.name == "not canonical" {
				t.Errorf("error %v, want %v; screen\n%s", err, tt.want, got)
			}
			golden := filepath.Join("testdata", strings.ReplaceAll(tt.name, " ", "-")+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("screen (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryMessageOfABatchCounts(t *testing.T) {
	t.Parallel()
	batch := func(bodies ...string) string {
		var records []string
		for _, body := range bodies {
			records = append(records, `{"messageId":"m","eventSource":"aws:sqs","body":"`+strings.ReplaceAll(body, `"`, `\"`)+`","messageAttributes":{"t":{"stringValue":"from-attribute"}}}`)
		}
		return `{"Records":[` + strings.Join(records, ",") + `]}`
	}
	const good = `{"taskToken":"t","output":1}`
	if out, err := try(t, batch(good, good), ""); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := try(t, batch(good, "bad"), ""); !errors.Is(err, trial.ErrNoCallback) || !strings.Contains(out, "message 2 of 2") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := try(t, batch("text"), "", `{taskToken: $meta.messageAttributes.t, output: .}`); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for trigger, event := range map[string]string{
		"eventbridge": batch(good), "http": batch(good), "sqs": request("/callbacks", good, "", "application/json"),
	} {
		if _, err := try(t, event, trigger); err == nil || errors.Is(err, trial.ErrNoCallback) {
			t.Errorf("another trigger's event for %s: %v", trigger, err)
		}
	}
}

func TestAMappingThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	if _, err := try(t, `{}`, "", "{taskToken: .a,\n output"); err == nil || !strings.Contains(err.Error(), "m0.jq, line 2") {
		t.Errorf("%v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestAScreenThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	err := trial.Run(t.Context(), trial.Options{Event: []byte(`{}`), Programs: []mapping.Program{{Name: "m", Source: "."}}, Out: full{}})
	if err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("%v", err)
	}
}
