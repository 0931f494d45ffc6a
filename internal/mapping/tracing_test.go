package mapping

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/itchyny/gojq"

	"callback-completer/internal/jsonspan"
)

// outcome runs a program, traced or not, and returns all that it yields and how it ends.
func outcome(ctx context.Context, source, payload string, traced bool) (string, error) {
	query, err := gojq.Parse(source)
	if err != nil {
		return "", err
	}
	d, err := jsonspan.Parse([]byte(payload))
	if err != nil {
		return "", err
	}
	c := &compiled{name: "m"}
	if traced {
		known := atlas{}
		known.add(d.Root(), &place{})
		err = c.build(newTracing(query).program(query), known.functions()...)
	} else {
		err = c.build(query)
	}
	if err != nil {
		return "", err
	}
	var out strings.Builder
	c.current = &run{payload: d}
	iter := c.code.RunWithContext(ctx, d.Root(), nil)
	for range 1000 {
		v, ok := iter.Next()
		if !ok {
			break
		}
		var inner *located
		failure, failed := v.(error)
		switch {
		case errors.As(failure, &inner):
			fmt.Fprintf(&out, "error %v;", inner.caught)
			return out.String(), nil
		case errors.Is(failure, context.DeadlineExceeded):
			return "", failure
		case failed:
			fmt.Fprintf(&out, "error %v;", caught(failure))
			return out.String(), nil
		}
		text, err := gojq.Marshal(v)
		fmt.Fprintf(&out, "%s %v;", text, err)
	}
	return out.String(), nil
}

func tracedPrograms() []string {
	return []string{
		`.`, `..`, `empty`, `.a`, `.list[]`, `.list[1:]`, `.list[:-1]`, `.list[.a:.b]`, `.words[1:3]`, `.o.x["y"]`, `.o["x"]?`, `.words.x?`, `[.list[]?]`, `.a[]?`,
		`.. | numbers`, `[.list[] | . * 2, . + 1]`, `(1, 2) + (10, 20)`, `(1, 2) * (10, 20) - .a`, `[.list[.a - 1, .a]]`, `{(.words, "k"): (1, 2), b: .a}`, `{a, "b", $__loc__}`,
		`. as {a: $x, b: $y} | $x + $y`, `.list as [$x, $y] | [$y, $x]`, `. as [$x] ?// {a: $x} | $x`, `.[] as [$x] ?// $x | $x`, `reduce .list[] as $n (0; . + $n)`,
		`foreach .list[] as $n (0; . + $n; [$n, .])`, `foreach .list[] as $n (0; . + $n)`, `label $f | .list[] | if . > 1 then ., break $f else . end`, `first(.list[])`,
		`[limit(2; .list[])]`, `isempty(.list[])`, `any(.list[]; . > 2)`, `all(.list[]; . > 2)`, `[path(..)]`, `path(.o.x.y)`, `[paths]`, `path(.list[1:][0])`, `path(first(.list[]))`, `path(.o | select(.x) | .x)`,
		`path(.missing // .a)`, `path(if .a then .b else .o end)`, `[path(.list[], .o[])]`, `del(.list[0, 1])`, `del(.o.x)`, `to_entries`, `with_entries(select(.key != "a"))`, `[.list[] | select(. > 1)]`,
		`map(1)`, `.list | map(. + 1)`, `.o | map(.y)`, `.list | sort_by(-.)`, `.list | group_by(. > 1)`, `[.list | .[], length]`, `-(.a)`, `-1`, `+.a`, `"a\(.a)b\(.list[])c"`, `@base64 "x\(.words)"`,
		`.words | @base64 | @base64d`, `@json`, `.json | fromjson | .x`, `try error({a: 1}) catch .a`, `try error("x") catch .`, `try (.a | error) catch . + 1`, `[.list[] | try (if . > 1 then error("x") else . end) catch "caught"]`,
		`try (try error("a") catch error("b")) catch .`, `error(null)`, `try error(null) catch .`, `try error catch .a`, `.a as $x | try error("\($x)") catch ., $x`, `(try error("x")) // 1`, `(.a, null, .b) // 3`, `(.missing, false) // (1, 2)`, `error("x") // 1`,
		`def f: .a; f`, `def f(g): [g, g]; f(.a)`, `def f($x): $x + 1; f(.a)`, `def f($x; g): $x | g; f(.list; .[0])`, `def f: def g: 3; g * .a; f`, `def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; .a | fac`,
		`def f(g): def h: g; h | h; 3 | f(. + 1)`, `def map(f): "own"; map(.)`, `def select(f): "own"; select(false)`, `def values: "own"; values`, `(def f: 5; f), .a`, `(. as $a | $a.b), .b`, `[recurse(if . < 3 then . + 1 else empty end)]?`,
		`.a | [recurse(if . < 5 then . + 1 else empty end)]`, `[range(.a)]`, `until(type == "number"; .a)`, `[.a | while(. < 6; . + 1)]`, `input`, `halt`, `.a and .b`, `.missing or .a`, `not`, `.a == 2 and (.words | test("a"))`,
		`.words | [match("a"; "g").offset]`, `.words | gsub("a"; "b")`, `[.words | splits(", *")]`, `.words | ascii_downcase | explode | implode`, `tojson | fromjson | .o`, `getpath(["o", "x"])`, `[.list[] as $x | .o.x.y + $x]`,
		`if .missing then 1 end`, `if .missing then 1 elif .a == 2 then 2 else 3 end`, `[if (true, false) then 1 else 2 end]`, `.list | .[0], .[1]`, `.list | first, last, add, min`, `[.[] | scalars]`, `[.[] | iterables]`, `.o[]`, `.o | keys, length`, `splits("a")`, `ltrimstr("x")`,
		`.list[.missing]`, `.words[.a]`, `.a[.b]`, `{} | .a.b.c`, `null | .[]`, `[.[]?]`, `[..]`, `$meta`, `$ENV`, `@csv`, `.list | @csv`, `.o | @sh`, `ascii`, `limit(-1; .)`, `[.list[] | . as $x | $x, 10 - $x]`, `.list[0] as $x | .list[$x]`, `.["a"]`, `."a"`, `."\("a")"`, `.o."x"."y"`, `.[("a", "b")]`,
		`.list | to_entries[] | select(.value > 1) | .key`, `.list[][0, 1]?`, `[.list, [4, 5]] | .[][0, 1]`, `[.list, [4, 5]] | .[][(0, 1):(1, 2)]`, `path(paths[paths])?`, `.list | IN(3)`, `[.list[] | IN(1, 3)]`, `INDEX(.list[]; .)`, `ascii(65)`, `[.list | combinations]`, `.list | [., .] | [combinations]`, `walk(if type == "number" then . + 1 else . end)`, `env`, `splits`, `tostream`, `[tostream] | length`, `.a??`, `.a?.b?`, `.words?[0:1]`, `(.a, .words | tonumber)?`, `[(.list[], .words) | . + 1]`,
	}
}

