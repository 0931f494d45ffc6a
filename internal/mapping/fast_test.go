package mapping_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
	"callback-completer/internal/race"
)

// shipped reads the programs that ship with the functions.
func shipped(tb testing.TB) []mapping.Program {
	tb.Helper()
	files, err := filepath.Glob("../../functions/mappings/*.jq")
	if err != nil || len(files) < 10 {
		tb.Fatalf("%d shipped mappings, %v", len(files), err)
	}
	programs := make([]mapping.Program, len(files))
	for i, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		programs[i] = mapping.Program{Name: filepath.Base(file), Source: string(source), Proven: true}
	}
	return programs
}

// handwritten are programs as users write them, and odd ones.
var handwritten = []string{
	canonical,
	`.`,
	`.detail`,
	`{taskToken, output}`,
	`{taskToken: .taskToken, output: .output}`,
	`{taskToken: .detail.taskToken, output: .detail}`,
	`{taskToken: .a.b[0]."x-y", output: .a["b"]}`,
	`{taskToken: .token, error: .code, cause: .why}`,
	`{taskToken: .t, output: (.body | fromjson)}`,
	`.body | fromjson | {taskToken: .taskToken, output: {n: .output, raw: .}}`,
	`{taskToken: $meta.messageAttributes.taskToken, output: .}`,
	`{taskToken: ($meta.messageAttributes.taskToken // .taskToken), output: (.output // {none: true})}`,
	`{taskToken: .taskToken, output: [.a, .b[1], $meta.trigger, null, 1, "x\u007f<"]}`,
	`$meta as $m | {taskToken: $m.messageAttributes["taskToken"], output: [$m.envelopes, $m.sns]}`,
	`select($meta | has("envelopes")) | {taskToken: .taskToken, output: $meta.tokenNames}`,
	`if .status == "done" then {taskToken, output: .result} elif .status == "failed" then {taskToken, error: "E", cause: .why} elif .status | IN("new", "running") then null else error("status") end`,
	`select(.kind == "a" and (.n != 1 or .x == null)) | {taskToken: .t, outcome: "heartbeat"}`,
	`select(.n == 1) | null`,
	`select(.n == .m) | {taskToken: .t, output: .n}`,
	`select(.t | type == "string" and startswith("x")) | {taskToken: .t, output: (.t | endswith("y"))}`,
	`.list[0] | objects | {taskToken: .taskToken, output: .}`,
	`.list as $l | $l[1] as $x | {taskToken: .taskToken, output: [$x, $l]}`,
	`"taskToken" as $k | select(has($k)) | {taskToken: .[$k], output: {a: .output, "b c": {($k): 1}}}`,
	`"k" as $k | {$k, taskToken: .taskToken, output: .[$k]}`,
	`{a: {taskToken: .taskToken, output: .}} | .a`,
	`{a: .a} | {taskToken: .a, output: has("a")}`,
	`def type: "object"; select(type == "object") | {taskToken: .taskToken, output: 1}`,
	`def select(f): .; select(false)`,
	`{taskToken: .taskToken, output: (.output | values), x: (empty // 1)}`,
	`{taskToken: .taskToken, output: .output, output: 1}`,
	`.taskToken | select(strings) | {taskToken: ., output: (not)}`,
	`.a.b.c.d.e.f | select(. != null) | {taskToken: "t", output: .}`,
	`{taskToken: .taskToken, output: .["a"][0][1].c}`,
	`.items[] | {taskToken: .taskToken, output: .}`,
	`.output | {taskToken: "t", output: {x: {y: [., {z: .}]}}}`,
	`if . then . end | arrays | .[0]`,
	`{taskToken: "tok\u00e9n\n", output: "\u2028\ud83d"}`,
	`. as [$a, $b] | {taskToken: $a, output: $b}`,
	`{taskToken: .taskToken?, output: .output}`,
	`try .a.b.c catch null`,
	`(.a, .b) | objects`,
	`1 as $meta | {taskToken: .taskToken, output: $meta}`,
	`select(type == "object" and .source == "my.worker" and ."detail-type" == "Worker Answer") | .detail | objects | if has($meta.tokenNames.parameter) | not then null elif .status == "done" then {taskToken: .[$meta.tokenNames.parameter], output: .output} elif .status == "failed" then {taskToken: .[$meta.tokenNames.parameter], error: "Farm.RenderFailed", cause: .reason} elif .status == "running" then null else error("unknown state") end`,
	`{taskToken: .taskToken, output: .a[.b], c: .[.t], d: .list[.n], e: .a[empty]}`,
	`{taskToken: .taskToken, output: .a[.b // "b"], d: (.a[.list] // 1)}`,
	`empty`, `null`, `"x"`, `[.]`, `{}`, `$meta`, `.a == .b`, `not`,
}

