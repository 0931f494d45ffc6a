package callback_test

import (
	"fmt"
	"strings"
	"testing"

	"callback-completer/internal/callback"
	"callback-completer/internal/race"
)

// form is a callback in canonical form with an output of about n bytes.
func form(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"taskToken":"AAAAKgAAAAIAAAAAAAAAAexampleexampleexampleexampleexample","output":{"files":[`)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `{"id":%d, "name":"frame \"%d\"", "seconds":%d.25},`, i, i, i%7)
	}
	b.WriteString(`null]}}`)
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := form(n)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := callback.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkResultDigest(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, err := callback.Parse(form(n))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				c.ResultDigest()
			}
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	closed := &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut}
	b.ReportAllocs()
	for b.Loop() {
		if callback.Decide(callback.Success, closed, callback.SameResult).Verdict != callback.Duplicate {
			b.Fatal("no duplicate")
		}
	}
}

// TestAllocations pins what a callback takes, whatever its size: its token, and the outline that is read once.
func TestAllocations(t *testing.T) { //nolint:paralleltest // allocations of others would count
	if race.Enabled {
		t.Skip("the race detector allocates too")
	}
	for _, n := range []int{1_000, 100_000} {
		text := form(n)
		c, err := callback.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(100, func() { _, _ = callback.Parse(text) }); got > 6 {
			t.Errorf("Parse of %d bytes: %v allocations, at most 6 were agreed on", n, got)
		}
		if got := testing.AllocsPerRun(100, func() { c.ResultDigest() }); got > 2 {
			t.Errorf("digest of %d bytes: %v allocations, at most 2 were agreed on", n, got)
		}
	}
}