// TestTracingKeepsTheMeaning holds traced programs against those that are not.
func TestTracingKeepsTheMeaning(t *testing.T) {
	t.Parallel()
	const payload = `{"a": 2, "b": 3.5, "list": [1, 2, 3], "o": {"x": {"y": 1}}, "json": "{\"x\": 1.5}", "words": "a, b,c, a"}`
	for _, source := range tracedPrograms() {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			want, err := outcome(t.Context(), source, payload, false)
			got, traced := outcome(t.Context(), source, payload, true)
			if (err == nil) != (traced == nil) {
				t.Fatalf("plain %v, traced %v", err, traced)
			}
			if got != want {
				t.Errorf("traced %s\nplain  %s", got, want)
			}
		})
	}
}

// FuzzTracing traces whatever compiles over whatever comes: it still does what the plain program does, and what is said
// of its failure is in its source.
func FuzzTracing(f *testing.F) {
	for _, source := range tracedPrograms() {
		f.Add(source, `{"a": 2, "b": 3.5, "list": [1, 2, 3], "o": {"x": {"y": 1}}, "words": "a, b,c, a"}`)
	}
	f.Fuzz(func(t *testing.T, source, payload string) {
		p := Program{Name: "m", Source: source}
		if _, err := p.compile(); err != nil || strings.Contains(source, "now") { // the clock moves on between the two
			return
		}
		plain, cancel := context.WithTimeout(t.Context(), MaxRunTime)
		defer cancel()
		want, err := outcome(plain, source, payload, false)
		if err != nil {
			return
		}
		watched, cancel := context.WithTimeout(t.Context(), MaxRunTime)
		defer cancel()
		got, err := outcome(watched, source, payload, true)
		// Two faults at once, an operation that fails and that is no path where path() wants one, may come in the other order.
		another := got != want && strings.Contains(want, "invalid path against")
		switch {
		case errors.Is(err, context.DeadlineExceeded): // it takes longer, and then says nothing
		case err != nil:
			t.Fatalf("traced: %v", err)
		case got != want && !another:
			t.Fatalf("traced %s\nplain  %s", got, want)
		}
		e, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		trial, err := e.Try(t.Context(), payload, nil)
		if err != nil || trial.Attempts[0].Failure == nil {
			return
		}
		found := trial.Attempts[0].Failure
		if another {
			t.Fatalf("%v failed, and at %+v something else did", trial.Attempts[0].Program, found)
		}
		if trial.Attempts[0].Program == nil || found.Expression == "" || found.Line > 0 && !strings.Contains(source, found.Expression) {
			t.Fatalf("%v failed at %+v", trial.Attempts[0].Program, found)
		}
	})
}
