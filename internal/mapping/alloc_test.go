package mapping_test

import (
	"testing"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
	"callback-completer/internal/race"
)

// TestAllocations pins how often the fast path takes memory: the payload as bytes, the callback, its token, and little else,
// however large the payload.
func TestAllocations(t *testing.T) { //nolint:paralleltest // allocations of others would count
	if race.Enabled {
		t.Skip("the race detector makes pools forget at random")
	}
	meta := callback.Facts{"trigger": "sqs", "messageAttributes": map[string]any{}}
	for _, bm := range benchmarks(t) {
		if bm.allocations == 0 {
			continue
		}
		e, err := mapping.New(bm.programs...)
		if err != nil {
			t.Fatal(err)
		}
		got := testing.AllocsPerRun(200, func() {
			if m, err := e.Map(t.Context(), bm.payload, meta); err != nil || len(m.Callbacks) != 1 {
				t.Fatal(m, err)
			}
		})
		if got > bm.allocations {
			t.Errorf("%s: %v allocations, at most %v were agreed on", bm.name, got, bm.allocations)
		}
	}
}
