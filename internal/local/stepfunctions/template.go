package stepfunctions

import (
	"encoding/json"
	"fmt"
	"strings"
)

// template is a payload template: a JSON value in which members named `x.$` are replaced by what their path finds.
type template struct {
	literal json.RawMessage // when there is nothing to replace below
	members []templateMember
	items   []template // of an array, when members is nil
}

type templateMember struct {
	field  string // as written, with .$
	rawKey json.RawMessage
	from   *path // nil: value
	value  template
}

// template takes Parameters or ResultSelector; absent is nil.
func (n *node) template(field string) *template {
	raw, ok := n.take(field)
	if !ok {
		return nil
	}
	if kindOf(raw) != '{' {
		n.refuse(field, "must be an object")
		return nil
	}
	t := n.templateOf(field, raw)
	return &t
}

func (n *node) templateOf(field string, raw json.RawMessage) template {
	switch kindOf(raw) {
	case '{':
		return n.objectTemplate(field, raw)
	case '[':
		items, err := arrayItems(raw)
		if err != nil {
			n.refuse(field, "cannot be read")
			return template{}
		}
		t, fixed := template{items: make([]template, 0, len(items))}, true
		for i, item := range items {
			t.items = append(t.items, n.templateOf(fmt.Sprintf("%s[%d]", field, i), item))
			fixed = fixed && t.items[i].literal != nil
		}
		if fixed {
			return template{literal: raw}
		}
		return t
	default:
		return template{literal: raw}
	}
}

func (n *node) objectTemplate(field string, raw json.RawMessage) template {
	members, err := objectMembers(raw)
	if err != nil {
		n.refuse(field, "cannot be read")
		return template{}
	}
	var t template
	fixed, seen := true, map[string]bool{}
	for _, m := range members {
		at := field + "." + m.key
		name, dynamic := strings.CutSuffix(m.key, ".$")
		if seen[name] {
			n.refuse(at, "the field stands there twice")
		}
		seen[name] = true
		tm := templateMember{field: m.key, rawKey: m.rawKey}
		if dynamic {
			tm.rawKey, tm.from = quote(name), n.templatePath(at, m.value)
		} else {
			tm.value = n.templateOf(at, m.value)
		}
		fixed = fixed && !dynamic && tm.value.literal != nil
		t.members = append(t.members, tm)
	}
	if fixed {
		return template{literal: raw}
	}
	return t
}

func (n *node) templatePath(at string, raw json.RawMessage) *path {
	s, ok := text(raw)
	switch {
	case !ok:
		n.refuse(at, "must be a path")
	case strings.HasPrefix(s, "States."):
		name, _, _ := strings.Cut(s, "(")
		n.refuse(at, "the intrinsic function %s is not supported", name)
	default:
		if p := n.parse(at, s); p != nil {
			return p
		}
	}
	return &path{text: "$"} // refused; only the parser goes on with it
}

// render evaluates the template.
func (t *template) render(sc scope) (json.RawMessage, error) {
	if t.literal != nil {
		return t.literal, nil
	}
	if t.items != nil {
		items := make([]json.RawMessage, 0, len(t.items))
		for i := range t.items {
			item, err := t.items[i].render(sc)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		return arrayOf(items), nil
	}
	var w objectWriter
	for _, m := range t.members {
		value, err := m.render(sc)
		if err != nil {
			return nil, err
		}
		w.put(m.rawKey, value)
	}
	return w.object(), nil
}

func (m *templateMember) render(sc scope) (json.RawMessage, error) {
	if m.from == nil {
		return m.value.render(sc)
	}
	value, ok := sc.find(*m.from)
	if !ok {
		return nil, failf(errParameterPath,
			"The JSONPath '%s' specified for the field '%s' could not be found in the input", m.from.text, m.field)
	}
	return value, nil
}
