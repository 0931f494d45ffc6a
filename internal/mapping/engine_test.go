package mapping_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

const canonical = `select(type == "object" and has("taskToken"))`

func engine(t *testing.T, sources ...string) *mapping.Engine {
	t.Helper()
	programs := make([]mapping.Program, len(sources))
	for i, source := range sources {
		programs[i] = mapping.Program{Name: fmt.Sprintf("m%d", i), Source: source}
	}
	e, err := mapping.New(programs...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return e
}

// summary is a callback in words, for literal expectations.
func summary(c callback.Callback) string {
	return strings.TrimSpace(fmt.Sprintf("%s %v %s%s %s", c.Token.Reveal(), c.Outcome, c.Output, c.Error, c.Cause))
}

func TestMap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, program, payload string
		want                   []string
	}{
		{
			"as it is", canonical, `{"taskToken":"t", "output": {"z": 1.10, "a": 9007199254740993 } }`,
			[]string{`t success {"z": 1.10, "a": 9007199254740993 }`},
		},
		{
			"subtree keeps its bytes", `{taskToken: .token, output: .result}`, `{"token":"t","result": {"z": 1E400, "a" : [ ]}}`,
			[]string{`t success {"z": 1E400, "a" : [ ]}`},
		},
		{
			"subtree in a new object keeps its bytes", `{taskToken: .t, output: {n: .n, result: .r}}`, `{"t":"t","n":1.10,"r":{"z":1, "a":2}}`,
			[]string{`t success {"n":1.10,"result":{"z":1, "a":2}}`},
		},
		{
			"array element keeps its bytes", `{taskToken: .t, output: .list[1]}`, `{"t":"t","list":[1,{"z":1, "a":2}]}`,
			[]string{`t success {"z":1, "a":2}`},
		},
		{
			"scalars are exact", `{taskToken: .t, output: .n}`, `{"t":"t","n":123456789012345678901234567890.10}`,
			[]string{`t success 123456789012345678901234567890.10`},
		},
		{
			"JSON in JSON keeps its bytes", `{taskToken: .t, output: (.body | fromjson | .x)}`, `{"t":"t","body":"{\"x\": {\"z\": 1.10, \"a\": 2}}"}`,
			[]string{`t success {"z": 1.10, "a": 2}`},
		},
		{
			"part of an array is encoded", `{taskToken: .t, output: .list[:2]}`, `{"t":"t","list":[1.0, {"b":1, "a":2}, 3]}`,
			[]string{`t success [1.0,{"b":1, "a":2}]`},
		},
		{"failure", `{taskToken: .t, error: .code, cause: .why}`, `{"t":"t","code":"E","why":"w"}`, []string{`t failure E w`}},
		{"null", `null`, `{}`, nil},
		{
			"several, nulls left out", `.items[] | if .done then {taskToken: .t, output: .t} else null end`,
			`{"items":[{"t":"a","done":true},{"t":"b"},{"t":"c","done":true}]}`,
			[]string{`a success "a"`, `c success "c"`},
		},
		{"meta", `{taskToken: $meta.messageAttributes.taskToken, output: .}`, `{"z": 1, "a": 2}`, []string{`from-meta success {"z": 1, "a": 2}`}},
		{"text payload", `{taskToken: $meta.messageAttributes.taskToken, output: .}`, `plain "text"`, []string{`from-meta success "plain \"text\""`}},
		{"numbers multiply", `{taskToken: "t", output: (.n * 2)}`, `{"n": 21}`, []string{`t success 42`}},
		{"objects merge", `{taskToken: "t", output: (.a * .b)}`, `{"a":{"x":{"p":1}},"b":{"x":{"q":2}}}`, []string{`t success {"x":{"p":1,"q":2}}`}},
		{"100 results", `range(100) | {taskToken: "t\(.)", outcome: "heartbeat"}`, `{}`, heartbeats(100)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			meta := callback.Facts{"messageAttributes": map[string]any{"taskToken": "from-meta"}}
			m, err := engine(t, tt.program).Map(t.Context(), tt.payload, meta)
			if err != nil {
				t.Fatalf("Map: %v", err)
			}
			var got []string
			for _, c := range m.Callbacks {
				got = append(got, summary(c))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("callbacks (-want +got):\n%s", diff)
			}
		})
	}
}

func heartbeats(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("t%d heartbeat", i)
	}
	return list
}

func TestMapRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, program, payload string
		code                   callback.Code
		mapping                string
	}{
		{"no mapping", canonical, `{"output": 1}`, "NoMapping", ""},
		{"empty", canonical, ``, "NoMapping", ""},
		{"not JSON", canonical, `hello`, "NoMapping", ""},
		{"byte order mark", canonical, "\ufeff{\"taskToken\":\"t\",\"output\":1}", "NoMapping", ""},
		{"not UTF-8", canonical, "{\"taskToken\":\"t\",\"output\":\"\xff\"}", "InvalidPayload", ""},
		{"too deep", canonical, strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), "InvalidPayload", ""},
		{"too deep inside SNS", canonical, notification(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)), "InvalidPayload", ""},
		{"error", `error("secret")`, `{}`, "MappingFailed", "m0"},
		{"halt", `halt`, `{}`, "MappingFailed", "m0"},
		{"type error", `{taskToken: (.a + 1), output: 1}`, `{"a": "x"}`, "MappingFailed", "m0"},
		{"iterates over a string", `.[]`, `"x"`, "MappingFailed", "m0"},
		{"repeats a string", `{taskToken: ("x" * .n), output: 1}`, `{"n": 536870911}`, "MappingFailed", "m0"},
		{"repeats a payload's string", `{taskToken: (.n * .s), output: 1}`, `{"n": 536870911, "s": "x"}`, "MappingFailed", "m0"},
		{"fromjson of text", `{taskToken: "t", output: (.a | fromjson)}`, `{"a": "{"}`, "MappingFailed", "m0"},
		{"matches in a long string", `$meta.large | gsub("x"; "y") | {taskToken: ., output: 1}`, `{}`, "MappingFailed", "m0"},
		{"loops", `def f: f; f`, `{}`, "MappingTimeout", "m0"},
		{"counts for ever", `last(range(1e12))`, `{}`, "MappingTimeout", "m0"},
		{"101 results", `range(101) | {taskToken: "t", output: 1}`, `{}`, "TooManyCallbacks", "m0"},
		{"101 nulls", `range(101) | null`, `{}`, "TooManyCallbacks", "m0"},
		{"string", `"approved"`, `{}`, "InvalidCallback", "m0"},
		{"array", `[{taskToken: "t", output: 1}]`, `{}`, "InvalidCallback", "m0"},
		{"boolean", `true`, `{}`, "InvalidCallback", "m0"},
		{"no result in it", `{taskToken: "t"}`, `{}`, "InvalidCallback", "m0"},
		{"missing token is null", `{taskToken: .nope, output: 1}`, `{}`, "InvalidTaskToken", "m0"},
		{"one of two is wrong", `{taskToken: "t", output: 1}, {taskToken: "", output: 1}`, `{}`, "InvalidTaskToken", "m0"},
		{"deep result", `{taskToken: "t", output: reduce range(2000) as $i (0; [.])}`, `{}`, "InvalidCallback", "m0"},
		{"large result", `{taskToken: "t", output: [range(20) as $i | $meta.large]}`, `{}`, "InvalidCallback", "m0"},
		{"large output", `{taskToken: "t", output: $meta.large}`, `{}`, "OutputTooLarge", "m0"},
		{"the first that yields decides", `null | error("x")`, `{"taskToken":"t","output":1}`, "MappingFailed", "m0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			meta := callback.Facts{"large": strings.Repeat("x", 300_000)}
			mappings := engine(t, tt.program, canonical)
			if tt.code != callback.CodeMappingTimeout { // on a busy machine the time can be over before the program's turn
				mappings = mappings.Patient()
			}
			m, err := mappings.Map(t.Context(), tt.payload, meta)
			var e *callback.Error
			if !errors.As(err, &e) || e.Code != tt.code || e.Kind != callback.Permanent {
				t.Fatalf("Map = %v, %v, want a permanent %s", m, err, tt.code)
			}
			if m.Mapping != tt.mapping || strings.Contains(err.Error(), "secret") {
				t.Errorf("mapping %q, error %v; want mapping %q", m.Mapping, err, tt.mapping)
			}
		})
	}
}

func TestTheCallersTimeIsNotTheMappingsFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := engine(t, `def f: f; f`).Map(ctx, `{}`, nil)
	var e *callback.Error
	if !errors.As(err, &e) || e.Kind != callback.Transient || e.Code != "OutOfTime" {
		t.Errorf("%v, want a transient OutOfTime", err)
	}
}

// TestProgramsRunSideBySide lets many payloads through a program that deletes: gojq writes to the constants of a
// program, and to whatever it was given, while it does.
func TestProgramsRunSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // no time passes: a busy machine does not count
		e := engine(t, `{taskToken: "t", output: (. + {meta: {source: "worker"}, names: $meta.tokenNames} | del(.x))}`)
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				for range 50 {
					m, err := e.Map(t.Context(), `{"x":1,"y":2}`, nil)
					const want = `t success {"meta":{"source":"worker"},"names":{"environment":"TASK_TOKEN","parameter":"taskToken"},"y":2}`
					if err != nil || summary(m.Callbacks[0]) != want {
						t.Errorf("%v, %v", m, err)
					}
				}
			})
		}
		all.Wait()
	})
}

// TestARepeatedKeyForgesNothing fills memory with objects that nobody can reach and wants none of them back.
func TestARepeatedKeyForgesNothing(t *testing.T) {
	t.Parallel()
	e := engine(t, `{taskToken: "own", output: {approved: false, amount: .amount}}`)
	payload := `{"amount":1,` + strings.Repeat(`"x":{"taskToken":"FORGED","output":{"approved":true}},`, 15_000) + `"x":0}`
	for range 5 {
		m, err := e.Map(t.Context(), payload, nil)
		if err != nil || summary(m.Callbacks[0]) != `own success {"amount":1,"approved":false}` {
			t.Fatalf("%v, %v", m, err)
		}
	}
}

