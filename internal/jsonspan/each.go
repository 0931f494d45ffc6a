package jsonspan

import "unicode/utf8"

// ReadEach checks a text that is an object with one member alone, an array under the key, and hands each element of that to
// visit as soon as it is outlined. The outline serves one element after the other: what visit is given must not be used
// once it has returned. ReadEach reports false if the text is not so, or visit does.
func (o *Outline) ReadEach(text []byte, key string, visit func(Value) bool) bool {
	o.text, o.deepest = text, 0
	if !utf8.Valid(text) {
		return false
	}
	i := skipSpace(text, 0)
	if i >= len(text) || text[i] != '{' {
		return false
	}
	start := skipSpace(text, i+1)
	if start >= len(text) || text[start] != '"' {
		return false
	}
	end := skipString(text, start+1)
	if i = skipColon(text, end); i < 0 || string(text[start+1:end-1]) != key {
		return false
	}
	if i = o.each(i, visit); i < 0 {
		return false
	}
	if i = skipSpace(text, i); i >= len(text) || text[i] != '}' {
		return false
	}
	return skipSpace(text, i+1) == len(text)
}

// each passes the array at i.
func (o *Outline) each(i int, visit func(Value) bool) int {
	text := o.text
	if i >= len(text) || text[i] != '[' {
		return invalid
	}
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == ']' {
		return i + 1
	}
	for {
		o.nodes, o.inner = o.nodes[:0], 0
		if i = o.note(i, i, i, 0); i < 0 || !visit(o.Root()) {
			return invalid
		}
		switch i = skipSpace(text, i); {
		case i >= len(text):
			return invalid
		case text[i] == ',':
			i = skipSpace(text, i+1)
		case text[i] == ']':
			return i + 1
		default:
			return invalid
		}
	}
}
