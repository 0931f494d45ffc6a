package mapping_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// located returns where the program fails with the payload. No time passes, so that it does not matter how busy the
// machine is.
func located(t *testing.T, program, payload string) (where *mapping.Failure, failure error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		meta := callback.Facts{"headers": map[string]any{"x-count": "many"}}
		trial, err := engine(t, program).Try(t.Context(), payload, meta)
		if err != nil {
			t.Fatal(err)
		}
		where, failure = trial.Attempts[0].Failure, trial.Attempts[0].Program
	})
	return where, failure
}

func TestFailures(t *testing.T) {
	t.Parallel()
	const payload = `{
		"text": "words", "number": 12345, "yes": true, "nothing": null, "json": "{broken",
		"list": [{"n": "11"}, {"n": "22"}, {"n": "x3"}, {"n": "44"}], "deep": {"a": {"b": "leaf"}},
		"mixed": [10, 20, "thirty"], "odd key": {"x": [[1], "flat"]}, "empty": {}, "pair": [1, 2]
	}`
	tests := []struct {
		name, program string
		expression    string
		line, column  int
		places        []string
	}{
		{"index of the wrong type", `.text.name`, `.text.name`, 1, 1, []string{".text"}},
		{"path on a string", `.deep.a.b.c.d`, `.deep.a.b.c`, 1, 1, []string{".deep.a.b"}},
		{"array index on an object", `.deep[0]`, `.deep[0]`, 1, 1, []string{".deep"}},
		{"computed index", `.list[.text]`, `.list[.text]`, 1, 1, []string{".list"}},
		{"slice of a number", `.number[1:2]`, `.number[1:2]`, 1, 1, []string{".number"}},
		{"null iterated", `.nothing[]`, `.nothing[]`, 1, 1, []string{".nothing"}},
		{"missing iterated", `.deep.missing | .[]`, `.[]`, 1, 17, []string{".deep.missing"}},
		{"true iterated", `.yes | .[] | .x`, `.[]`, 1, 8, []string{".yes"}},
		{"fromjson of garbage", `{taskToken: "t", output: (.json | fromjson)}`, `fromjson`, 1, 35, []string{".json"}},
		{"tonumber", `.text | tonumber`, `tonumber`, 1, 9, []string{".text"}},
		{"error", `if .yes then error("x") else . end`, `error("x")`, 1, 14, []string{"."}},
		{"error of null", `.deep | error(null)`, `error(null)`, 1, 9, []string{".deep"}},
		{"error of an object", `error({a: .text})`, `error({a: .text})`, 1, 1, []string{"."}},
		{"third element", `.list[] | .n | tonumber`, `tonumber`, 1, 16, []string{".list[2].n"}},
		{"member of an element", `.mixed[] | .name?, (. + 1)`, `. + 1`, 1, 21, []string{".mixed[2]"}},
		{"in an object", "{\n  taskToken: .text,\n  output: {sum: (.number + .text)}\n}", `.number + .text`, 3, 18, []string{".number", ".text"}},
		{"in an array", `[.number, -.text]`, `-.text`, 1, 11, []string{".text"}},
		{"in map", `.list | map(.n | tonumber)`, `tonumber`, 1, 18, []string{".list[2].n"}},
		{"map itself", `.text | map(.)`, `map(.)`, 1, 9, []string{".text"}},
		{"null in map", `.pair | map(.x)`, `.x`, 1, 13, []string{".pair[0]"}},
		{"in select", `.list[] | select((.n | tonumber) > 40)`, `tonumber`, 1, 24, []string{".list[2].n"}},
		{"behind select", `.list[2] | select(.n) | .n.x`, `.n.x`, 1, 25, []string{".list[2].n"}},
		{"null behind a filter", `.missing | nulls | tonumber`, `tonumber`, 1, 20, []string{".missing"}},
		{"in a function", `def f: .a.b.c; .deep | f`, `.a.b.c`, 1, 8, []string{".deep.a.b"}},
		{"in a function's argument", `def twice(g): g | g; .deep | twice(.a)`, ``, 0, 0, nil},
		{"in an argument, the second time", `def twice(g): g | g; .deep | twice(.a.b)`, `.a`, 1, 36, []string{".deep.a.b"}},
		{"in a recursive function", `def f: if type == "array" then .[] | f else . + "x" end; .pair | f`, `. + "x"`, 1, 45, nil},
		{"on the left of //", `(.text.a // 1)`, `.text.a`, 1, 2, []string{".text"}},
		{"on the right of //", `.missing // .text.b`, `.text.b`, 1, 13, []string{".text"}},
		{"behind //", `(.missing // .text) | tonumber`, `tonumber`, 1, 23, []string{".text"}},
		{"in a condition", `if .text > 1 and (.text | floor) then 1 else 2 end`, `floor`, 1, 27, []string{".text"}},
		{"in elif", `if .nothing then 1 elif .text.x then 2 else 3 end`, `.text.x`, 1, 25, []string{".text"}},
		{"not in what is caught", `(try .text.a catch "b") + {}`, `(try .text.a catch "b") + {}`, 1, 1, nil},
		{"in what catches", `try .text.a catch (. | tonumber)`, `tonumber`, 1, 24, nil},
		{"raised again", `try .text.a catch error`, `error`, 1, 19, nil},
		{"not in what a question mark passes over", `[.list[] | .n.x?] + {}`, `[.list[] | .n.x?] + {}`, 1, 1, nil},
		{"before the step with the question mark", `.text.a.b?`, `.text.a`, 1, 1, []string{".text"}},
		{"behind a question mark", `.deep?.a?.b.c`, `.deep?.a?.b.c`, 1, 1, []string{".deep.a.b"}},
		{"in a string", `"a \(.number) b \(.text | implode) c"`, `implode`, 1, 27, []string{".text"}},
		{"format", `.deep | @csv`, `@csv`, 1, 9, []string{".deep"}},
		{"format of a string", `@base64d "x\(.text + "!")"`, `@base64d "x\(.text + "!")"`, 1, 1, nil},
		{"key that is no string", `{(.number): 1}`, `{(.number): 1}`, 1, 1, nil},
		{"key that is computed", `{(.text.x): 1}`, `.text.x`, 1, 3, []string{".text"}},
		{"short member", `.text | {name}`, `{name}`, 1, 9, []string{".text"}},
		{"reduce", `reduce .mixed[] as $n (0; . + $n)`, `. + $n`, 1, 27, []string{".mixed[2]"}},
		{"foreach", `foreach .mixed[] as $n (0; . + 1; . + $n | tojson | .x)`, `.x`, 1, 53, nil},
		{"pattern", `.text as [$a] | $a`, `.text as [$a]`, 1, 1, []string{".text"}},
		{"behind a pattern", `.list as [$a, $b] | $b.n.x`, `$b.n.x`, 1, 21, []string{".list[1].n"}},
		{"variable", `.deep as $d | .list[] | $d.a.b.c`, `$d.a.b.c`, 1, 25, []string{".deep.a.b"}},
		{"key from elsewhere", `.list as $l | .deep | $l[.a.b]`, `$l[.a.b]`, 1, 23, []string{".list"}},
		{"key in parentheses", `(.deep | .a)[(.text | length)]`, `(.deep | .a)[(.text | length)]`, 1, 1, []string{".deep.a"}},
		{"odd keys", `."odd key".x[] | .[0].z`, `.[0].z`, 1, 18, []string{`."odd key".x[0][0]`}},
		{"keys in brackets", `.["odd key"]["x"][1].y`, `.["odd key"]["x"][1].y`, 1, 1, []string{`."odd key".x[1]`}},
		{"points before brackets", `.["odd key"].["x"].[1].y`, `.["odd key"].["x"].[1].y`, 1, 1, []string{`."odd key".x[1]`}},
		{"last by a negative index", `.list[-1].n.x`, `.list[-1].n.x`, 1, 1, []string{`.list[-1].n`}},
		{"of $meta", `$meta.headers["x-count"] | tonumber`, `tonumber`, 1, 28, []string{`$meta.headers."x-count"`}},
		{"entries", `.deep | to_entries[] | .value.b | tonumber`, `tonumber`, 1, 35, []string{".deep.a.b"}},
		{"recursion", `.. | strings | tonumber`, `tonumber`, 1, 16, []string{".deep.a.b"}},
		{"first of many", `first(.list[] | .n | ltrimstr("1") | tonumber | select(. > 30))`, `tonumber`, 1, 38, []string{".list[2].n"}},
		{"label", `label $out | .list[] | if .n == "22" then .n.x, break $out else empty end`, `.n.x`, 1, 43, []string{".list[1].n"}},
		{"built value", `{a: [1, {b: "x"}]} | .a[1].b.c`, `.a[1].b.c`, 1, 22, nil},
		{"JSON in JSON", `"{\"a\": \"b\"}" | fromjson | .a.x`, `.a.x`, 1, 31, nil},
		{"path", `path(.text.x)`, `.text.x`, 1, 6, []string{".text"}},
		{"del", `del(.list[].n.x)`, `.list[].n.x`, 1, 5, []string{".list[0].n"}},
		{"no path", `path(.number + 1)`, `path(.number + 1)`, 1, 1, []string{"."}},
		{"repetition", `.text * .number`, `.text * .number`, 1, 1, []string{".text", ".number"}},
		{"regular expression over a number", `.number | test("1")`, `test("1")`, 1, 11, []string{".number"}},
		{"broken regular expression", `.text | test("(")`, `test("(")`, 1, 9, []string{".text"}},
		{"own map", `def map(f): f; .deep | map(.a.b.x)`, `.a.b.x`, 1, 28, []string{".deep.a.b"}},
		{"comments and lines", "# a \"comment\"\n.deep # (\n  | .a # é\n  | .b.c", `.b.c`, 4, 5, []string{".deep.a.b"}},
		{"characters, not bytes", `"éé" as $x | .text.y`, `.text.y`, 1, 14, []string{".text"}},
		{"trailing comma", `{a: 1, b: .text.y,}`, `.text.y`, 1, 11, []string{".text"}},
		{"numbers are kept", `1.50e2 as $x | .5 as $y | .text.y`, `.text.y`, 1, 27, []string{".text"}},
		{"alternative patterns", `.text as [$a] ?// {b: $a} | $a`, `.text as [$a] ?// {b: $a}`, 1, 1, []string{".text"}},
		{"two operands of one place", `.list - .deep`, `.list - .deep`, 1, 1, []string{".list", ".deep"}},
		{"one operand", `{} + .text`, `{} + .text`, 1, 1, []string{".text"}},
		{"missing operand", `.missing - .number`, `.missing - .number`, 1, 1, []string{".missing", ".number"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			where, failure := located(t, tt.program, payload)
			var want *mapping.Failure
			if tt.expression != "" {
				want = &mapping.Failure{Expression: tt.expression, Line: tt.line, Column: tt.column, Places: tt.places}
			}
			if diff := cmp.Diff(want, where); diff != "" {
				t.Errorf("error %v (-want +got):\n%s", failure, diff)
			}
		})
	}
}

