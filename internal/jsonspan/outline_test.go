package jsonspan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/jsonspan"
	"callback-completer/internal/race"
)

func outline(tb testing.TB, text string) *jsonspan.Outline {
	tb.Helper()
	var o jsonspan.Outline
	if !o.Read([]byte(text)) {
		tb.Fatalf("%.100q is refused", text)
	}
	return &o
}

func TestOutlineFindsMembers(t *testing.T) {
	t.Parallel()
	const text = ` {"a" : 1.10 , "b":{"c":[ 1 , {"d":2} ],"c\u0064":{ "e" : null }}, "a": [] ,"":"x" } `
	root := outline(t, text).Root()
	if got := string(root.Raw()); got != strings.TrimSpace(text) {
		t.Errorf("root %s", got)
	}
	find := func(path ...string) string {
		v := root
		for _, key := range path {
			member, ok := v.Member(key)
			if !ok {
				return "none"
			}
			v = member
		}
		return string(v.Raw())
	}
	for _, tt := range []struct {
		path []string
		want string
	}{
		{[]string{"a"}, `[]`},
		{[]string{"b", "c"}, `[ 1 , {"d":2} ]`},
		{[]string{"b", "cd"}, `{ "e" : null }`},
		{[]string{"b", "cd", "e"}, `null`},
		{[]string{"b", `c\u0064`}, `none`},
		{[]string{""}, `"x"`},
		{[]string{"c"}, `none`},
	} {
		if got := find(tt.path...); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.path, got, tt.want)
		}
	}
	list, _ := root.Member("b")
	list, _ = list.Member("c")
	element, ok := list.Element(1)
	if d, found := element.Member("d"); !ok || !found || string(d.Raw()) != "2" {
		t.Errorf("element %s, %v", element.Raw(), ok)
	}
	if element, ok := list.Element(2); ok {
		t.Errorf("element %s of two", element.Raw())
	}
}

