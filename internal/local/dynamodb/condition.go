package dynamodb

import (
	"regexp"
	"slices"
	"strings"
)

// condition holds for an item if all its terms do. Without terms it holds.
type condition []term

// term is "name = :value", "attribute_exists(name)" or "attribute_not_exists(name)".
type term struct {
	name  string
	equal *value
	there bool // of the functions
}

var (
	conjunction = regexp.MustCompile(`(?i)\s+and\s+`)
	equality    = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*)\s*=\s*(:[A-Za-z0-9_]+)$`)
	existence   = regexp.MustCompile(`^attribute_(not_)?exists\s*\(\s*([A-Za-z][A-Za-z0-9_]*)\s*\)$`)
)

// parse reads an expression of the part of the language that the stand-in knows. Every value must be used.
func parse(parameter, expression string, values map[string]value) (condition, error) {
	var c condition
	used := map[string]bool{}
	for _, text := range conjunction.Split(strings.TrimSpace(expression), -1) {
		equal, exists := equality.FindStringSubmatch(text), existence.FindStringSubmatch(text)
		switch {
		case expression == "":
		case equal != nil:
			v, defined := values[equal[2]]
			if !defined {
				return nil, errValidation("Invalid %s: An expression attribute value used in expression is not defined; attribute value: %s",
					parameter, equal[2])
			}
			used[equal[2]] = true
			c = append(c, term{name: equal[1], equal: &v})
		case exists != nil:
			c = append(c, term{name: exists[2], there: exists[1] == ""})
		default:
			return nil, errValidation("Invalid %s: the stand-in does not understand %q", parameter, text)
		}
	}
	for name := range values {
		if !used[name] {
			return nil, errValidation("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", name)
		}
	}
	return c, nil
}

// of says whether the condition holds for an item, nil if there is none.
func (c condition) of(in item) bool {
	return !slices.ContainsFunc(c, func(t term) bool {
		v, there := in[t.name]
		if t.equal == nil {
			return there != t.there
		}
		return !there || v.compare(*t.equal) != 0
	})
}
