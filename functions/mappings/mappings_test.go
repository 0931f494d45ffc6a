package mappings_test

import (
	"testing"

	"callback-completer/internal/mapping"
)

func TestShippedMappings(t *testing.T) {
	t.Parallel()
	all := engine(t, shipped(t)...)
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
		if r := run(t, all, payload); r.Mapping != want {
			t.Errorf("%s: taken by %q, want %q", payload, r.Mapping, want)
		}
	}
}

// TestEveryMappingCompiles: the functions compile them only when a payload asks for one.
func TestEveryMappingCompiles(t *testing.T) {
	t.Parallel()
	for _, p := range shipped(t) {
		if !p.Proven {
			t.Errorf("%s is compiled at every start", p.Name)
		}
		p.Proven = false
		engine(t, p)
	}
}

// TestSourcesLeaveRoom: a user who copies a mapping to change it must not begin at the limit.
func TestSourcesLeaveRoom(t *testing.T) {
	t.Parallel()
	for _, p := range shipped(t) {
		if len(p.Source) > mapping.MaxSourceBytes/2 {
			t.Errorf("%s has %d bytes", p.Name, len(p.Source))
		}
	}
}
