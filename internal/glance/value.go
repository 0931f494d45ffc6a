package glance

import "callback-completer/internal/jsonspan"

// value is what an expression yields.
type value struct {
	kind  kind
	span  jsonspan.Value // of the payload or of JSON in a string of it; number, text, array and object
	text  string         // of constText: the string; of constNumber: how it is written
	facts map[string]any // of facts
	parts []part         // of builtArray and builtObject, an object's by their keys
}

// part is a member of an object that a program builds, or an element of an array.
type part struct {
	key   string
	value value
}

type kind uint8

const (
	nothing kind = iota // the expression yields no value
	null
	no
	yes
	number // of the payload
	text
	array
	object
	constNumber // of the program or of $meta
	constText
	wholeMeta
	facts // an object in $meta
	builtArray
	builtObject
)

// spanned returns the value of a span.
func spanned(v jsonspan.Value) value {
	switch v.First() {
	case '{':
		return value{kind: object, span: v}
	case '[':
		return value{kind: array, span: v}
	case '"':
		return value{kind: text, span: v}
	case 't':
		return value{kind: yes}
	case 'f':
		return value{kind: no}
	case 'n':
		return value{kind: null}
	default:
		return value{kind: number, span: v}
	}
}

// told returns the value of a fact of $meta, if it is of a kind that can be told here.
func told(v any) (value, bool) {
	switch v := v.(type) {
	case nil:
		return value{kind: null}, true
	case string:
		return value{kind: constText, text: v}, true
	case map[string]any:
		return value{kind: facts, facts: v}, v != nil
	default:
		return value{}, false
	}
}

func truth(is bool) value {
	if is {
		return value{kind: yes}
	}
	return value{kind: no}
}

func (v *value) isTrue() bool { return v.kind != null && v.kind != no }

// word returns what jq's type says.
func (v *value) word() string {
	switch v.kind {
	case null:
		return "null"
	case no, yes:
		return "boolean"
	case number, constNumber:
		return "number"
	case text, constText:
		return "string"
	case array, builtArray:
		return "array"
	default:
		return "object"
	}
}

func (v *value) isText() bool { return v.kind == text || v.kind == constText }

// string returns what a string stands for.
func (v *value) string() string {
	if v.kind == constText {
		return v.text
	}
	s, _ := jsonspan.String(v.span.Raw())
	return s
}

// is reports whether the value is the string.
func (v *value) is(s string) bool {
	switch v.kind {
	case constText:
		return v.text == s
	case text:
		raw := v.span.Raw()
		if plain(raw) {
			return string(raw[1:len(raw)-1]) == s
		}
		return v.string() == s
	default:
		return false
	}
}

// plain reports whether gojq writes the string as it stands there.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c == '\\' || c == 0x7f {
			return false
		}
	}
	return true
}

// equal compares two values as jq does. It is not sure of numbers, and of arrays and objects.
func equal(l, r *value) (is, sure bool) {
	a, b := l.word(), r.word()
	switch {
	case a != b:
		return false, true
	case a == "null":
		return true, true
	case a == "boolean":
		return l.kind == r.kind, true
	case a == "string" && r.kind == constText:
		return l.is(r.text), true
	case a == "string":
		return r.is(l.string()), true
	case a == "number":
		return sameNumber(l, r)
	default:
		return false, false
	}
}

// sameNumber compares numbers that are written alike or are short integers.
func sameNumber(l, r *value) (is, sure bool) {
	a, b := l.digits(), r.digits()
	return a == b, isShort(a) && isShort(b)
}

func (v *value) digits() string {
	if v.kind == constNumber {
		return v.text
	}
	return string(v.span.Raw())
}

// isShort reports whether a number is an integer of at most 15 digits, without a sign: written in one way only.
func isShort(digits string) bool {
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return len(digits) <= 15
}

// member returns the member of an object or of null, as .key does.
func (r *Run) member(v *value, key string) (value, bool) {
	switch v.kind {
	case null:
		return value{kind: null}, true
	case object:
		if !r.may(v) {
			return value{}, false
		}
		found, ok := v.span.Member(key)
		if !ok {
			return value{kind: null}, true
		}
		return spanned(found), true
	case builtObject:
		for _, p := range v.parts {
			if p.key == key {
				return p.value, true
			}
		}
		return value{kind: null}, true
	case facts:
		return told(v.facts[key])
	case wholeMeta:
		fact, ok := r.Meta(key)
		if !ok {
			return value{}, false
		}
		return told(fact)
	default:
		return value{}, false // an error, jq's to tell
	}
}

// has is jq's function of the name for objects.
func (r *Run) has(v *value, key string) (has, ok bool) {
	switch v.kind {
	case object:
		if !r.may(v) {
			return false, false
		}
		_, has = v.span.Member(key)
		return has, true
	case builtObject:
		for _, p := range v.parts {
			has = has || p.key == key
		}
		return has, true
	case facts:
		_, has = v.facts[key]
		return has, true
	default:
		return false, false
	}
}

// may charges the search in an array or object. A program that goes through large ones over and over is better off with a
// tree.
func (r *Run) may(v *value) bool {
	r.budget -= v.span.Cost()
	return r.budget >= 0
}
