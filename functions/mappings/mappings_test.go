package mappings_test

import (
	"testing"

	"callback-completer/functions/mappings"
	"callback-completer/internal/mapping"
)

func TestShippedMappings(t *testing.T) {
	t.Parallel()
	programs, err := mappings.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	all, err := mapping.New(programs...)
	if err != nil {
		t.Fatalf("a shipped mapping does not compile: %v", err)
	}
	const event = `{"version":"0","id":"1","source":"my.worker","detail-type":"Answer","detail":`
	for payload, want := range map[string]string{
		`{"taskToken":"t","output":1}`:            "canonical.jq",
		`{"TaskToken":"t","output":1}`:            "canonical.jq",
		event + `{"taskToken":"t","output":1}}`:   "eventbridge-detail.jq",
		event + `{"TaskToken":"t","error":"E"}}`:  "eventbridge-detail.jq",
		event + `{"state":"running"}}`:            "",
		event + `"text"}`:                         "",
		`{"detail":{"taskToken":"t","output":1}}`: "",
		`[{"taskToken":"t"}]`:                     "",
		`"taskToken"`:                             "",
	} {
		m, _ := all.Map(t.Context(), payload, nil)
		if m.Mapping != want {
			t.Errorf("%s: taken by %q, want %q", payload, m.Mapping, want)
		}
		// No two of them may want the same payload.
		takers := 0
		for _, p := range programs {
			alone, err := mapping.New(p)
			if err != nil {
				t.Fatal(err)
			}
			if m, _ := alone.Map(t.Context(), payload, nil); m.Mapping != "" {
				takers++
			}
		}
		if takers > 1 {
			t.Errorf("%s: %d mappings take it", payload, takers)
		}
	}
}
