package callback_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
)

const exampleToken = "AAAAKgAAAAIAAAAAAAAAAexample+token/=="

func token(t *testing.T, text string) callback.Token {
	t.Helper()
	tok, err := callback.NewToken(text)
	if err != nil {
		t.Fatalf("NewToken: %v", err)
	}
	return tok
}

func TestParse(t *testing.T) {
	t.Parallel()
	tok := token(t, exampleToken)
	success := func(output string) callback.Callback {
		return callback.Callback{Token: tok, Outcome: callback.Success, Output: []byte(output)}
	}
	tests := []struct {
		name, members string
		want          callback.Callback
	}{
		{"object", `"output": {"z": 1, "a": [ ]}`, success(`{"z": 1, "a": [ ]}`)},
		{"null", `"output": null`, success(`null`)},
		{"string", `"output": "s"`, success(`"s"`)},
		{"big integer", `"output": 9007199254740993`, success(`9007199254740993`)},
		{"decimal", `"output": 1.10`, success(`1.10`)},
		{"large exponent", `"output": 1E400`, success(`1E400`)},
		{"repeated keys inside the output", `"output": {"a":1,"a":2}`, success(`{"a":1,"a":2}`)},
		{"escapes inside the output", `"output": "\ud83d\ude00\u0000"`, success(`"\ud83d\ude00\u0000"`)},
		{"largest output", `"output": "` + strings.Repeat("x", 262_142) + `"`, success(`"` + strings.Repeat("x", 262_142) + `"`)},
		{"explicit success", `"outcome": "success", "output": 1`, success(`1`)},
		{"explicit success without output", `"outcome": "success"`, success(`{}`)},
		{"unknown members", `"output": 1, "extra": {"error": "x"}, "Output": 2`, success(`1`)},
		{"error and cause", `"error": "E", "cause": "c"`, callback.Callback{Token: tok, Outcome: callback.Failure, Error: "E", Cause: "c"}},
		{"error alone", `"error": "E"`, callback.Callback{Token: tok, Outcome: callback.Failure, Error: "E"}},
		{"cause alone", `"cause": "c"`, callback.Callback{Token: tok, Outcome: callback.Failure, Cause: "c"}},
		{"explicit failure", `"outcome": "failure", "error": "E"`, callback.Callback{Token: tok, Outcome: callback.Failure, Error: "E"}},
		{"explicit failure alone", `"outcome": "failure"`, callback.Callback{Token: tok, Outcome: callback.Failure}},
		{"heartbeat", `"outcome": "heartbeat"`, callback.Callback{Token: tok, Outcome: callback.Heartbeat}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, key := range []string{"taskToken", "TaskToken"} {
				got, err := callback.Parse(fmt.Appendf(nil, ` {%s, %q: %q} `, tt.members, key, exampleToken))
				if err != nil {
					t.Fatalf("%s: %v", key, err)
				}
				if diff := cmp.Diff(tt.want, got, cmp.Comparer(sameBytes)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

// sameBytes tells nil from empty, as cmp does, without a look at each byte of a large output.
func sameBytes(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const good = `"taskToken": "t"`
	tests := []struct {
		name, text string
		want       callback.Code
	}{
		{"empty", ``, "InvalidPayload"},
		{"not JSON", `token=t`, "InvalidPayload"},
		{"byte order mark", "\ufeff{" + good + `,"output":1}`, "InvalidPayload"},
		{"not UTF-8", "{" + good + ",\"output\":\"\xff\"}", "InvalidPayload"},
		{"nested too deep", "{" + good + `,"output":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}", "InvalidPayload"},
		{"string", `"t"`, "InvalidCallback"},
		{"array", `[{` + good + `}]`, "InvalidCallback"},
		{"null", `null`, "InvalidCallback"},
		{"no token", `{"output": 1}`, "InvalidTaskToken"},
		{"null token", `{"taskToken": null, "output": 1}`, "InvalidTaskToken"},
		{"number for a token", `{"taskToken": 7, "output": 1}`, "InvalidTaskToken"},
		{"empty token", `{"taskToken": "", "output": 1}`, "InvalidTaskToken"},
		{"long token", `{"taskToken": "` + strings.Repeat("t", 2049) + `", "output": 1}`, "InvalidTaskToken"},
		{"line break behind the token", `{"taskToken": "t\n", "output": 1}`, "InvalidTaskToken"},
		{"blank in the token", `{"taskToken": "a b", "output": 1}`, "InvalidTaskToken"},
		{"both spellings", `{"taskToken": "t", "TaskToken": "t", "output": 1}`, "InvalidCallback"},
		{"token twice", `{"taskToken": "t", "taskToken": "u", "output": 1}`, "InvalidCallback"},
		{"token twice, once escaped", `{"taskToken": "t", "task\u0054oken": "u", "output": 1}`, "InvalidCallback"},
		{"output twice", `{` + good + `, "output": 1, "output": 2}`, "InvalidCallback"},
		{"unknown member twice", `{` + good + `, "output": 1, "x": 1, "x": 1}`, "InvalidCallback"},
		{"no result", `{` + good + `}`, "InvalidCallback"},
		{"output and error", `{` + good + `, "output": 1, "error": "E"}`, "InvalidCallback"},
		{"output and cause", `{` + good + `, "output": 1, "cause": "c"}`, "InvalidCallback"},
		{"output and null error", `{` + good + `, "output": 1, "error": null}`, "InvalidCallback"},
		{"number for an error", `{` + good + `, "error": 500}`, "InvalidCallback"},
		{"object for a cause", `{` + good + `, "cause": {}}`, "InvalidCallback"},
		{"unknown outcome", `{` + good + `, "outcome": "approved"}`, "InvalidCallback"},
		{"null outcome", `{` + good + `, "outcome": null, "output": 1}`, "InvalidCallback"},
		{"outcome in capitals", `{` + good + `, "outcome": "SUCCESS"}`, "InvalidCallback"},
		{"success with error", `{` + good + `, "outcome": "success", "error": "E"}`, "InvalidCallback"},
		{"failure with output", `{` + good + `, "outcome": "failure", "output": 1}`, "InvalidCallback"},
		{"heartbeat with output", `{` + good + `, "outcome": "heartbeat", "output": 1}`, "InvalidCallback"},
		{"heartbeat with cause", `{` + good + `, "outcome": "heartbeat", "cause": "c"}`, "InvalidCallback"},
		{"output one byte too long", `{` + good + `, "output": "` + strings.Repeat("x", 262_143) + `"}`, "OutputTooLarge"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := callback.Parse([]byte(tt.text))
			var e *callback.Error
			if !errors.As(err, &e) || e.Code != tt.want || e.Kind != callback.Permanent {
				t.Fatalf("Parse = %+v, %v, want a permanent %s", c, err, tt.want)
			}
		})
	}
}

func TestLongestTokenIsTaken(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("t", callback.MaxTokenBytes)
	if got := token(t, text).Reveal(); got != text {
		t.Errorf("Reveal gives %d bytes", len(got))
	}
}

func TestLongTextsAreCutAtARune(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, field, text string
		want              string
		cut               []callback.Cut
	}{
		{"error that fits", "error", strings.Repeat("e", 256), strings.Repeat("e", 256), nil},
		{"error", "error", strings.Repeat("e", 257), strings.Repeat("e", 253) + "…", []callback.Cut{{Field: "error", Bytes: 257}}},
		{"rune on the cut", "error", strings.Repeat("e", 252) + "é" + "xxx", strings.Repeat("e", 252) + "…", []callback.Cut{{Field: "error", Bytes: 257}}},
		{"cause that fits", "cause", strings.Repeat("c", 32_768), strings.Repeat("c", 32_768), nil},
		{"cause", "cause", strings.Repeat("c", 32_764) + "€" + "cc", strings.Repeat("c", 32_764) + "…", []callback.Cut{{Field: "cause", Bytes: 32_769}}},
		{"emoji on the cut", "cause", strings.Repeat("c", 32_763) + "😀" + "cc", strings.Repeat("c", 32_763) + "…", []callback.Cut{{Field: "cause", Bytes: 32_769}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := callback.Parse(fmt.Appendf(nil, `{"taskToken":"t",%q:%q}`, tt.field, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			got := c.Error + c.Cause
			if got != tt.want || !utf8.ValidString(got) {
				t.Errorf("%d bytes ending in %q, want %d ending in %q", len(got), got[len(got)-6:], len(tt.want), tt.want[len(tt.want)-6:])
			}
			if diff := cmp.Diff(tt.cut, c.Cuts); diff != "" {
				t.Errorf("cuts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResultDigest(t *testing.T) {
	t.Parallel()
	digest := func(members string) callback.Digest {
		c, err := callback.Parse([]byte(`{"taskToken":"t",` + members + `}`))
		if err != nil {
			t.Fatalf("%s: %v", members, err)
		}
		return c.ResultDigest()
	}
	if digest(`"output":{"a":[1,2]}`) != digest(`"output": { "a" : [ 1 , 2 ] }`) {
		t.Error("white space makes another result")
	}
	results := []string{
		`"output":1`, `"output":"1"`, `"output":1.0`, `"output":{}`, `"output":null`, `"outcome":"failure"`, `"error":"1"`,
		`"cause":"1"`, `"error":"1","cause":"1"`, `"error":"11"`, `"outcome":"heartbeat"`, `"output":{"a":1,"b":2}`, `"output":{"b":2,"a":1}`,
	}
	seen := map[callback.Digest]string{}
	for _, r := range results {
		d := digest(r)
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s are the same result", r, other)
		}
		seen[d] = r
	}
}

// FuzzParse demands that what is taken is whole: a token, one outcome, every limit kept, the output's own bytes.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"taskToken":"t","output":{"a":1.10}}`, `{"TaskToken":"t","error":"E","cause":"c"}`, `{"taskToken":"t","outcome":"heartbeat"}`,
		`{"taskToken":"t","taskToken":"t"}`, `{"taskToken":"t","output":1E400,"x":[[]]}`, `{"taskToken":"\u0074","cause":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := callback.Parse(text)
		if err != nil {
			var e *callback.Error
			if !errors.As(err, &e) || e.Kind != callback.Permanent || e.Message == "" {
				t.Fatalf("error %#v, want a permanent *callback.Error", err)
			}
			return
		}
		if n := len(c.Token.Reveal()); n < 1 || n > callback.MaxTokenBytes {
			t.Fatalf("token of %d bytes", n)
		}
		switch c.Outcome {
		case callback.Success:
			implied := string(c.Output) == "{}"
			if !implied && !strings.Contains(string(text), string(c.Output)) || len(c.Output) > callback.MaxOutputBytes {
				t.Fatalf("output %q is not the text's own", c.Output)
			}
		case callback.Failure:
			if len(c.Error) > callback.MaxErrorBytes || len(c.Cause) > callback.MaxCauseBytes || c.Output != nil {
				t.Fatalf("failure over its limits: %d, %d", len(c.Error), len(c.Cause))
			}
		case callback.Heartbeat:
			if c.Output != nil || c.Error+c.Cause != "" {
				t.Fatal("heartbeat with a result")
			}
		default:
			t.Fatalf("outcome %v", c.Outcome)
		}
	})
}