// TestOutlineOfMuch: of large and of deep objects the members are found as well, and none of another object.
func TestOutlineOfMuch(t *testing.T) {
	t.Parallel()
	object := func(n int, value string) string {
		members := make([]string, n)
		for i := range members {
			members[i] = fmt.Sprintf(`"k%d":%s`, i, value)
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	for _, n := range []int{1, 64, 65, 600} {
		text := `{"first":` + object(n, object(2, `{"k0":7}`)) + `,"deep":{"a":{"b":{"c":{"d":{"e":8}}}}},"last":` + object(n, "9") + `}`
		o := outline(t, text)
		for path, want := range map[string]string{
			"first/k0/k1/k0": "7", fmt.Sprintf("first/k%d/k0/k0", n-1): "7", "last/k0": "9", "deep/a/b/c/d/e": "8",
			fmt.Sprintf("first/k%d", n): "none", "k0": "none", "deep/c": "none",
		} {
			v, ok := o.Root(), true
			for key := range strings.SplitSeq(path, "/") {
				if v, ok = v.Member(key); !ok {
					break
				}
			}
			if got := string(v.Raw()); ok != (want != "none") || ok && got != want {
				t.Errorf("%d members: %s is %s, %v, want %s", n, path, got, ok, want)
			}
		}
		if o.Depth() != 6 {
			t.Errorf("depth %d", o.Depth())
		}
	}
}

func TestOutlineIsReadAgain(t *testing.T) {
	t.Parallel()
	var o jsonspan.Outline
	for _, tt := range []struct {
		text string
		want bool
	}{{`{"a":{"b":1}}`, true}, {`{"a":`, false}, {`[[]]`, true}, {`{"b":{}}`, true}} {
		if got := o.Read([]byte(tt.text)); got != tt.want {
			t.Errorf("%s: %v", tt.text, got)
		}
	}
	if _, ok := o.Root().Member("a"); ok || o.Depth() != 2 {
		t.Errorf("something is left of an earlier text; depth %d", o.Depth())
	}
	o.Clear()
}

func TestKnownKeysTakeNoMemory(t *testing.T) { //nolint:paralleltest // allocations of others would count
	if race.Enabled {
		t.Skip("the race detector allocates too")
	}
	root := outline(t, `{"taskToken":"t","output":1,"outp\u0075t":2}`).Root()
	var room [4]jsonspan.Member
	if got := testing.AllocsPerRun(100, func() { root.Members(room[:0], "output", "taskToken") }); got > 2 {
		t.Errorf("%v allocations for one unknown key", got)
	}
	want := []jsonspan.Member{{Key: "taskToken", Value: []byte(`"t"`)}, {Key: "output", Value: []byte(`1`)}, {Key: "output", Value: []byte(`2`)}}
	if diff := cmp.Diff(want, root.Members(nil, "output", "taskToken")); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// FuzzOutline holds the outline to the tree.
func FuzzOutline(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5e3,"\u00e9",null,true],"b":{"c":{"d":{"e":{"f":1}}}}}`, `[[[]]]`, `"\ud800"`, ` 1 `, "\ufeff1", "\xff", `{"a":1,"a":{"a":2}}`,
		`{"\u0061":{"x":1},"a":{"y":2}}`, `-0.0E-1`, `{"a":1,}`, `[01]`, "{\"a\n\":1}", `{"abcdefgh":"abcdefg\"h"}`, `tru`, `{"a":[{"b":1},{"b":2}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := jsonspan.Parse(text)
		var o jsonspan.Outline
		if ok := o.Read(text); ok != (err == nil) {
			t.Fatalf("the outline says %v, the tree %v", ok, err)
		}
		if err == nil {
			checkOutline(t, o.Root(), d.Root())
			checkCompact(t, text)
		}
	})
}

// checkOutline demands that an outlined value is that of the tree, with all that is in it.
func checkOutline(t *testing.T, v jsonspan.Value, want any) {
	t.Helper()
	d, err := jsonspan.Parse(v.Raw())
	if err != nil || !cmp.Equal(want, d.Root()) {
		t.Fatalf("%s: %v, want %v", v.Raw(), err, want)
	}
	switch want := want.(type) {
	case map[string]any:
		last := map[string]any{}
		for _, m := range v.Members(nil, "a") {
			last[m.Key] = nil
		}
		if len(last) != len(want) {
			t.Fatalf("%d members, want %d", len(last), len(want))
		}
		for key, value := range want {
			member, ok := v.Member(key)
			if !ok {
				t.Fatalf("%q is not found", key)
			}
			checkOutline(t, member, value)
		}
		if _, ok := v.Member("no such member"); ok != (want["no such member"] != nil) {
			t.Fatal("a member is found that is not there")
		}
	case []any:
		for i, value := range want {
			element, ok := v.Element(i)
			if !ok {
				t.Fatalf("element %d is not found", i)
			}
			checkOutline(t, element, value)
		}
		if _, ok := v.Element(len(want)); ok {
			t.Fatal("one element too many")
		}
	}
}

// checkCompact demands the pieces that encoding/json leaves.
func checkCompact(t *testing.T, text []byte) {
	t.Helper()
	var want bytes.Buffer
	if err := json.Compact(&want, text); err != nil {
		t.Fatal(err)
	}
	var got []byte
	jsonspan.Compact(text, func(piece []byte) { got = append(got, piece...) })
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Fatalf("compact (-want +got):\n%s", diff)
	}
}

// FuzzString holds strings to encoding/json.
func FuzzString(f *testing.F) {
	for _, seed := range []string{
		`"a\"b\u00e9\ud83d\ude00\\"`, `"\ud800"`, `"\ud800\ud83d\ude00"`, `"\ud83d\n"`, `"\udc00\ud800"`, `"\uD83D\uDE00"`, `"\u00"`, `"\x"`, `"`, `""`, `"a`, `"\"`, "\"\n\"", `"\b\f\n\r\t\/"`, `1`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := jsonspan.Parse(raw); errors.Is(err, jsonspan.ErrUTF8) || errors.Is(err, jsonspan.ErrBOM) {
			return
		}
		var want string
		wanted := len(raw) > 0 && raw[0] == '"' && raw[len(raw)-1] == '"' && json.Unmarshal(raw, &want) == nil
		if got, ok := jsonspan.String(raw); ok != wanted || ok && got != want {
			t.Fatalf("String(%q) = %q, %v, want %q, %v", raw, got, ok, want, wanted)
		}
	})
}

func ExampleOutline() {
	var o jsonspan.Outline
	if !o.Read([]byte(`{"detail": {"z": 1.10, "a": 9007199254740993}}`)) {
		fmt.Println("no JSON")
		return
	}
	detail, _ := o.Root().Member("detail")
	a, _ := detail.Member("a")
	fmt.Printf("%s, %s\n", detail.Raw(), a.Raw())
	// Output: {"z": 1.10, "a": 9007199254740993}, 9007199254740993
}
