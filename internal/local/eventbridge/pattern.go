package eventbridge

import (
	"bytes"
	"encoding/json"
)

// Pattern is an event pattern: what an event must look like for a rule to take it. It is made by ParsePattern and is safe
// for concurrent use.
//
// Understood are equality with strings, numbers, true, false and null; prefix, suffix, exists, numeric; anything-but of
// strings, of numbers, of a prefix or a suffix; nested objects and $or. Fields that a pattern does not name do not matter.
// A number equals only what is written alike: 300, 300.0 and 3.0e2 differ, as the guide says; numeric compares values.
type Pattern struct {
	root *object
}

// object is what a pattern demands of an object: every field, and one of the alternatives if there are any.
type object struct {
	fields       []field
	alternatives []*object // $or
}

// field is what a pattern demands under one name: an object, or a value that one of the matchers takes.
type field struct {
	name   string
	object *object
	values []matcher
}

// matcher takes a string, json.Number, bool or nil; absent is instead satisfied if the event has no such value anywhere.
type matcher struct {
	absent bool
	takes  func(value any) bool
}

// Matches tells whether the pattern takes an event, a JSON object. What is not JSON matches nothing.
//
// A value that is an array matches if one of its elements does. Where it is an array of objects, all that the pattern
// says of them must be true of the same one. exists looks at values only, never at objects.
func (p *Pattern) Matches(event []byte) bool { return p.matches(decode(event)) }

func (p *Pattern) matches(root map[string]any) bool {
	return root != nil && matching{root}.object(p.root, root, nil)
}

// decode returns an event's members, nil if it is no JSON object.
func decode(event []byte) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(event))
	decoder.UseNumber()
	var root map[string]any
	if decoder.Decode(&root) != nil {
		return nil
	}
	return root
}

// matching is one event under examination.
type matching struct {
	root map[string]any
}

func (m matching) object(o *object, value any, path []string) bool {
	candidates := objects(value)
	if len(candidates) == 0 {
		candidates = []map[string]any{nil} // in which everything is absent
	}
	for _, c := range candidates {
		if m.candidate(o, c, path) {
			return true
		}
	}
	return false
}

func (m matching) candidate(o *object, c map[string]any, path []string) bool {
	for _, f := range o.fields {
		if !m.field(f, c, append(path[:len(path):len(path)], f.name)) {
			return false
		}
	}
	for _, alternative := range o.alternatives {
		if m.candidate(alternative, c, path) {
			return true
		}
	}
	return len(o.alternatives) == 0
}

func (m matching) field(f field, c map[string]any, path []string) bool {
	value, there := c[f.name]
	if f.object != nil {
		return m.object(f.object, value, path)
	}
	var found []any
	if there {
		found = leaves(value)
	}
	for _, want := range f.values {
		if want.absent && !present(m.root, path) {
			return true
		}
		if want.absent {
			continue
		}
		for _, leaf := range found {
			if want.takes(leaf) {
				return true
			}
		}
	}
	return false
}

// objects are the value itself, or the objects among its elements.
func objects(value any) []map[string]any {
	switch v := value.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var all []map[string]any
		for _, element := range v {
			all = append(all, objects(element)...)
		}
		return all
	default:
		return nil
	}
}

// leaves are the value itself, or the values among its elements; an object is none.
func leaves(value any) []any {
	switch v := value.(type) {
	case map[string]any:
		return nil
	case []any:
		var all []any
		for _, element := range v {
			all = append(all, leaves(element)...)
		}
		return all
	default:
		return []any{v}
	}
}

// present tells whether there is a value at the path, whichever elements of arrays the way leads through.
func present(value any, path []string) bool {
	if len(path) == 0 {
		return len(leaves(value)) > 0
	}
	for _, o := range objects(value) {
		if child, ok := o[path[0]]; ok && present(child, path[1:]) {
			return true
		}
	}
	return false
}
