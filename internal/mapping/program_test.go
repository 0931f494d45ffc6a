package mapping

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
	"pgregory.net/rapid"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
)

// TestPanicIsContained runs a program whose function panics with the payload, as a bug in the engine might.
func TestPanicIsContained(t *testing.T) {
	t.Parallel()
	query, err := gojq.Parse("bug")
	if err != nil {
		t.Fatal(err)
	}
	code, err := gojq.Compile(query, gojq.WithVariables([]string{metaVariable}),
		gojq.WithFunction("bug", 0, 0, func(v any, _ []any) any { panic(v) }))
	if err != nil {
		t.Fatal(err)
	}
	c := &compiled{name: "m", code: code}
	_, err = (&run{payload: jsonspan.Text("secret")}).iterate(t.Context(), c)
	err = silence(t.Context(), err)
	var e *callback.Error
	if !errors.As(err, &e) || e.Code != "MappingFailed" || strings.Contains(err.Error(), "secret") {
		t.Errorf("run: %v, want MappingFailed that quotes nothing", err)
	}
}

// TestGuardKeepsTheMeaning holds guarded programs against plain gojq: replacing * and fromjson must not be seen.
func TestGuardKeepsTheMeaning(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`.a * .b`, `2 * 3 * 4`, `(1, 2) * (10, 20)`, `[.list[] * 2]`, `{x: (.a * .b)}`, `.o * .p`, `. as {$a, $b} | $a * $b`,
		`def f: . * 2; .a | f | f`, `.a * null`, `try (.a * {}) catch "no"`, `.json | fromjson`, `[.json, "2"] | map(fromjson)`,
		`try (.a | fromjson) catch "no"`, `.json | fromjson | .x * 2`, `if .a * 2 > 3 then "big" else "small" end`, `"\(.a * .b)"`,
		`[.words | splits(", *")]`, `.words | gsub("a"; "b") | test("b")`, `.words | [match("a"; "g").offset]`, `.words | sub("(?<x>a)"; "\(.x)!")`,
		`def test(x): "own"; .words | test("a")`, `[.words, "x"] | map(split(", "))`, `.words | scan("a")`, `.a as $n | .b * $n`, `(.a | . + 1) * 2`,
		`def g: 3; def h: 4; g * h`, `reduce .list[] as $n (1; . * $n)`, `.a * .b | . * .`, `-(.a * 2)`, `def m(f): f * f; m(.a)`, `first(.list[] * 2)`,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			input := `{"a": 2, "b": 3.5, "list": [1, 2, 3], "o": {"x": {"y": 1}}, "p": {"x": {"z": 2}}, "json": "{\"x\": 1.5}", "words": "a, b,c, a"}`
			plain, err := gojq.Parse(source)
			if err != nil {
				t.Fatal(err)
			}
			d, err := jsonspan.Parse([]byte(input))
			if err != nil {
				t.Fatal(err)
			}
			want := collect(plain.Run(d.Root()))
			c, err := Program{Name: "m", Source: source}.compile()
			if err != nil {
				t.Fatal(err)
			}
			c.current = &run{payload: d}
			got := collect(c.code.Run(d.Root(), nil))
			if got != want {
				t.Errorf("guarded %s\nplain   %s", got, want)
			}
		})
	}
}

func collect(iter gojq.Iter) string {
	var out strings.Builder
	for v, ok := iter.Next(); ok; v, ok = iter.Next() {
		if _, failed := v.(error); failed {
			out.WriteString("error;")
			continue
		}
		text, err := gojq.Marshal(v)
		fmt.Fprintf(&out, "%s %v;", text, err)
	}
	return out.String()
}

// TestProgramsCannotChangeThePayload runs programs that rebuild and delete, then reads the payload again: spans
// would lie if a program could change what they stand for.
func TestProgramsCannotChangeThePayload(t *testing.T) {
	t.Parallel()
	sources := []string{
		`del(.a)`, `del(.list[0])`, `to_entries`, `with_entries(select(.key != "a"))`, `.list + [9]`, `.list | sort | reverse`,
		`map_values(1)`, `[.list[] | . + 1]`, `. + {a: 2}`, `.o * {x: 2}`, `delpaths([["a"], ["list", 0]])`, `walk(if type == "number" then 0 else . end)`,
		`reduce .list[] as $x ([]; . + [$x])`, `[paths]`, `[.. | scalars]`, `.list[1:]`, `tojson | fromjson | del(.a)`, `[limit(2; .list[])]`,
	}
	rapid.Check(t, func(t *rapid.T) {
		text := `{"a": 1, "list": [3, 1, 2], "o": {"x": {"y": [1]}}}`
		d, err := jsonspan.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s := &run{payload: d}
		for _, source := range rapid.SliceOfN(rapid.SampledFrom(sources), 1, 6).Draw(t, "programs") {
			c, err := Program{Name: "m", Source: source}.compile()
			if err != nil {
				t.Fatal(err)
			}
			c.current = s
			collect(c.code.Run(d.Root(), nil))
		}
		got, err := gojq.Marshal(d.Root())
		if err != nil || string(got) != `{"a":1,"list":[3,1,2],"o":{"x":{"y":[1]}}}` {
			t.Fatalf("the payload became %s, %v", got, err)
		}
	})
}
