package stepfunctions

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// path is a JSONPath that names one place: `$`, `$.a.b[0]['c']`, or `$$.Task.Token` in the context object.
// Wildcards, slices, filters, `..`, negative indexes and functions are refused.
type path struct {
	text    string
	context bool
	steps   []step
}

// step goes to a member, or to an item when index is not negative.
type step struct {
	name  string
	index int
}

const maxPath = 1024

func parsePath(text string) (path, error) {
	if len(text) > maxPath {
		return path{}, fmt.Errorf("a path of %d bytes is too long", len(text))
	}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return path{}, fmt.Errorf("the path %q does not start with $", text)
	}
	p := path{text: text}
	rest, p.context = strings.CutPrefix(rest, "$")
	for rest != "" {
		var (
			s   step
			err error
		)
		switch rest[0] {
		case '.':
			s, rest, err = nameStep(rest[1:])
		case '[':
			s, rest, err = bracketStep(rest[1:])
		default:
			err = fmt.Errorf("%q cannot stand there", rest[:1])
		}
		if err != nil {
			return path{}, fmt.Errorf("the path %q is not supported: %w", text, err)
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

func nameStep(rest string) (step, string, error) {
	end := strings.IndexFunc(rest, func(r rune) bool {
		return strings.ContainsRune(`.[]()'"*?@,:&|!<>=~`, r) || unicode.IsSpace(r) || unicode.IsControl(r)
	})
	if end < 0 {
		end = len(rest)
	}
	if end == 0 {
		return step{}, "", fmt.Errorf("a name is missing after the dot")
	}
	return step{name: rest[:end], index: -1}, rest[end:], nil
}

func bracketStep(rest string) (step, string, error) {
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		return quotedStep(rest[1:], rest[0])
	}
	inside, after, ok := strings.Cut(rest, "]")
	if !ok {
		return step{}, "", fmt.Errorf("a bracket is not closed")
	}
	for _, r := range inside {
		if r < '0' || r > '9' {
			return step{}, "", fmt.Errorf("[%s] is neither an index nor a quoted name", inside)
		}
	}
	index, err := strconv.Atoi(inside)
	if err != nil {
		return step{}, "", fmt.Errorf("[%s] is not an index", inside)
	}
	return step{index: index}, after, nil
}

// quotedStep reads up to the closing quote; a backslash takes the next character as it is.
func quotedStep(rest string, mark byte) (step, string, error) {
	var name strings.Builder
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '\\' && i+1 < len(rest):
			_, size := utf8.DecodeRuneInString(rest[i+1:])
			name.WriteString(rest[i+1 : i+1+size])
			i += size
		case c == mark:
			after, ok := strings.CutPrefix(rest[i+1:], "]")
			if !ok {
				return step{}, "", fmt.Errorf("only one name may stand in brackets")
			}
			return step{name: name.String(), index: -1}, after, nil
		default:
			name.WriteByte(c)
		}
	}
	return step{}, "", fmt.Errorf("a quoted name is not closed")
}

// find returns the value at the path as it stands in doc.
func (p path) find(doc json.RawMessage) (json.RawMessage, bool) {
	for _, s := range p.steps {
		next, ok := s.follow(doc)
		if !ok {
			return nil, false
		}
		doc = next
	}
	return doc, true
}

func (s step) follow(doc json.RawMessage) (json.RawMessage, bool) {
	if s.index >= 0 {
		items, err := arrayItems(doc)
		if err != nil || s.index >= len(items) {
			return nil, false
		}
		return items[s.index], true
	}
	members, err := objectMembers(doc)
	if err != nil {
		return nil, false
	}
	for i := len(members) - 1; i >= 0; i-- { // of duplicates the last one counts
		if members[i].key == s.name {
			return members[i].value, true
		}
	}
	return nil, false
}

// put returns doc with value at the path, which must consist of names. Missing objects on the way are made;
// members keep their order and their text.
func (p path) put(doc, value json.RawMessage) (json.RawMessage, error) {
	return putAt(doc, p.steps, value)
}

func putAt(doc json.RawMessage, steps []step, value json.RawMessage) (json.RawMessage, error) {
	if len(steps) == 0 {
		return value, nil
	}
	members, err := objectMembers(doc)
	if err != nil {
		return nil, err
	}
	var (
		out   objectWriter
		found bool
	)
	for _, m := range members {
		if m.key == steps[0].name {
			found = true
			if m.value, err = putAt(m.value, steps[1:], value); err != nil {
				return nil, err
			}
		}
		out.put(m.rawKey, m.value)
	}
	if !found {
		made, err := putAt(json.RawMessage(`{}`), steps[1:], value)
		if err != nil {
			return nil, err
		}
		out.put(quote(steps[0].name), made)
	}
	return out.object(), nil
}
