package stepfunctions

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestPathFinds(t *testing.T) {
	t.Parallel()
	const doc = `{"a":{"b":[{"c":1.10},9007199254740993]},"a-b":2,"we 'ird":{"]":3},"é":4,"d":1,"d":5,"n":null}`
	for _, c := range []struct{ path, want string }{
		{"$", doc},
		{"$.a.b[0]['c']", "1.10"},
		{"$.a.b[1]", "9007199254740993"},
		{`$["a"].b[0]`, `{"c":1.10}`},
		{"$.a-b", "2"},
		{`$['we \'ird'][']']`, "3"},
		{"$.é", "4"},
		{"$.d", "5"},
		{"$.n", "null"},
		{"$.x", ""},
		{"$.a.b[2]", ""},
		{"$.a[0]", ""},
		{"$.a.b.c", ""},
		{"$.n.x", ""},
	} {
		p, err := parsePath(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if got, _ := p.find(json.RawMessage(doc)); string(got) != c.want {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
}

func TestPathsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "a", "$a", "$.", "$..a", "$.a..b", "$.*", "$[*]", "$[-1]", "$[0:1]", "$[0,1]", "$['a','b']", "$[?(@.a)]", "$[", "$['a", "$['a'",
		"$[]", "$.a b", "$.a.length()", "$[99999999999999999999]", "$ .a", "$.a]",
	} {
		if p, err := parsePath(text); err == nil {
			t.Errorf("%q was accepted as %v", text, p.steps)
		}
	}
}

func TestPutKeepsTheTextOfTheRest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ path, doc, want string }{
		{"$", `{"a":1}`, `0`},
		{"$.b", "{\n\t\"\\u0061\" : { \"x\" : 1.10 } ,\r\n \"b\":2 , \"c\":[ 1E400]}", "{\"\\u0061\":{ \"x\" : 1.10 },\"b\":0,\"c\":[ 1E400]}"},
		{"$.n.m", `{"z":9007199254740993}`, `{"z":9007199254740993,"n":{"m":0}}`},
		{"$['a b'].c", `{"a b":{"c":1,"d":2}}`, `{"a b":{"c":0,"d":2}}`},
		{"$.x", ` {} `, `{"x":0}`},
	} {
		p, err := parsePath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.put(json.RawMessage(c.doc), json.RawMessage(`0`)); err != nil || string(got) != c.want {
			t.Errorf("%s into %s: got %s %v, want %s", c.path, c.doc, got, err, c.want)
		}
	}
}

func TestPutIntoNoObjectFails(t *testing.T) {
	t.Parallel()
	p, err := parsePath("$.a.b")
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range []string{`1`, `[]`, `"s"`, `{"a":1}`, `null`} {
		if got, err := p.put(json.RawMessage(doc), json.RawMessage(`0`)); err == nil {
			t.Errorf("put into %s gave %s", doc, got)
		}
	}
}

// What put puts, find finds, and all other members stay.
func TestPutThenFind(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`[a-d_é-]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOf(name, rapid.Int()).Draw(t, "document")
		doc, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		key := name.Draw(t, "key")
		p, err := parsePath("$." + key)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.put(doc, json.RawMessage(`1.10`))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := p.find(out); !ok || string(got) != "1.10" {
			t.Fatalf("found %s in %s", got, out)
		}
		var after map[string]json.Number
		if err := json.Unmarshal(out, &after); err != nil {
			t.Fatal(err)
		}
		members[key] = 0
		if len(after) != len(members) {
			t.Fatalf("%s became %s", doc, out)
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"$", "$.a.b[0]['c']", "$$.Task.Token", `$["a\"b"]`, "$[", "$['\\"} {
		f.Add(seed, `{"a":{"b":[{"c":1}]}}`)
	}
	f.Fuzz(func(t *testing.T, text, doc string) {
		p, err := parsePath(text)
		if err != nil {
			return
		}
		p.known()
		if found, ok := p.find(json.RawMessage(doc)); ok && json.Valid([]byte(doc)) && !json.Valid(found) {
			t.Errorf("%q found %q in %q, which is not JSON", text, found, doc)
		}
		for _, s := range p.steps {
			if s.index >= 0 {
				return
			}
		}
		if out, err := p.put(json.RawMessage(doc), json.RawMessage(`1`)); err == nil && json.Valid([]byte(doc)) && !json.Valid(out) {
			t.Errorf("%q put into %q gives %q, which is not JSON", text, doc, out)
		}
	})
}
