package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
)

func TestTryRunsEveryMapping(t *testing.T) {
	t.Parallel()
	e := engine(t, `empty`, `.x + 1`, `{taskToken: .taskToken}`, canonical, `null`, `def f: f; f`, `range(101) | null`)
	trial, err := e.Try(t.Context(), notification(`{"taskToken":"t", "output": [1.10], "x": "text"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Mapping          string
		Results, Found   int
		Program, Invalid bool
	}
	var got []line
	for _, a := range trial.Attempts {
		got = append(got, line{a.Mapping, a.Results, len(a.Callbacks), a.Program != nil, a.Form != nil})
	}
	want := []line{
		{"m0", 0, 0, false, false},
		{"m1", 0, 0, true, false},
		{"m2", 1, 0, false, true},
		{"m3", 1, 1, false, false},
		{"m4", 1, 0, false, false},
		{"m5", 0, 0, true, false},
		{"m6", 0, 0, true, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	if text := trial.Attempts[1].Program.Error(); !strings.Contains(text, `"text"`) {
		t.Errorf("the error does not say what jq says: %s", text)
	}
	if got := string(trial.Payload); got != `{"taskToken":"t", "output": [1.10], "x": "text"}` || trial.Attempts[3].Values[0] != got {
		t.Errorf("payload %s, value %s", got, trial.Attempts[3].Values)
	}
	if diff := cmp.Diff([]string{"sns"}, trial.Envelopes); diff != "" {
		t.Errorf("envelopes (-want +got):\n%s", diff)
	}
}

func TestTryRefusesWhatNoMappingSees(t *testing.T) {
	t.Parallel()
	_, err := engine(t, canonical).Try(t.Context(), strings.Repeat("[", 2000), nil)
	var e *callback.Error
	if !errors.As(err, &e) || e.Code != "InvalidPayload" {
		t.Errorf("%v, want InvalidPayload", err)
	}
	trial, err := engine(t, canonical).Try(t.Context(), "text", nil)
	if err != nil || trial.Plain == "" || string(trial.Payload) != `"text"` {
		t.Errorf("%+v, %v", trial, err)
	}
}
