package approval

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"callback-completer/internal/jsonspan"
)

// reader collects what is wrong with a request.
type reader struct {
	problems []string
}

func (in *reader) problem(format string, args ...any) {
	in.problems = append(in.problems, fmt.Sprintf(format, args...))
}

// object is a JSON object of the request, by member.
type object struct {
	in      *reader
	place   string // empty for the request itself
	members map[string][]byte
}

// memberPattern keeps names that could be something else, such as a token in the wrong place, out of the problems.
var memberPattern = regexp.MustCompile(`^[A-Za-z_-]{1,24}$`)

// object reads an object with none but the allowed members, each at most once. It returns nil if there is none.
func (in *reader) object(place string, raw []byte, allowed ...string) *object {
	o := &object{in: in, place: place, members: map[string][]byte{}}
	members, ok, err := jsonspan.Members(raw)
	switch {
	case err != nil:
		in.problem("%v", err) // says where, quotes nothing
		return nil
	case !ok:
		in.problem("%s is no JSON object", o.name())
		return nil
	}
	for _, m := range members {
		name := "a member of " + o.name()
		if memberPattern.MatchString(m.Key) {
			name = o.path(m.Key)
		}
		if _, twice := o.members[m.Key]; twice {
			in.problem("%s stands there twice", name)
		} else if !slices.Contains(allowed, m.Key) {
			in.problem("%s is unknown; there are %s", name, strings.Join(allowed, ", "))
		}
		o.members[m.Key] = m.Value
	}
	return o
}

func (o *object) name() string {
	if o.place == "" {
		return "the request"
	}
	return o.place
}

func (o *object) path(key string) string {
	if o.place == "" {
		return key
	}
	return o.place + "." + key
}

func (o *object) has(key string) bool {
	_, ok := o.members[key]
	return ok
}

// need returns a member that must be there.
func (o *object) need(key string) ([]byte, bool) {
	raw, ok := o.members[key]
	if !ok {
		o.in.problem("%s is missing", o.path(key))
	}
	return raw, ok
}

// is reports whether the member is there and a text, so that its content can be found wrong.
func (o *object) is(key string) bool {
	_, ok := o.in.string(o.members[key])
	return ok
}

func (in *reader) string(raw []byte) (string, bool) { return jsonspan.String(raw) }

// rawText returns a member that must be a text, of whatever content.
func (o *object) rawText(key string) string {
	raw, ok := o.need(key)
	if !ok {
		return ""
	}
	text, ok := o.in.string(raw)
	if !ok {
		o.in.problem("%s is no text", o.path(key))
	}
	return text
}

// measure is how the length of a text is told.
type measure string

const (
	inCharacters measure = "characters"
	inBytes      measure = "bytes"
)

func (m measure) of(text string) int {
	if m == inCharacters {
		return utf8.RuneCountInString(text)
	}
	return len(text)
}

// text returns a member that must be a text, not blank and not too long.
func (o *object) text(key string, limit int, by measure) string {
	raw, ok := o.need(key)
	if !ok {
		return ""
	}
	return o.in.text(o.path(key), raw, limit, by)
}

func (in *reader) text(path string, raw []byte, limit int, by measure) string {
	text, ok := in.string(raw)
	switch {
	case !ok:
		in.problem("%s is no text", path)
	case strings.TrimSpace(text) == "":
		in.problem("%s is empty", path)
	case by.of(text) > limit:
		in.problem("%s is longer than %d %s", path, limit, by)
	}
	return text
}

// scalar returns a text, a number or a truth value as it is written. A text may be empty.
func (o *object) scalar(key string, limit int) string {
	raw, ok := o.need(key)
	if !ok {
		return ""
	}
	text, isText := o.in.string(raw)
	if !isText {
		text = string(raw)
	}
	switch {
	case !isText && strings.ContainsRune("{[n", rune(raw[0])):
		o.in.problem("%s is no text, number or truth value", o.path(key))
	case len(text) > limit:
		o.in.problem("%s is longer than %d bytes", o.path(key), limit)
	}
	return text
}

func (o *object) boolean(key string) bool {
	switch string(o.members[key]) {
	case "true":
		return true
	case "false":
	default:
		o.in.problem("%s is neither true nor false", o.path(key))
	}
	return false
}

// count returns a whole number from 1 to most; 1 if there is none.
func (o *object) count(key string, most int) int {
	if !o.has(key) {
		return 1
	}
	n, err := strconv.Atoi(string(o.members[key]))
	if err != nil || n < 1 || n > most {
		o.in.problem("%s must be a whole number from 1 to %d", o.path(key), most)
		return 1
	}
	return n
}

// word returns one of a few texts, the first of them if there is none.
func word[T ~string](o *object, key string, first T, others ...T) T {
	if !o.has(key) {
		return first
	}
	all := slices.DeleteFunc(append([]T{first}, others...), func(w T) bool { return w == "" })
	text, _ := o.in.string(o.members[key])
	if !slices.Contains(all, T(text)) {
		names := make([]string, len(all))
		for i, w := range all {
			names[i] = string(w)
		}
		o.in.problem("%s must be one of %s", o.path(key), strings.Join(names, ", "))
		return first
	}
	return T(text)
}

// list reads a list of at most so many things, nil if there is none.
func list[T any](o *object, key string, most int, read func(path string, raw []byte) T) []T {
	if !o.has(key) {
		return nil
	}
	var items []json.RawMessage
	if raw := o.members[key]; raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		o.in.problem("%s is no list", o.path(key))
		return nil
	}
	if len(items) > most {
		o.in.problem("%s has %d entries, at most %d can be", o.path(key), len(items), most)
		return nil
	}
	if len(items) == 0 {
		return nil // as if it were not there
	}
	all := make([]T, len(items))
	for i, raw := range items {
		all[i] = read(fmt.Sprintf("%s[%d]", o.path(key), i), raw)
	}
	return all
}
