package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

// explain says which mapping does not compile, on which line, in jq's own words.
func (p Program) explain(err error) error {
	line, hint := 0, ""
	var syntax *gojq.ParseError
	var refused *refusal
	switch {
	case errors.As(err, &syntax):
		line = p.lineAt(syntax.Offset)
	case errors.As(err, &refused):
		line = p.lineOf(refused.token)
	default:
		// gojq's compile errors carry no position; their texts end in the name, "function not defined: f/0".
		_, name, _ := strings.Cut(err.Error(), "not defined: ")
		name, arity, isFunction := strings.Cut(name, "/")
		line = p.lineOf(name)
		if isFunction && arity == "0" {
			hint = fmt.Sprintf(" (a member of the payload is written .%s)", name)
		}
	}
	if line == 0 {
		return fmt.Errorf("mapping %s: %w%s", p.Name, err, hint)
	}
	return fmt.Errorf("mapping %s, line %d: %w%s", p.Name, line, err, hint)
}

// lineAt returns the line, from 1, on which the byte before offset stands.
func (p Program) lineAt(offset int) int {
	end := min(max(offset-1, 0), len(p.Source))
	return 1 + strings.Count(p.Source[:end], "\n")
}

// lineOf returns the line of the first use of token outside comments, 0 if there is none.
func (p Program) lineOf(token string) int {
	if token == "" {
		return 0
	}
	for i, line := range strings.Split(p.Source, "\n") {
		code, _, _ := strings.Cut(line, "#")
		if strings.Contains(code, token) {
			return i + 1
		}
	}
	return 0
}
