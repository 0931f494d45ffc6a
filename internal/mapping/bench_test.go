package mapping_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// filler is JSON of about n bytes, as a worker might answer: records of several kinds of values.
func filler(n int) string {
	var b strings.Builder
	b.WriteString(`[`)
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"frame %d","path":"s3://bucket/renders/2026/frame-%06d.exr","ok":true,"seconds":%d.25,"tags":["a","b \"c\""],"none":null}`, i, i, i, i%7)
	}
	b.WriteString(`]`)
	return b.String()
}

const benchToken = "AAAAKgAAAAIAAAAAAAAAAexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexampleexample"

// benchmarks are what queues bring most often, and what is taken the long way.
func benchmarks(tb testing.TB) []struct {
	name, payload string
	programs      []mapping.Program
	allocations   float64 // of the fast path; 0: jq's, not ours to pin
} {
	tb.Helper()
	canonicalForm := func(n int) string { return `{"taskToken":"` + benchToken + `","output":{"files":` + filler(n) + `}}` }
	ecs, err := os.ReadFile("../../events/eventbridge-ecs-task-succeeded.json")
	if err != nil {
		tb.Fatal(err)
	}
	all := shipped(tb)
	own := func(source string) []mapping.Program {
		return append([]mapping.Program{{Name: "MAPPING", Source: source}}, all...)
	}
	return []struct {
		name, payload string
		programs      []mapping.Program
		allocations   float64
	}{
		{"canonical/1KB", canonicalForm(900), all, 4},
		{"canonical/100KB", canonicalForm(100_000), all, 4},
		{"sns/1KB", notification(canonicalForm(900)), all, 7},
		{"sns/100KB", notification(canonicalForm(100_000)), all, 7},
		{"event/1KB", event(canonicalForm(900)), all, 5},
		{"paths/1KB", strings.Replace(canonicalForm(900), "taskToken", "id", 1), own(`{taskToken: .id, output: .output.files}`), 6},
		{"paths/100KB", strings.Replace(canonicalForm(100_000), "taskToken", "id", 1), own(`{taskToken: .id, output: .output.files}`), 6},
		{"ecs", string(ecs), all, 0},
		{"jq/1KB", strings.Replace(canonicalForm(900), "taskToken", "id", 1), own(`{taskToken: .id, output: [.output.files[].ok]}`), 0},
		{"jq/100KB", strings.Replace(canonicalForm(100_000), "taskToken", "id", 1), own(`{taskToken: .id, output: [.output.files[].ok]}`), 0},
	}
}

func BenchmarkMap(b *testing.B) {
	meta := callback.Facts{"trigger": "sqs", "messageAttributes": map[string]any{}}
	for _, bm := range benchmarks(b) {
		b.Run(bm.name, func(b *testing.B) {
			e, err := mapping.New(bm.programs...)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(bm.payload)))
			b.ReportAllocs()
			for b.Loop() {
				if m, err := e.Map(b.Context(), bm.payload, meta); err != nil || len(m.Callbacks) != 1 {
					b.Fatal(m, err)
				}
			}
		})
	}
}

// BenchmarkNew is what a cold start pays for the mappings.
func BenchmarkNew(b *testing.B) {
	all := shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mapping.New(all...); err != nil {
			b.Fatal(err)
		}
	}
}
