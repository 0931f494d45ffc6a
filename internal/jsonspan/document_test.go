package jsonspan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/jsonspan"
)

func TestParseBuildsTheTree(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want any
	}{
		{`null`, nil},
		{` true `, true},
		{"\tfalse\n", false},
		{`"a\"b\u00e9\ud83d\ude00\\"`, "a\"bé😀\\"},
		{`"\ud800"`, "\ufffd"},
		{`9007199254740993`, json.Number("9007199254740993")},
		{`1.10`, json.Number("1.10")},
		{`-0`, json.Number("-0")},
		{`1E400`, json.Number("1E400")},
		{`[]`, []any{}},
		{`{}`, map[string]any{}},
		{`{"a":[1,{"b":null}],"":"x"}`, map[string]any{"a": []any{json.Number("1"), map[string]any{"b": nil}}, "": "x"}},
		{`{"a":1,"a":2}`, map[string]any{"a": json.Number("2")}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			d, err := jsonspan.Parse([]byte(tt.text))
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if diff := cmp.Diff(tt.want, d.Root()); diff != "" {
				t.Errorf("root (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       error
	}{
		{"empty", "", jsonspan.ErrSyntax},
		{"white space", " \n", jsonspan.ErrSyntax},
		{"plain text", "hello", jsonspan.ErrSyntax},
		{"two values", "1 2", jsonspan.ErrSyntax},
		{"half a word", "tru", jsonspan.ErrSyntax},
		{"NaN", "NaN", jsonspan.ErrSyntax},
		{"leading zero", "01", jsonspan.ErrSyntax},
		{"leading plus", "+1", jsonspan.ErrSyntax},
		{"bare point", "1.", jsonspan.ErrSyntax},
		{"bare exponent", "1e", jsonspan.ErrSyntax},
		{"bare minus", "-", jsonspan.ErrSyntax},
		{"open string", `"a`, jsonspan.ErrSyntax},
		{"raw line break in string", "\"a\nb\"", jsonspan.ErrSyntax},
		{"unknown escape", `"\x41"`, jsonspan.ErrSyntax},
		{"short escape", `"\u12"`, jsonspan.ErrSyntax},
		{"trailing comma in array", `[1,]`, jsonspan.ErrSyntax},
		{"trailing comma in object", `{"a":1,}`, jsonspan.ErrSyntax},
		{"key without quotes", `{a:1}`, jsonspan.ErrSyntax},
		{"no colon", `{"a" 1}`, jsonspan.ErrSyntax},
		{"no comma", `[1 2]`, jsonspan.ErrSyntax},
		{"open array", `[1`, jsonspan.ErrSyntax},
		{"open object", `{"a":1`, jsonspan.ErrSyntax},
		{"NUL", "\x00", jsonspan.ErrSyntax},
		{"not UTF-8", "\"\xff\"", jsonspan.ErrUTF8},
		{"half a rune", "\"\xe2\x82\"", jsonspan.ErrUTF8},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\"", jsonspan.ErrUTF8},
		{"byte order mark", "\ufeff{}", jsonspan.ErrBOM},
		{"deep arrays", strings.Repeat("[", 1001) + strings.Repeat("]", 1001), jsonspan.ErrDepth},
		{"deep objects", strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), jsonspan.ErrDepth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := jsonspan.Parse([]byte(tt.text)); !errors.Is(err, tt.want) {
				t.Errorf("Parse: %v, want %v", err, tt.want)
			}
			if _, _, err := jsonspan.Members([]byte(tt.text)); !errors.Is(err, tt.want) {
				t.Errorf("Members: %v, want %v", err, tt.want)
			}
		})
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	t.Parallel()
	_, err := jsonspan.Parse([]byte(`{"taskToken": canary}`))
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v, want one that does not quote the text", err)
	}
	var syntax *jsonspan.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset != 14 {
		t.Errorf("error %#v, want offset 14", err)
	}
}

func TestDepthLimitIsInclusive(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("[", jsonspan.MaxDepth) + strings.Repeat("]", jsonspan.MaxDepth)
	if _, err := jsonspan.Parse([]byte(text)); err != nil {
		t.Errorf("%d levels: %v", jsonspan.MaxDepth, err)
	}
}

func TestRawGivesTheOriginalBytes(t *testing.T) {
	t.Parallel()
	d, err := jsonspan.Parse([]byte(` { "z" : 1.10 , "a" : [ 9007199254740993 , { } ] , "e" : [ ] , "s": 1 } `))
	if err != nil {
		t.Fatal(err)
	}
	root := d.Root().(map[string]any)
	list := root["a"].([]any)
	for _, tt := range []struct {
		v    any
		want string
		ok   bool
	}{
		{root, `{ "z" : 1.10 , "a" : [ 9007199254740993 , { } ] , "e" : [ ] , "s": 1 }`, true},
		{list, `[ 9007199254740993 , { } ]`, true},
		{list[1], `{ }`, true},
		{root["e"], `[ ]`, true},
		{root["s"], "", false},                      // scalars have no span
		{list[:1], "", false},                       // a part of an array is another array
		{append(list, true), "", false},             // so is a longer one
		{map[string]any{"z": root["z"]}, "", false}, // an equal object is not the same one
		{[]any{}, "", false},
		{[]any(nil), "", false}, // nothing
		{map[string]any(nil), "", false},
		{nil, "", false}, //
	} {
		got, ok := d.Raw(tt.v)
		if string(got) != tt.want || ok != tt.ok {
			t.Errorf("Raw(%v) = %q, %v, want %q, %v", tt.v, got, ok, tt.want, tt.ok)
		}
	}
}