// TestFailuresOfNoExpression: what ends a program from outside is not blamed on any of its parts.
func TestFailuresOfNoExpression(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{
		"too many results": `range(101)`,
		"halt":             `halt`,
		"halt with error":  `"x" | halt_error`,
		"no failure":       `.a`,
		"break":            `label $out | break $out`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if where, _ := located(t, program, `{"a": 1}`); where != nil {
				t.Errorf("failed at %+v", where)
			}
		})
	}
}

// TestAProgramThatRunsTooLongHasNoPosition: a run that tells where it fails takes longer than one that does not, and
// has no more time. The clock is real here, since such a program never waits.
func TestAProgramThatRunsTooLongHasNoPosition(t *testing.T) {
	t.Parallel()
	trial, err := engine(t, `last(range(1e9)) | error("x")`).Try(t.Context(), `{}`, nil)
	if err != nil || trial.Attempts[0].Program == nil || trial.Attempts[0].Failure != nil {
		t.Errorf("%+v, %v", trial.Attempts, err)
	}
}

// TestASourceThatCannotBeMatched: without a position the expression is told as jq prints it.
func TestASourceThatCannotBeMatched(t *testing.T) {
	t.Parallel()
	where, _ := located(t, `if true then.["a"].b else 1 end`, `{"a": "x"}`)
	want := &mapping.Failure{Expression: `.["a"].b`, Places: []string{".a"}}
	if diff := cmp.Diff(want, where); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
