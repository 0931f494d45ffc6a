package mappings_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/functions/mappings"
	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

var update = flag.Bool("update", false, "rewrite testdata/samples.golden.json")

// sampleToken is in every sample that carries a task token.
const sampleToken = "AAAAKgAAAAIAAAAAAAAAAEXAMPLE+TASK/TOKEN1=="

// sample is what a mapping sees, its envelopes apart: an event of events/eventbridge-*.json, or the body of the first
// message of events/sqs-*.json.
type sample struct{ name, payload string }

// isJob reports whether the sample is there for the mappings. The others are the queue's, with its tests.
func (s sample) isJob() bool {
	return strings.HasPrefix(s.name, "eventbridge-") || strings.HasPrefix(s.name, "sqs-rekognition-") || s.name == "sqs-lambda-on-success.json"
}

func samples(tb testing.TB) []sample {
	tb.Helper()
	files, err := filepath.Glob("../../events/*.json")
	if err != nil || len(files) < 50 {
		tb.Fatalf("%d sample events, %v", len(files), err)
	}
	var list []sample
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		s := sample{filepath.Base(file), string(text)}
		switch {
		case strings.HasPrefix(s.name, "eventbridge-"):
		case strings.HasPrefix(s.name, "sqs-"):
			var event struct{ Records []struct{ Body string } }
			if err := json.Unmarshal(text, &event); err != nil || len(event.Records) == 0 {
				tb.Fatalf("%s: %d records, %v", file, len(event.Records), err)
			}
			s.payload = event.Records[0].Body
		default:
			continue // another trigger's
		}
		list = append(list, s)
	}
	return list
}

func shipped(tb testing.TB) []mapping.Program {
	tb.Helper()
	programs, err := mappings.Shipped()
	if err != nil {
		tb.Fatal(err)
	}
	return programs
}

func engine(tb testing.TB, programs ...mapping.Program) *mapping.Engine {
	tb.Helper()
	e, err := mapping.New(programs...)
	if err != nil {
		tb.Fatalf("a mapping does not compile: %v", err)
	}
	return e
}

// result is what the shipped mappings make of a payload.
type result struct {
	Mapping   string        `json:"mapping,omitempty"`
	Callbacks []written     `json:"callbacks,omitempty"` // none and no refusal: ignored
	Refused   callback.Code `json:"refused,omitempty"`
}

// written is a callback as it is sent.
type written struct {
	Outcome string `json:"outcome"`
	Token   string `json:"taskToken"`
	Output  string `json:"output,omitempty"` // byte for byte
	Error   string `json:"error,omitempty"`
	Cause   string `json:"cause,omitempty"`
}

func run(t *testing.T, e *mapping.Engine, payload string) (r result) {
	t.Helper()
	m, err := mapped(t, e, payload)
	r.Mapping = m.Mapping
	if err != nil {
		var refusal *callback.Error
		if !errors.As(err, &refusal) || refusal.Kind != callback.Permanent {
			t.Fatalf("error %v, want a permanent one", err)
		}
		r.Refused = refusal.Code
	}
	for _, c := range m.Callbacks {
		r.Callbacks = append(r.Callbacks, written{c.Outcome.String(), c.Token.Reveal(), string(c.Output), c.Error, c.Cause})
	}
	return r
}

// mapped runs the mappings where no time passes: on a busy machine their 250 ms, of the clock and not of the
// processor, can be over before they have had a turn.
func mapped(t *testing.T, e *mapping.Engine, payload string) (m callback.Mapped, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { m, err = e.Map(t.Context(), payload, nil) })
	return m, err
}

// TestSamples compares what becomes of every sample event with the golden file.
func TestSamples(t *testing.T) {
	t.Parallel()
	const golden = "testdata/samples.golden.json"
	all := engine(t, shipped(t)...)
	got := map[string]result{}
	for _, s := range samples(t) {
		if s.isJob() {
			got[s.name] = run(t, all, s.payload)
		}
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// TestNoTwoMappingsTakeTheSameSample: which one decides must not depend on the order of the files.
func TestNoTwoMappingsTakeTheSameSample(t *testing.T) {
	t.Parallel()
	programs := shipped(t)
	alone := make([]*mapping.Engine, len(programs))
	for i, p := range programs {
		alone[i] = engine(t, p)
	}
	unused := map[string]bool{}
	for _, p := range programs {
		unused[p.Name] = true
	}
	for _, s := range samples(t) {
		var takers []string
		for _, e := range alone {
			if r := run(t, e, s.payload); r.Mapping != "" {
				takers = append(takers, r.Mapping)
				delete(unused, r.Mapping)
			}
		}
		if len(takers) > 1 {
			t.Errorf("%s is taken by %v", s.name, takers)
		}
	}
	if len(unused) > 0 {
		t.Errorf("no sample for %v", unused)
	}
}

// TestEveryMappingHasItsSamples: of each kind of job an end that is a success, one that is none, and an event that
// completes nothing.
func TestEveryMappingHasItsSamples(t *testing.T) {
	t.Parallel()
	all := engine(t, shipped(t)...)
	seen := map[string]map[string]bool{}
	for _, s := range samples(t) {
		r := run(t, all, s.payload)
		if seen[r.Mapping] == nil {
			seen[r.Mapping] = map[string]bool{}
		}
		seen[r.Mapping]["ignored"] = seen[r.Mapping]["ignored"] || r.Refused == "" && len(r.Callbacks) == 0
		for _, c := range r.Callbacks {
			seen[r.Mapping][c.Outcome] = true
		}
	}
	for _, p := range shipped(t) {
		wanted := []string{"success", "failure", "ignored"}
		if p.Name == "canonical.jq" || p.Name == "eventbridge-detail.jq" {
			wanted = []string{"success", "failure", "heartbeat"} // whoever sends this form means it
		}
		for _, kind := range wanted {
			if !seen[p.Name][kind] {
				t.Errorf("%s: no sample that is %s", p.Name, kind)
			}
		}
	}
}

// TestTokensStayOutOfResults: an output or cause is kept in the execution's history for anyone to read.
func TestTokensStayOutOfResults(t *testing.T) {
	t.Parallel()
	all := engine(t, shipped(t)...)
	checked := 0
	for _, s := range samples(t) {
		if !s.isJob() {
			continue
		}
		for _, c := range run(t, all, s.payload).Callbacks {
			checked++
			if c.Token != sampleToken {
				t.Errorf("%s: token %q", s.name, c.Token)
			}
			if strings.Contains(c.Output+c.Error+c.Cause, sampleToken) {
				t.Errorf("%s: the token is in its result", s.name)
			}
		}
	}
	if checked < 30 {
		t.Errorf("%d callbacks checked", checked)
	}
}
