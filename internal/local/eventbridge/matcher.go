package eventbridge

import (
	"encoding/json"
	"slices"
	"strings"
)

func parseValues(list []any) ([]matcher, error) {
	if len(list) == 0 {
		return nil, invalid("Empty arrays are not allowed")
	}
	var values []matcher
	for _, element := range list {
		switch v := element.(type) {
		case []member:
			m, err := parseExpression(v)
			if err != nil {
				return nil, err
			}
			values = append(values, m)
		case []any:
			return nil, invalid("Match value must be String, number, true, false, or null")
		default:
			values = append(values, matcher{takes: func(value any) bool { return value == v }})
		}
	}
	return values, nil
}

func parseExpression(members []member) (matcher, error) {
	if len(members) != 1 {
		return matcher{}, invalid("Only one key allowed in match expression")
	}
	m := members[0]
	switch m.name {
	case "prefix", "suffix":
		takes, err := parseAffix(m)
		return matcher{takes: takes}, err
	case "exists":
		exists, ok := m.value.(bool)
		if !ok {
			return matcher{}, invalid("exists match pattern must be either true or false.")
		}
		return matcher{absent: !exists, takes: func(any) bool { return true }}, nil
	case "anything-but":
		takes, err := parseAnythingBut(m.value)
		return matcher{takes: takes}, err
	case "numeric":
		takes, err := parseNumeric(m.value)
		return matcher{takes: takes}, err
	case "equals-ignore-case", "wildcard", "cidr":
		return matcher{}, invalid("the match type %s is not in the stand-in", m.name)
	default:
		return matcher{}, invalid("Unrecognized match type %s", m.name)
	}
}

func parseAffix(m member) (func(any) bool, error) {
	text, ok := m.value.(string)
	if !ok {
		return nil, invalid("%s match pattern must be a string", m.name)
	}
	has := strings.HasPrefix
	if m.name == "suffix" {
		has = strings.HasSuffix
	}
	return func(value any) bool {
		s, ok := value.(string)
		return ok && has(s, text)
	}, nil
}

// parseAnythingBut takes a string, a number, a list of either kind, or a prefix or suffix.
func parseAnythingBut(value any) (func(any) bool, error) {
	switch v := value.(type) {
	case string, json.Number:
		return parseAnythingBut([]any{v})
	case []any:
		return parseExceptions(v)
	case []member:
		if len(v) != 1 || v[0].name != "prefix" && v[0].name != "suffix" {
			return nil, invalid("Unsupported anything-but pattern: %s", names(v))
		}
		if v[0].value == "" {
			return nil, invalid("Null prefix/suffix not allowed")
		}
		has, err := parseAffix(v[0])
		return func(value any) bool { return !has(value) }, err
	default:
		return nil, invalid("Value of anything-but must be an array or single string/number value.")
	}
}

func parseExceptions(list []any) (func(any) bool, error) {
	var texts []string
	var numbers []float64
	for _, element := range list {
		switch v := element.(type) {
		case string:
			texts = append(texts, v)
		case json.Number:
			n, err := number(v)
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, n)
		default:
			return nil, invalid("Inside anything but list, start|null|boolean is not supported.")
		}
	}
	if (len(texts) == 0) == (len(numbers) == 0) {
		return nil, invalid("Inside anything but list, either all values are number or string, mixed type is not supported")
	}
	return func(value any) bool {
		switch v := value.(type) {
		case string:
			return !slices.Contains(texts, v)
		case json.Number:
			n, err := v.Float64()
			return err != nil || !slices.Contains(numbers, n)
		default:
			return true
		}
	}, nil
}

func names(members []member) string {
	var all []string
	for _, m := range members {
		all = append(all, m.name)
	}
	return strings.Join(all, ", ")
}