// TestSpansOutliveTheirValues makes garbage of objects by repeating their key, has the memory used again, and asks
// for the bytes of what is there now.
func TestSpansOutliveTheirValues(t *testing.T) {
	t.Parallel()
	text := "{" + strings.Repeat(`"x":{"forged":[true]},`, 20_000) + `"x":0}`
	d, err := jsonspan.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Nest([]byte("[" + strings.Repeat(`{"forged":[1]},`, 20_000) + "!")); err == nil {
		t.Fatal("the nested text is taken")
	}
	runtime.GC()
	runtime.GC()
	for range 200_000 {
		if raw, ok := d.Raw(map[string]any{"own": 1}); ok {
			t.Fatalf("an object that is not the document's has the bytes %s", raw)
		}
		if raw, ok := d.Raw([]any{1}); ok {
			t.Fatalf("an array that is not the document's has the bytes %s", raw)
		}
	}
}

func TestNest(t *testing.T) {
	t.Parallel()
	d := jsonspan.Text("x")
	v, err := d.Nest([]byte(` {"z": 1.10, "a": [ ]} `))
	if err != nil {
		t.Fatal(err)
	}
	if raw, ok := d.Raw(v); !ok || string(raw) != `{"z": 1.10, "a": [ ]}` {
		t.Errorf("raw %s, %v", raw, ok)
	}
	if d.Root() != "x" {
		t.Errorf("the root became %v", d.Root())
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	got, ok, err := jsonspan.Members([]byte(` {"a" : {"x":[1, 2]} , "a":"\u0061","\u0062" : null } `))
	if err != nil || !ok {
		t.Fatalf("Members: ok %v, %v", ok, err)
	}
	want := []jsonspan.Member{
		{Key: "a", Value: []byte(`{"x":[1, 2]}`)}, {Key: "a", Value: []byte(`"\u0061"`)}, {Key: "b", Value: []byte(`null`)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	for _, text := range []string{`[{"a":1}]`, `"x"`, `null`} {
		if got, ok, err := jsonspan.Members([]byte(text)); ok || len(got) > 0 || err != nil {
			t.Errorf("Members(%s) = %v, %v, %v, want none", text, got, ok, err)
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`"a\n"`: "a\n", `""`: ""} {
		if got, ok := jsonspan.String([]byte(raw)); got != want || !ok {
			t.Errorf("String(%s) = %q, %v", raw, got, ok)
		}
	}
	for _, raw := range []string{`1`, `null`, `{}`, ``, `"`} {
		if got, ok := jsonspan.String([]byte(raw)); ok {
			t.Errorf("String(%s) = %q, want none", raw, got)
		}
	}
}

// FuzzParse holds the reader against encoding/json, which also decides what is JSON.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"\u00e9",null,true]}`, `[[[]]]`, `"\ud800"`, ` 1 `, "\ufeff1", "\xff", `{"a":1,"a":2}`, `-0.0E-1`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := jsonspan.Parse(text)
		members, isObject, membersErr := jsonspan.Members(text)
		if (err == nil) != (membersErr == nil) {
			t.Fatalf("Parse says %v, Members says %v", err, membersErr)
		}
		valid := json.Valid(text) && utf8.Valid(text)
		if errors.Is(err, jsonspan.ErrDepth) {
			return
		}
		if (err == nil) != valid {
			t.Fatalf("Parse says %v, encoding/json says valid: %v", err, valid)
		}
		if err != nil {
			return
		}
		var want any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, d.Root()); diff != "" {
			t.Fatalf("the trees differ (-encoding/json +jsonspan):\n%s", diff)
		}
		checkSpans(t, d, d.Root())
		checkMembers(t, d.Root(), members, isObject)
	})
}

// checkSpans demands that every container's bytes read back as the container.
func checkSpans(t *testing.T, d *jsonspan.Document, v any) {
	t.Helper()
	var parts []any
	switch v := v.(type) {
	case map[string]any:
		for _, part := range v {
			parts = append(parts, part)
		}
	case []any:
		parts = v
	default:
		return
	}
	raw, ok := d.Raw(v)
	if !ok {
		t.Fatalf("no span for %v", v)
	}
	again, err := jsonspan.Parse(raw)
	if err != nil {
		t.Fatalf("span %q: %v", raw, err)
	}
	if diff := cmp.Diff(v, again.Root()); diff != "" {
		t.Fatalf("span %q is another value (-want +got):\n%s", raw, diff)
	}
	for _, part := range parts {
		checkSpans(t, d, part)
	}
}

func checkMembers(t *testing.T, root any, members []jsonspan.Member, isObject bool) {
	t.Helper()
	object, want := root.(map[string]any)
	if want != isObject {
		t.Fatalf("Members says object: %v, the tree %v", isObject, want)
	}
	last := map[string]any{}
	for _, m := range members {
		d, err := jsonspan.Parse(m.Value)
		if err != nil {
			t.Fatalf("member %q: %v", m.Value, err)
		}
		last[m.Key] = d.Root()
	}
	if diff := cmp.Diff(object, last); isObject && diff != "" {
		t.Fatalf("the members are not the object's (-want +got):\n%s", diff)
	}
}

func ExampleDocument_Raw() {
	d, err := jsonspan.Parse([]byte(`{"detail": {"z": 1.10, "a": 9007199254740993}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	event, _ := d.Root().(map[string]any)
	raw, _ := d.Raw(event["detail"])
	fmt.Printf("%s\n", raw)
	// Output: {"z": 1.10, "a": 9007199254740993}
}
