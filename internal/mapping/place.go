package mapping

import (
	"encoding/json"
	"math/big"
	"reflect"

	"github.com/itchyny/gojq"
)

// place is where a value stands in the payload or in $meta.
type place struct {
	parent *place
	step   any // key or index; of a root without a parent its name
}

// String returns the place as a jq path: ".", ".items[2].name", "$meta.headers".
func (p *place) String() string {
	path := p.path()
	if path == "" {
		return "."
	}
	if path[0] == '[' {
		return "." + path
	}
	return path
}

func (p *place) path() string {
	if p.parent == nil {
		name, _ := p.step.(string)
		return name
	}
	key, isKey := p.step.(string)
	if isKey && isPlain(key) {
		return p.parent.path() + "." + key
	}
	text, err := gojq.Marshal(p.step)
	if err != nil { // steps are strings and numbers
		return p.parent.path()
	}
	if isKey {
		return p.parent.path() + "." + string(text)
	}
	return p.parent.path() + "[" + string(text) + "]"
}

// isPlain reports whether jq takes the key after a dot without quotes.
func isPlain(key string) bool {
	for i, c := range []byte(key) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return key != ""
}

// member returns the place of a member, nil for what is no key or index: a slice is no value of the payload.
func (p *place) member(step any) *place {
	switch step.(type) {
	case string, int, float64, *big.Int, json.Number:
		return &place{parent: p, step: step}
	default:
		return nil
	}
}

// atlas knows the places of values by where Go keeps them: the very values, not equal ones. It must not outlive the
// values.
type atlas map[memory]*place

// memory identifies an array, an object, a string or a number by its address and, lest one be taken for its own
// beginning, its length.
type memory struct {
	address uintptr
	length  int
}

// add notes the value and all in it.
func (a atlas) add(v any, at *place) {
	if id, ok := memoryOf(v); ok {
		if _, known := a[id]; known {
			at = nil // in two places, so in neither
		}
		a[id] = at
	}
	if at == nil {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			a.add(member, &place{at, key})
		}
	case []any:
		for i, element := range v {
			a.add(element, &place{at, i})
		}
	}
}

// find returns nil for a value that is not known.
func (a atlas) find(v any) *place {
	id, ok := memoryOf(v)
	if !ok {
		return nil
	}
	return a[id]
}

func memoryOf(v any) (memory, bool) {
	switch v := v.(type) {
	case map[string]any:
		return memory{reflect.ValueOf(v).Pointer(), -1}, v != nil
	case []any:
		return memory{reflect.ValueOf(v).Pointer(), len(v)}, len(v) > 0
	case string:
		return memoryOfText(v)
	case json.Number:
		return memoryOfText(string(v))
	default:
		return memory{}, false
	}
}

// memoryOfText does not tell short texts apart: Go keeps all that are one byte long in the same place.
func memoryOfText(s string) (memory, bool) {
	return memory{reflect.ValueOf(s).Pointer(), len(s)}, len(s) > 1
}
