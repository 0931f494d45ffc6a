package mapping

import (
	"errors"

	"callback-completer/internal/jsonspan"
)

// The functions that a guarded program calls in the place of jq's own, or before them. jq's lexer cannot write their
// names, so no program can call or hide them.
const (
	fromJSONFunction = "from json" // fromjson that keeps the bytes
	factorFunction   = "a factor"  // stands before each operand of *
	shortFunction    = "short text"
)

// maxMatched is the longest string that regular expressions are run over, in bytes: gojq's search for all matches takes
// quadratic time (100 KB take 6 s) and cannot be stopped.
const maxMatched = 16 << 10

var (
	errFromJSON   = errors.New("fromjson: the value is no string that holds JSON")
	errRepetition = errors.New("repetition of strings is not allowed in a mapping")
	errMatched    = errors.New("the string is too long for a regular expression in a mapping: at most 16 KiB")
)

// exactFromJSON is fromjson for JSON in a JSON string: its arrays and objects keep their bytes as well.
func (c *compiled) exactFromJSON(v any, _ []any) any {
	text, isString := v.(string)
	if !isString {
		return errFromJSON
	}
	value, err := c.current.payload.Nest([]byte(text))
	if errors.Is(err, jsonspan.ErrDepth) {
		return err
	}
	if err != nil {
		return errFromJSON
	}
	return value
}

// factor passes on whatever may be multiplied: all but strings. One "x" * 500000000 would take the memory of the whole
// function.
func factor(v any, _ []any) any {
	if _, ok := v.(string); ok {
		return errRepetition
	}
	return v
}

// short passes on all but long strings.
func short(v any, _ []any) any {
	if s, ok := v.(string); ok && len(s) > maxMatched {
		return errMatched
	}
	return v
}