// metas are what triggers may say of a payload.
func metas(token string) []callback.Facts {
	attributes := func(more map[string]any) callback.Facts {
		return callback.Facts{"trigger": "sqs", "messageId": "m-1", "attributes": map[string]any{"SentTimestamp": "1"}, "messageAttributes": more}
	}
	return []callback.Facts{
		nil,
		attributes(map[string]any{}),
		attributes(map[string]any{"taskToken": token}),
		attributes(map[string]any{"taskToken": nil, "n": 1}),
		attributes(map[string]any{"PayloadEncoding": "base64"}),
		attributes(map[string]any{"ContentType": formType}),
		attributes(map[string]any{"ContentType": "application/json"}),
		{"trigger": "http", "headers": map[string]any{"content-type": "application/json; charset=utf-8"}, "envelopes": "x", "sns": "y", "tokenNames": "z"},
		{"messageAttributes": "none", "headers": []any{"content-type"}},
		{"trigger": []any{1, true, map[string]any{}}, "messageAttributes": map[string]any{"taskToken": map[string]any{"a": "b"}}},
	}
}

// outcome is what became of a payload, in words that leave nothing out.
func outcome(m callback.Mapped, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q", m.Mapping, m.Envelopes)
	if m.Envelopes == nil {
		b.WriteString(" nil")
	}
	for _, c := range m.Callbacks {
		fmt.Fprintf(&b, "\n%q %v %q %v %q %q %v", c.Token.Reveal(), c.Outcome, c.Output, c.Output == nil, c.Error, c.Cause, c.Cuts)
	}
	var e *callback.Error
	switch {
	case errors.As(err, &e):
		fmt.Fprintf(&b, "\n%#v", *e)
	case err != nil:
		fmt.Fprintf(&b, "\n%v", err)
	}
	return b.String()
}

// failing is a test, or a play of one.
type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// same demands that the fast path and jq make the same of a payload.
func same(tb failing, e *mapping.Engine, payload string, meta callback.Facts) {
	tb.Helper()
	want, wantErr := e.MapByJQ(context.Background(), payload, meta)
	got, gotErr := e.Map(context.Background(), payload, meta)
	if diff := cmp.Diff(outcome(want, wantErr), outcome(got, gotErr)); diff != "" {
		tb.Fatalf("payload %.300q, meta %v (-jq +fast):\n%.2000s", payload, meta, diff)
	}
}

// contenders are an engine with all shipped programs, one with each of them, one with each of the handwritten, and ones
// with several.
func contenders(tb testing.TB) []*mapping.Engine {
	tb.Helper()
	all := shipped(tb)
	lists := [][]mapping.Program{all}
	for _, p := range all {
		lists = append(lists, []mapping.Program{p})
	}
	for _, source := range handwritten {
		own := mapping.Program{Name: "own", Source: source}
		lists = append(lists, []mapping.Program{own}, append([]mapping.Program{own}, all...))
	}
	engines := make([]*mapping.Engine, len(lists))
	for i, list := range lists {
		e, err := mapping.New(list...)
		if err != nil {
			tb.Fatalf("%s: %v", list[0].Source, err)
		}
		engines[i] = e.Patient()
	}
	return engines
}

