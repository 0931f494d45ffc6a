package stepfunctions

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// node reads one object of a definition field by field; what nobody has read when it is closed is refused by name.
// Problems are collected, so that a definition's author sees all of them at once, and reading goes on with a zero value.
type node struct {
	problems *[]string
	at       string // "States.Wait", empty at the top
	fields   map[string]json.RawMessage
	order    []string
}

func newNode(problems *[]string, at string, doc json.RawMessage) *node {
	n := &node{problems: problems, at: at, fields: map[string]json.RawMessage{}}
	members, err := objectMembers(doc)
	if err != nil {
		n.refuse("", "must be an object")
		return n
	}
	for _, m := range members {
		if _, twice := n.fields[m.key]; twice {
			n.refuse(m.key, "the field stands there twice")
			continue
		}
		n.fields[m.key] = m.value
		n.order = append(n.order, m.key)
	}
	n.take("Comment")
	return n
}

func (n *node) where(field string) string {
	switch {
	case n.at == "" && field == "":
		return "the definition"
	case n.at == "":
		return field
	case field == "":
		return n.at
	default:
		return n.at + "." + field
	}
}

func (n *node) refuse(field, format string, args ...any) {
	*n.problems = append(*n.problems, n.where(field)+": "+fmt.Sprintf(format, args...))
}

// close refuses the fields that nobody took.
func (n *node) close() {
	for _, name := range n.order {
		if _, left := n.fields[name]; left {
			n.refuse(name, "the field is not supported here")
		}
	}
}

func (n *node) has(field string) bool { _, ok := n.fields[field]; return ok }

func (n *node) take(field string) (json.RawMessage, bool) {
	raw, ok := n.fields[field]
	delete(n.fields, field)
	return raw, ok
}

// need takes a field that must be there.
func (n *node) need(field string) (json.RawMessage, bool) {
	raw, ok := n.take(field)
	if !ok {
		n.refuse(field, "the field is missing")
	}
	return raw, ok
}

func (n *node) text(field string) string {
	raw, ok := n.take(field)
	if !ok {
		return ""
	}
	s, ok := text(raw)
	if !ok {
		n.refuse(field, "must be a string")
	}
	return s
}

func (n *node) needText(field string) string {
	if !n.has(field) {
		n.refuse(field, "the field is missing")
		return ""
	}
	before, s := len(*n.problems), n.text(field)
	if s == "" && len(*n.problems) == before {
		n.refuse(field, "must not be empty")
	}
	return s
}

// whole takes an integer from least to 99,999,999, the language's upper bound; absent is fallback.
func (n *node) whole(field string, least, fallback int64) int64 {
	raw, ok := n.take(field)
	if !ok {
		return fallback
	}
	v, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || v < least || v > maxSeconds {
		n.refuse(field, "must be a whole number from %d to %d", least, maxSeconds)
		return fallback
	}
	return v
}

const maxSeconds = 99_999_999

// seconds takes a duration of at least one second; absent is 0.
func (n *node) seconds(field string) time.Duration {
	return time.Duration(n.whole(field, 1, 0)) * time.Second
}

// path takes a path; absent is `$`, null is nil.
func (n *node) path(field string) *path {
	raw, ok := n.take(field)
	if !ok {
		return &path{text: "$"}
	}
	if kindOf(raw) == 'n' {
		return nil
	}
	s, ok := text(raw)
	if !ok {
		n.refuse(field, "must be a path or null")
		return nil
	}
	return n.parse(field, s)
}

func (n *node) parse(field, s string) *path {
	p, err := parsePath(s)
	if err != nil {
		n.refuse(field, "%v", err)
		return nil
	}
	if !p.known() {
		n.refuse(field, "the context object has no %s here", s)
		return nil
	}
	return &p
}

// resultPath takes a path that a result can be put at: names only, in the document.
func (n *node) resultPath() *path {
	p := n.path("ResultPath")
	if p == nil {
		return nil
	}
	names := !p.context
	for _, s := range p.steps {
		names = names && s.index < 0
	}
	if !names {
		n.refuse("ResultPath", "%s is not supported: names in the document only", p.text)
		return nil
	}
	return p
}

// names takes a list of strings with at least one item.
func (n *node) names(field string) []string {
	raw, ok := n.need(field)
	if !ok {
		return nil
	}
	items, err := arrayItems(raw)
	if err != nil || len(items) == 0 {
		n.refuse(field, "must be a list of strings that is not empty")
		return nil
	}
	names := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := text(item)
		if !ok {
			n.refuse(field, "must be a list of strings")
			return nil
		}
		names = append(names, s)
	}
	return names
}

// nodes takes a list of objects; absent is empty.
func (n *node) nodes(field string) []*node {
	raw, ok := n.take(field)
	if !ok {
		return nil
	}
	items, err := arrayItems(raw)
	if err != nil {
		n.refuse(field, "must be a list")
		return nil
	}
	nodes := make([]*node, 0, len(items))
	for i, item := range items {
		nodes = append(nodes, newNode(n.problems, fmt.Sprintf("%s[%d]", n.where(field), i), item))
	}
	return nodes
}
