package lambda

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callback-completer/internal/race"
)

func ofLengths(lengths ...int) []record {
	var records []record
	for _, n := range lengths {
		records = append(records, record{json: bytes.Repeat([]byte("x"), n)})
	}
	return records
}

func TestSplitAtTheLimit(t *testing.T) {
	t.Parallel()
	const around = len(eventHead) + len(eventTail)
	tests := []struct {
		name    string
		lengths []int
		want    []int // records of each batch
	}{
		{"one", []int{1}, []int{1}},
		{"exactly full", []int{3_000_000, 6_291_456 - around - 3_000_000 - 1}, []int{2}},
		{"a byte too many", []int{3_000_000, 6_291_456 - around - 3_000_000}, []int{1, 1}},
		{"three, exactly full", []int{2_000_000, 2_000_000, 6_291_456 - around - 4_000_000 - 2}, []int{3}},
		{"three, a byte too many", []int{2_000_000, 2_000_000, 6_291_456 - around - 4_000_000 - 1}, []int{2, 1}},
		{"second batch counts anew", []int{6_000_000, 3_000_000, 3_000_000}, []int{1, 2}},
	}
	for _, tt := range tests {
		var got []int
		for _, batch := range split(ofLengths(tt.lengths...)) {
			got = append(got, len(batch))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Every record is in one batch, in order, and every event is within the limit.
func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := 12
		if race.Enabled {
			most = 4 // of megabytes
		}
		lengths := rapid.SliceOfN(rapid.IntRange(1, 3_000_000), 1, most).Draw(t, "lengths")
		var got []int
		for _, batch := range split(ofLengths(lengths...)) {
			if n := len(event(batch)); n > maxRequest {
				t.Fatalf("an event of %d bytes", n)
			}
			for _, r := range batch {
				got = append(got, len(r.json))
			}
		}
		if !slices.Equal(got, lengths) {
			t.Fatalf("records of %v, want %v", got, lengths)
		}
	})
}
