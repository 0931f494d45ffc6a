package jsonspan

import (
	"bytes"
	"unicode/utf8"
)

// What an outline notes below the outermost object. The rest is read again when somebody asks for it.
const (
	outlineLevels  = 4   // objects in objects
	outlineMembers = 64  // of one inner object
	outlineNodes   = 512 // of all inner objects
)

// Outline is a JSON text that was checked as [Parse] checks it, and the places of the members of its outer objects,
// without a tree: what is passed on or compared needs none. An outline can be read into again and again; the
// [Value]s of what it held before must not be used any more.
type Outline struct {
	text    []byte
	nodes   []node
	inner   int // nodes below the outermost object
	deepest int
}

// node is a value of the text; the root is the first. An outlined object's members follow it in the order of the text.
type node struct {
	keyStart, keyEnd int // with the quotes
	start, end       int
	next             int // index of the first node behind the value and all that is in it
	outlined         bool
}

// Read checks text and outlines it. It reports false where [Parse] has an error; Parse says which. The outline keeps
// text: it must not be changed.
func (o *Outline) Read(text []byte) bool {
	o.text, o.nodes, o.inner, o.deepest = text, o.nodes[:0], 0, 0
	if bytes.HasPrefix(text, byteOrderMark) || !utf8.Valid(text) {
		return false
	}
	i := skipSpace(text, 0)
	if i = o.note(i, i, i, 0); i < 0 {
		return false
	}
	return skipSpace(text, i) == len(text)
}

// Clear forgets the text, so that an outline that waits for another one does not keep it in memory.
func (o *Outline) Clear() { o.text, o.nodes = nil, o.nodes[:0] }

// Depth returns how deep arrays and objects nest in the text.
func (o *Outline) Depth() int { return o.deepest }

// Root returns the value of the whole text.
func (o *Outline) Root() Value { return Value{o, o.raw(0), 0} }

func (o *Outline) raw(n int) []byte {
	start, end := o.nodes[n].start, o.nodes[n].end
	return o.text[start:end:end]
}

// note checks the value at i, notes where it stands and, for an outer object, where its members do.
func (o *Outline) note(keyStart, keyEnd, i, level int) int {
	n := len(o.nodes)
	o.nodes = append(o.nodes, node{keyStart: keyStart, keyEnd: keyEnd, start: i})
	var end int
	var outlined bool
	if level < outlineLevels && i < len(o.text) && o.text[i] == '{' {
		end, outlined = o.members(i, level+1)
	} else {
		end = o.value(i, level)
	}
	if end < 0 {
		return invalid
	}
	if !outlined {
		o.nodes = o.nodes[:n+1]
	}
	o.nodes[n].end, o.nodes[n].next, o.nodes[n].outlined = end, len(o.nodes), outlined
	return end
}

// members checks the object at i and notes its members, unless there are too many.
func (o *Outline) members(i, level int) (end int, complete bool) {
	o.deepest = max(o.deepest, level)
	text := o.text
	complete = true
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == '}' {
		return i + 1, complete
	}
	for count := 1; ; count++ {
		if i >= len(text) || text[i] != '"' {
			return invalid, false
		}
		keyStart, keyEnd := i, skipString(text, i+1)
		if i = skipColon(text, keyEnd); i < 0 {
			return invalid, false
		}
		if level > 1 {
			o.inner++
			complete = complete && count <= outlineMembers && o.inner <= outlineNodes
		}
		if complete {
			i = o.note(keyStart, keyEnd, i, level)
		} else {
			i = o.value(i, level)
		}
		if i < 0 {
			return invalid, false
		}
		switch i = skipSpace(text, i); {
		case i >= len(text):
			return invalid, false
		case text[i] == ',':
			i = skipSpace(text, i+1)
		case text[i] == '}':
			return i + 1, complete
		default:
			return invalid, false
		}
	}
}

// Value is a value of an outlined text. The zero Value is none.
type Value struct {
	outline *Outline
	raw     []byte
	node    int // notNoted if the outline has no node for it
}

const notNoted = -1

// Raw returns the original bytes of the value, without the white space around it. They must not be changed.
func (v Value) Raw() []byte { return v.raw }

// First returns the first byte, which tells the kind of the value: one of {["tfn- and the digits.
func (v Value) First() byte { return v.raw[0] }

// Depth returns how deep arrays and objects nest in the text that the value is of.
func (v Value) Depth() int { return v.outline.deepest }

// Cost returns about how much [Value.Member] and [Value.Element] have to go through: members that are at hand, or bytes
// where the value is read again.
func (v Value) Cost() int {
	if v.isNoted() {
		return v.outline.nodes[v.node].next - v.node
	}
	return len(v.raw)
}

// isNoted reports whether the members of an object are at hand.
func (v Value) isNoted() bool { return v.node >= 0 && v.outline.nodes[v.node].outlined }

// again reads an object whose members are not at hand.
func (v Value) again() Value {
	var o Outline
	o.Read(v.raw) // it was checked before
	return o.Root()
}

// Member returns the object's member of the name, of several the last. The value must be an object.
func (v Value) Member(key string) (member Value, ok bool) {
	if !v.isNoted() {
		v = v.again()
	}
	o := v.outline
	found := notNoted
	for n := v.node + 1; n < o.nodes[v.node].next; n = o.nodes[n].next {
		if o.isNamed(n, key) {
			found = n
		}
	}
	if found < 0 {
		return Value{}, false
	}
	return Value{o, o.raw(found), found}, true
}

// isNamed compares the key of a node.
func (o *Outline) isNamed(n int, key string) bool {
	raw := o.text[o.nodes[n].keyStart:o.nodes[n].keyEnd]
	if string(raw[1:len(raw)-1]) == key {
		return !escaped(raw)
	}
	return escaped(raw) && string(Unquote(nil, raw)) == key
}

// Members appends the object's members to list, repeated keys included, and returns the longer list. The value must be
// an object. Keys that are among known take no memory of their own.
func (v Value) Members(list []Member, known ...string) []Member {
	if !v.isNoted() {
		v = v.again()
	}
	o := v.outline
	for n := v.node + 1; n < o.nodes[v.node].next; n = o.nodes[n].next {
		list = append(list, Member{Key: o.key(n, known), Value: o.raw(n)})
	}
	return list
}

func (o *Outline) key(n int, known []string) string {
	raw := o.text[o.nodes[n].keyStart:o.nodes[n].keyEnd]
	for _, key := range known {
		if string(raw[1:len(raw)-1]) == key && !escaped(raw) {
			return key
		}
	}
	if escaped(raw) {
		return string(Unquote(nil, raw))
	}
	return string(raw[1 : len(raw)-1])
}

// Element returns the element of an array at index, which must not be negative. It reads the array up to there.
func (v Value) Element(index int) (element Value, ok bool) {
	o := Outline{text: v.raw}
	i := skipSpace(v.raw, 1)
	for v.raw[i] != ']' {
		start := i
		i = o.value(i, 0)
		if index == 0 {
			return Value{v.outline, v.raw[start:i:i], notNoted}, true
		}
		index--
		if i = skipSpace(v.raw, i); v.raw[i] == ',' {
			i = skipSpace(v.raw, i+1)
		}
	}
	return Value{}, false
}