// payloads are those of the sample events, and those that the other tests of this package look at.
func payloads(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../../events/*.json")
	if err != nil || len(files) < 50 {
		tb.Fatalf("%d sample events, %v", len(files), err)
	}
	var list []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, string(text))
		var event struct{ Records []struct{ Body string } }
		if json.Unmarshal(text, &event) == nil {
			for _, r := range event.Records {
				list = append(list, r.Body)
			}
		}
	}
	const callback = ` {"output" : {"z": 1.10, "a":[9007199254740993, 1E400, -0, "\ud800\u007f"]}, "taskToken":"t\u00e9" } `
	list = append(
		list, callback, notification(callback), event(callback), notification(event(callback)), notification(notification(callback)),
		failureRecord("RetriesExhausted", callback), failureRecord("RetriesExhausted", quote(callback)), failureRecord("Success", callback),
		failureRecord("RetriesExhausted", `7`), notification("a=1"), notificationOf(`payload={}`, formType), notification(""), event(`{"taskToken":"t"}`),
		"", " ", "text", "\ufeff{}", "\xff", "{", `[]`, `null`, `true`, `"text"`, `7`, `{}`, `{"taskToken":1,"output":1}`,
		`{"taskToken":"t","output":1,"output":2}`, `{"taskToken":"a","output":1,"taskToken":"b"}`, `{"t\u0061skToken":"t","output":1}`,
		`{"taskToken":"t","TaskToken":"t","output":1}`, `{"TaskToken":"t","error":"E","cause":"`+strings.Repeat("é", 20_000)+`"}`,
		`{"detail":{"taskToken":"x"},"detail":{"taskToken":"t","output":1},"source":"s","detail-type":"d"}`,
		`{"a":{"b":[{"x-y":"t"}],"b":[{"x-y":"u","c":[1,2]}]}}`, `{"body":" {\"taskToken\":\"t\",\"output\":[1, 2] } ","t":"t"}`, `{"t":"t","body":"{"}`,
		`{"status":"done","taskToken":"t","result":[ ]}`, `{"status":"failed","taskToken":"t","why":"w"}`, `{"status":"running"}`, `{"status":1}`,
		`{"kind":"a","n":1.0,"t":"t"}`, `{"kind":"a","n":2,"m":2,"t":"xy"}`, `{"n":1}`, `{"n":1e0,"m":1}`, `{"n":[1],"m":[1]}`,
		`{"list":[{"taskToken":"t"},[1, 2]],"taskToken":"u","items":[{"taskToken":"a"},{"taskToken":"b"}]}`, `["t",{"x":1}]`,
		`{"a":{"b":{"c":{"d":{"e":{"f":{ "g":1 }}}}}}}`, `{"taskToken":"t","output":{`+many(200)+`},"a":[[0,{"c":"C"}]]}`, `{`+many(600)+`,"taskToken":"t","output":1}`,
		strings.Repeat(`{"taskToken":"t","output":`, 999)+`1`+strings.Repeat("}", 999), strings.Repeat(`{"output":`, 1001)+`1`+strings.Repeat("}", 1001),
		`{"taskToken":"t","output":"`+strings.Repeat("x", 262_142)+`"}`, `{"taskToken":"t","output":"`+strings.Repeat("x", 262_143)+`"}`,
		`{"taskToken":"t","output":"`+strings.Repeat("\u007f", 262_000)+`"}`, `{"taskToken":"`+strings.Repeat("t", 2049)+`","output":1}`,
	)
	return list
}

// many writes members k0, k1 and so on.
func many(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"k%d":{"n": %d}`, i, i)
	}
	return strings.Join(members, ",")
}

// TestTheFastPathTellsWhatJQTells of every sample event and of every odd payload, with every program.
func TestTheFastPathTellsWhatJQTells(t *testing.T) {
	t.Parallel()
	list := payloads(t)
	for i, e := range contenders(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for n, payload := range list {
				all := metas("from-meta")
				switch {
				case race.Enabled && (n+i)%30 > 0: // there is nothing to be seen of races that a few do not show
				case len(payload) > 1<<16 && i%7 > 0: // large ones take long, and do not differ from program to program
				case len(payload) > 1<<12:
					same(t, e, payload, all[2])
				default:
					same(t, e, payload, all[(n+i)%len(all)]) // each program meets each of them, with one payload or another
				}
			}
		})
	}
}

// word draws a string as JSON, with what is odd in one.
func word(t *rapid.T, label string, usual ...string) string {
	w := rapid.SampledFrom(append(usual, usual...)).Draw(t, label)
	switch rapid.IntRange(0, 14).Draw(t, label+" style") {
	case 0:
		w = fmt.Sprintf(`\u%04x`, w[0]) + w[1:]
	case 1:
		w += `\ud83d\ude00\ud800\n`
	case 2:
		w += "é\u007f"
	}
	return `"` + w + `"`
}

// member draws an object's key.
func key(t *rapid.T) string {
	return word(t, "key", "taskToken", "output", "error", "cause", "outcome", "detail", "source", "detail-type", "a", "b", "t", "n", "body", "status", "list", "x-y", "TaskToken")
}

// text draws JSON.
func text(t *rapid.T, depth int) string {
	space := rapid.SampledFrom([]string{"", "", "", " ", "\n\t"})
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 {
		kind = min(kind, 5)
	}
	switch kind {
	case 0, 1, 2:
		return word(t, "text", "t", "done", "a", "aws.ecs", "lambda", "xy", "running", "success", "Success")
	case 3:
		return rapid.SampledFrom([]string{"0", "1", "-0", "1.0", "1.10", "1e2", "1E400", "9007199254740993", "123456789012345678"}).Draw(t, "number")
	case 4:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "literal")
	case 5:
		return quote(text(t, max(0, depth-1)))
	case 6:
		parts := make([]string, rapid.IntRange(0, 3).Draw(t, "elements"))
		for i := range parts {
			parts[i] = space.Draw(t, "space") + text(t, depth-1)
		}
		return "[" + strings.Join(parts, ",") + "]"
	default:
		return members(t, depth, rapid.SliceOfN(rapid.Custom(key), 0, 6).Draw(t, "keys"))
	}
}

func members(t *rapid.T, depth int, keys []string) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k + ":" + text(t, depth-1)
	}
	return "{" + strings.Join(parts, rapid.SampledFrom([]string{",", " , "}).Draw(t, "comma")) + "}"
}

// payload draws what a queue might bring.
func payload(t *rapid.T) string {
	var p string
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		p = text(t, 4)
	case 1:
		p = members(t, 3, slices.Concat([]string{`"taskToken"`, `"output"`}, rapid.SliceOfN(rapid.Custom(key), 0, 2).Draw(t, "more")))
	case 2:
		p = event(members(t, 3, slices.Concat([]string{`"taskToken"`, `"output"`}, rapid.SliceOfN(rapid.Custom(key), 0, 2).Draw(t, "more"))))
	default:
		p = failureRecord(rapid.SampledFrom([]string{"Success", "RetriesExhausted"}).Draw(t, "condition"), text(t, 3))
	}
	if rapid.IntRange(0, 4).Draw(t, "envelope") == 0 {
		p = notification(p)
	}
	if rapid.IntRange(0, 9).Draw(t, "damage") == 0 {
		at := rapid.IntRange(0, len(p)).Draw(t, "at")
		p = p[:at] + rapid.SampledFrom([]string{"", `"`, `\`, "{", "\xff", "\x00"}).Draw(t, "insert") + p[min(at+1, len(p)):]
	}
	return p
}

// TestTheFastPathIsJQ plays payloads at random to every program.
func TestTheFastPathIsJQ(t *testing.T) {
	t.Parallel()
	engines := contenders(t)
	step := 8
	if race.Enabled {
		step = 48
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := payload(rt)
		meta := rapid.SampledFrom(metas(rapid.SampledFrom([]string{"from-meta", "", "\xff", "a\n"}).Draw(rt, "token"))).Draw(rt, "meta")
		for i := rapid.IntRange(0, step-1).Draw(rt, "first"); i < len(engines); i += step {
			same(rt, engines[i], p, meta)
		}
	})
}

// FuzzFastPath holds the fast path to jq: with a program of the list, or one that the fuzzer writes.
func FuzzFastPath(f *testing.F) {
	engines := contenders(f)
	for i, p := range payloads(f) {
		if len(p) < 8192 {
			f.Add(uint16(i), uint8(i), "", p, "from-meta")
		}
	}
	for i, source := range handwritten {
		f.Add(uint16(0), uint8(i), source, `{"taskToken":"t","output":{"a":1},"a":{"b":[{"x-y":"t"}]},"n":1,"t":"x","body":"{}"}`, "t")
	}
	f.Fuzz(func(t *testing.T, program uint16, meta uint8, source, payload, token string) {
		e := engines[int(program)%len(engines)]
		if source != "" {
			own, err := mapping.New(mapping.Program{Name: "own", Source: source})
			if err != nil {
				return
			}
			e = own
		}
		all := metas(token)
		m := all[int(meta)%len(all)]
		want, wantErr := e.MapByJQ(t.Context(), payload, m)
		got, gotErr := e.Map(t.Context(), payload, m)
		if source != "" && (isSlow(wantErr) || isSlow(gotErr)) {
			return
		}
		if diff := cmp.Diff(outcome(want, wantErr), outcome(got, gotErr)); diff != "" {
			t.Fatalf("program %q, meta %v (-jq +fast):\n%.2000s", source, m, diff)
		}
	})
}

func isSlow(err error) bool {
	var e *callback.Error
	return errors.As(err, &e) && e.Code == callback.CodeMappingTimeout
}

// TestWhatIsFast takes the programs of jq away and maps what needs none.
func TestWhatIsFast(t *testing.T) {
	t.Parallel()
	const form = `{"taskToken":"t", "output": {"z": 1.10, "a":2}}`
	own := func(source string) []mapping.Program {
		return append([]mapping.Program{{Name: "own", Source: source}}, shipped(t)...)
	}
	tests := []struct {
		name     string
		programs []mapping.Program
		payload  string
		fast     bool
	}{
		{"canonical", shipped(t), form, true},
		{"canonical in SNS", shipped(t), notification(form), true},
		{"canonical in an event", shipped(t), event(form), true},
		{"canonical in an event in SNS", shipped(t), notification(event(form)), true},
		{"canonical in a dead letter of EventBridge", shipped(t), failureRecord("RetriesExhausted", event(form)), true},
		{"result of a Lambda function", shipped(t), failureRecord("Success", form), true},
		{"nobody's", shipped(t), `{"state":"done"}`, true},
		{"paths of the user's", own(`{taskToken: .taskToken, output: .output.a}`), form, true},
		{"objects of the user's", own(`{taskToken: .taskToken, output: {a: .output.z, b: [.output]}}`), form, true},
		{"a message attribute", own(`{taskToken: $meta.messageAttributes.taskToken, output: .}`), form, true},
		{"not the user's", own(`select(.kind == "mine") | .items[]`), form, true},
		{"JSON in JSON", own(`{taskToken: .t, output: (.body | fromjson)}`), `{"t":"t","body":"[1]"}`, true},
		{"running", shipped(t), event(`{}`), true},
		{"ECS", shipped(t), strings.Replace(strings.Replace(event(`{}`), "my.worker", "aws.ecs", 1), "Worker Answer", "ECS Task State Change", 1), false},
		{"iteration", own(`.items[] | {taskToken: .}`), form, false},
		{"no JSON", shipped(t), "text", false},
		{"wrong form", shipped(t), `{"taskToken":""}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e, err := mapping.New(tt.programs...)
				if err != nil {
					t.Fatal(err)
				}
				defer e.Occupy()()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				m, err := e.Map(ctx, tt.payload, callback.Facts{"messageAttributes": map[string]any{"taskToken": "t"}})
				var refusal *callback.Error
				if waited := errors.As(err, &refusal) && refusal.Code == callback.CodeOutOfTime; waited == tt.fast {
					t.Errorf("%v, %v, want fast: %v", m, err, tt.fast)
				}
			})
		})
	}
}
