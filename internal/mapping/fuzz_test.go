package mapping_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// refused demands a permanent *callback.Error with one of the codes.
func refused(t *testing.T, err error, codes ...callback.Code) {
	t.Helper()
	var e *callback.Error
	if !errors.As(err, &e) || e.Kind != callback.Permanent || !slices.Contains(codes, e.Code) {
		t.Fatalf("error %v, want a permanent one of %v", err, codes)
	}
}

// FuzzEngine runs whatever compiles over whatever comes: no panic, no run past the limit, no result over one.
func FuzzEngine(f *testing.F) {
	for _, seed := range [][2]string{
		{canonical, `{"taskToken":"t","output":1}`},
		{`{taskToken: .t, output: (.b | fromjson)}`, `{"t":"t","b":"[1.10]"}`},
		{`.a[] as [$x, {y: $z}] | {taskToken: $x, error: "\($z)"}`, `{"a":[["t",{"y":1}]]}`},
		{`def f(g): g | f(g); f(.)`, `0`},
		{`[.. | select(type == "string")] | {taskToken: first, cause: join(",")}`, `{"a":["t","x"]}`},
		{`.a * .b * 2`, `{"a":2,"b":{}}`},
		{`try error catch {taskToken: "t", output: .}`, `{"z":1,"a":2}`},
		{`reduce range(100) as $i (.; [.])`, `1`},
		{`limit(3; repeat({taskToken: "t", outcome: "heartbeat"}))`, ``},
		{`@base64d | test("(a+)+$"; "x")`, `"YWFhYWFh"`},
		{`label $out | foreach .[] as $i (0; . + $i; if . > 3 then ., break $out else empty end)`, `[1,2,3]`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, source, payload string) {
		e, err := mapping.New(mapping.Program{Name: "m", Source: source})
		if err != nil {
			return
		}
		start := time.Now()
		m, err := e.Map(t.Context(), payload, callback.Facts{"k": "v"})
		if took := time.Since(start); took > 20*mapping.MaxRunTime {
			t.Fatalf("%v for %q", took, source)
		}
		if err != nil {
			refused(t, err, "NoMapping", "MappingFailed", "MappingTimeout", "TooManyCallbacks",
				"InvalidPayload", "InvalidCallback", "InvalidTaskToken", "OutputTooLarge")
			return
		}
		if m.Mapping != "m" || len(m.Callbacks) > mapping.MaxResults {
			t.Fatalf("mapping %q, %d callbacks", m.Mapping, len(m.Callbacks))
		}
	})
}