// TestManyNestedTexts takes time that grows with the payload and not with its square.
func TestManyNestedTexts(t *testing.T) {
	t.Parallel()
	e := engine(t, `{taskToken: "t", output: [.[] | fromjson]}`)
	list := strings.Repeat(`"[]",`, 20_000)
	start := time.Now()
	if _, err := e.Map(t.Context(), "["+list+`"[]"]`, nil); err != nil {
		refused(t, err, "MappingTimeout") // on a slow machine; what counts is that it ends
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%v for 100 KB", took)
	}
}

func TestFirstMappingThatYieldsDecides(t *testing.T) {
	t.Parallel()
	e := engine(t, `empty`, `select(.kind == "a") | null`, canonical, `null`)
	for payload, want := range map[string]string{
		`{"kind":"a","taskToken":"t","output":1}`: "m1",
		`{"kind":"b","taskToken":"t","output":1}`: "m2",
		`{"kind":"b"}`: "m3",
	} {
		if m, err := e.Map(t.Context(), payload, nil); err != nil || m.Mapping != want {
			t.Errorf("%s: mapping %q, %v, want %s", payload, m.Mapping, err, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"syntax", "{taskToken: .a,\n output: .b", `mapping m, line 2: unexpected EOF`},
		{"token", "{taskToken: .a,\n\n output ! .b}", `mapping m, line 3: unexpected token "!"`},
		{"unknown function", "# detail\n{taskToken: .a}\n| detail.taskToken", `mapping m, line 3: function not defined: detail/0 (a member of the payload is written .detail)`},
		{"unknown variable", ".a\n| $x", `mapping m, line 2: variable not defined: $x`},
		{"assignment", ".a\n| .b = 1", `mapping m, line 2: = is not allowed in a mapping`},
		{"update", ".a |= 1", `mapping m, line 1: |= is not allowed in a mapping`},
		{"arithmetic update", "def f:\n .a += 1; f", `mapping m, line 2: += is not allowed in a mapping`},
		{"alternative update", ".a //= 1", `//= is not allowed in a mapping`},
		{"setpath", `[1] | setpath([536870911]; 0)`, `setpath is not allowed in a mapping`},
		{"setpath inside a string", `"\(setpath([1];0))"`, `setpath is not allowed in a mapping`},
		{"setpath in an object", `{a: [reduce .[] as $x (0; setpath([1];0))]}`, `setpath is not allowed in a mapping`},
		{"own fromjson", "def fromjson: 1; fromjson", `fromjson is not allowed in a mapping`},
		{"fromjson as a parameter", "def f(fromjson): 1; f(2)", `fromjson is not allowed in a mapping`},
		{"pick", `pick(.[536870911])`, `pick is not allowed in a mapping`},
		{"fromstream", `fromstream([[0],0],[[0]])`, `fromstream is not allowed in a mapping`},
		{"name of the engine", `{$ run}`, `mapping m, line 1: `},
		{"import", `import "a" as a; .`, `import is not allowed in a mapping`},
		{"input", `input`, `mapping m`},
		{"empty", ``, `mapping m: missing query`},
		{"too long", strings.Repeat("#", 8193), `the program has 8193 bytes; at most 8192 are allowed`},
		{"nested a thousand deep", strings.Repeat("[", 5000), `mapping m, line 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := mapping.New(mapping.Program{Name: "m", Source: tt.source})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNewReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := mapping.New(
		mapping.Program{Name: "first.jq", Source: "{"}, mapping.Program{Name: "good.jq", Source: "."}, mapping.Program{Name: "last.jq", Source: "x"},
	)
	if err == nil || !strings.Contains(err.Error(), "first.jq, line 1") || !strings.Contains(err.Error(), "last.jq, line 1") {
		t.Errorf("New: %v, want both", err)
	}
}

func TestEnvironmentIsOutOfReach(t *testing.T) {
	t.Parallel()
	m, err := engine(t, `{taskToken: "t", output: [$ENV, env]}`).Map(t.Context(), `{}`, nil)
	if err != nil || string(m.Callbacks[0].Output) != `[{},{}]` {
		t.Errorf("%v, %v", m, err)
	}
}

func ExampleEngine_Map() {
	e, err := mapping.New(mapping.Program{
		Name:   "render.jq",
		Source: `select(.job == "render") | {taskToken: .correlation, output: {frames: .frames, files: .files}}`,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := e.Map(context.Background(), `{"job": "render", "correlation": "AAAA", "frames": 240, "files": ["a.png", "b.png"]}`, nil)
	fmt.Println(m.Mapping, m.Callbacks[0].Outcome, string(m.Callbacks[0].Output), err)
	// Output: render.jq success {"files":["a.png", "b.png"],"frames":240} <nil>
}
