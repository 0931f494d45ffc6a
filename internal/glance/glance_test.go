package glance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/itchyny/gojq"

	"callback-completer/internal/glance"
)

// run evaluates a program over a payload and says what comes of it.
func run(tb testing.TB, program, payload string) string {
	tb.Helper()
	query, err := gojq.Parse(program)
	if err != nil {
		tb.Fatal(err)
	}
	r := glance.Run{Meta: func(name string) (any, bool) { return "fact", name == "known" }}
	root, ok := r.Read([]byte(payload))
	if !ok {
		tb.Fatalf("%s is no JSON", payload)
	}
	result, ok := r.Eval(glance.Compile(query, map[string]bool{"has": strings.HasPrefix(program, "def has")}), root)
	if !ok {
		return "cannot tell"
	}
	if result.IsNothing() {
		return "nothing"
	}
	if result.IsNull() {
		return "null"
	}
	if span, ok := result.Span(); ok {
		return string(span.Raw())
	}
	members, ok := result.Members()
	if !ok {
		return "no object"
	}
	var b strings.Builder
	for _, m := range members {
		fmt.Fprintf(&b, "%s=%s ", m.Key, m.Value)
	}
	return strings.TrimSpace(b.String())
}

func TestEval(t *testing.T) {
	t.Parallel()
	const payload = ` {"a":{"b":[{"x-y": 1.10 }, [ ]],"t":"text"},"s":"\u00e9\n","n":9007199254740993,"j":"{\"k\": 1E400}","null":null} `
	tests := []struct{ program, want string }{
		{`.`, strings.TrimSpace(payload)},
		{`.a.b[0]`, `{"x-y": 1.10 }`},
		{`.["a"]["b"][0]`, `{"x-y": 1.10 }`},
		{`{z: .a.b[0]."x-y", y: .s, x: .n, "w v": [.a.b[1], null, 7, "é"], a: {}}`, `a={} w v=[[ ],null,7,"é"] x=9007199254740993 y="é\n" z=1.10`},
		{`.j | fromjson`, `{"k": 1E400}`},
		{`{a: (.j | fromjson | .k)}`, `a=1E400`},
		{`.a.b[9]`, `null`},
		{`.missing.deeper`, `null`},
		{`select(.a.t == "text" and .n != "x" or error) | {ok: has("s")}`, `ok=true`},
		{`select(.a.t == "other" and error)`, `nothing`},
		{`if .a.t | IN("a", "text") then null else error end`, `null`},
		{`.missing // .null // {a: 1}`, `a=1`},
		{`.a.t as $t | {$t, u: $meta.known}`, `t="text" u="fact"`},
		{`"t" as $k | {v: .a[$k], h: (.a | has($k))}`, `h=true v="text"`},
		{`{v: .a[.missing // "t"], w: (.a | .b[0][{k: "x-y"}.k])}`, `v="text" w=1.10`},
		{`{a: {b: 1}} | .a`, `b=1`},
		{`.a | arrays`, `nothing`},
		{`empty`, `nothing`},
		{`select(false) | whatever(1)`, `nothing`},
		{`.a.t`, `no object`},
		{`{a: $meta}`, `no object`},

		{`.a.t.x`, `cannot tell`},                 // an error
		{`.a[0]`, `cannot tell`},                  // another one
		{`.s | fromjson`, `cannot tell`},          // and a third
		{`.a.b[]`, `cannot tell`},                 // several values
		{`.n == 9007199254740992`, `cannot tell`}, // digits that floats would round
		{`.n == .n`, `cannot tell`},               // long numbers
		{`.a == .a`, `cannot tell`},
		{`.a?`, `cannot tell`},
		{`$meta.unknown`, `cannot tell`},
		{`def has(x): true; has("a")`, `cannot tell`},
		{`{(.s): 1}`, `cannot tell`},
		{`{a: 1, a: 2}`, `cannot tell`},
		{`.a.b[1:]`, `cannot tell`},
		{`. as [$a] | $a`, `cannot tell`},
		{`1.5`, `cannot tell`},
	}
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			t.Parallel()
			if got := run(t, tt.program, payload); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestReadingAgainHasAnEnd: a program that goes through a large payload over and over is left to jq.
func TestReadingAgainHasAnEnd(t *testing.T) {
	t.Parallel()
	payload := `{"list":[` + strings.Repeat(`0,`, 10_000) + `{"a":1}]}`
	wide := `{"k":1` + strings.Repeat(`,"k":1`, 10_000) + `}`
	for reads, want := range map[int]string{1: "no object", 500: "cannot tell"} {
		for path, text := range map[string]string{`.list[7],`: payload, `.k,`: wide} {
			program := "[" + strings.TrimSuffix(strings.Repeat(path, reads), ",") + "]"
			if got := run(t, program, text); got != want {
				t.Errorf("%s %d times: %s, want %s", path, reads, got, want)
			}
		}
	}
}

// TestTooLargeOrDeep: what package mapping may have to refuse is not told here.
func TestTooLargeOrDeep(t *testing.T) {
	t.Parallel()
	long := `{"s":"` + strings.Repeat("x", 600_000) + `"}`
	deep := strings.Repeat(`{"s":`, 899) + "1" + strings.Repeat("}", 899)
	for _, tt := range []struct{ program, payload, want string }{
		{`{a: .s} | null`, long, "null"},
		{`{a: .s, b: .s}`, long, "no object"},
		{`{a: [.]}`, deep, "no object"},
		{`{a: [.]} | null`, deep, "null"},
	} {
		if got := run(t, tt.program, tt.payload); got != tt.want {
			t.Errorf("%s: %.100s, want %s", tt.program, got, tt.want)
		}
	}
	if got := run(t, `{a: .}`, deep); !strings.HasPrefix(got, `a={"s":`) {
		t.Errorf("%.100s", got)
	}
}

func ExampleRun() {
	query, err := gojq.Parse(`select(.job == "render") | {taskToken: .correlation, output: .result}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	var r glance.Run
	root, _ := r.Read([]byte(`{"job": "render", "correlation": "AAAA", "result": {"z": 1.10, "a": 2}}`))
	result, ok := r.Eval(glance.Compile(query, nil), root)
	members, _ := result.Members()
	for _, m := range members {
		fmt.Printf("%s %s %v\n", m.Key, m.Value, ok)
	}
	// Output:
	// output {"z": 1.10, "a": 2} true
	// taskToken "AAAA" true
}
