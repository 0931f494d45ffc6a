package eventbridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"callback-completer/internal/local/awsjson"
)

// or names the alternatives in an object of a pattern.
const or = "$or"

// ParsePattern reads an event pattern. What is wrong with it, or not understood here, is named in an *awsjson.Error with
// the code InvalidEventPatternException. The limit of 4,096 bytes is PutRule's.
func ParsePattern(text string) (*Pattern, error) {
	value, err := readTree([]byte(text))
	if err != nil {
		return nil, err
	}
	members, ok := value.([]member)
	if !ok {
		return nil, invalid("Filter is not an object")
	}
	root, err := parseObject(members)
	if err != nil {
		return nil, err
	}
	return &Pattern{root}, nil
}

// invalid refuses a pattern. Where AWS's own compiler of patterns refuses it too, the reason is in its words.
func invalid(reason string, args ...any) error {
	return awsjson.Errorf("InvalidEventPatternException", "Event pattern is not valid. Reason: "+reason, args...)
}

func parseObject(members []member) (*object, error) {
	if len(members) == 0 {
		return nil, invalid("Empty objects are not allowed")
	}
	o := &object{}
	for _, m := range members {
		if m.name == or {
			alternatives, err := parseOr(m.value)
			if err != nil {
				return nil, err
			}
			o.alternatives = alternatives
			continue
		}
		f := field{name: m.name}
		var err error
		switch v := m.value.(type) {
		case []member:
			f.object, err = parseObject(v)
		case []any:
			f.values, err = parseValues(v)
		default:
			err = invalid("%q must be an object or an array", m.name)
		}
		if err != nil {
			return nil, err
		}
		o.fields = append(o.fields, f)
	}
	return o, nil
}

func parseOr(value any) ([]*object, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, invalid("It must be an Array followed with $or.")
	}
	if len(list) < 2 {
		return nil, invalid("There must have at least 2 Objects in $or relationship.")
	}
	var alternatives []*object
	for _, element := range list {
		members, ok := element.([]member)
		if !ok {
			return nil, invalid("Only JSON object is allowed in array of $or relationship.")
		}
		o, err := parseObject(members)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, o)
	}
	return alternatives, nil
}

// member is a name and a value of an object, in the order of the text.
type member struct {
	name  string
	value any // []member, []any, string, json.Number, bool or nil
}

// readTree reads one JSON value and refuses what two readers would take differently: a name that comes twice.
func readTree(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := readValue(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, invalid("there is something behind the JSON object")
	}
	return value, nil
}

func readValue(decoder *json.Decoder) (any, error) {
	token, err := readToken(decoder)
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(decoder)
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			element, err := readValue(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		_, err := readToken(decoder)
		return list, err
	default:
		return token, nil
	}
}

func readObject(decoder *json.Decoder) (any, error) {
	members, seen := []member{}, map[string]bool{}
	for decoder.More() {
		name, err := readValue(decoder)
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)} // the decoder accepts nothing else here
		if seen[m.name] {
			return nil, invalid("Path `%s` cannot be allowed multiple times", m.name)
		}
		seen[m.name] = true
		if m.value, err = readValue(decoder); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	_, err := readToken(decoder)
	return members, err
}

func readToken(decoder *json.Decoder) (json.Token, error) {
	token, err := decoder.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, invalid("%v", err)
	}
	return token, nil
}
