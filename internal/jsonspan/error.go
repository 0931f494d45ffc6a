package jsonspan

import (
	"errors"
	"fmt"
)

// MaxDepth is how deep arrays and objects may nest. encoding/json allows 10,000; nothing that a workflow
// passes on comes near either, and jq programs recurse over what they are given.
const MaxDepth = 1000

// The reasons for which text is refused. A *SyntaxError wraps one of them.
var (
	ErrSyntax = errors.New("not valid JSON")
	ErrUTF8   = errors.New("not valid UTF-8")
	ErrBOM    = errors.New("starts with a byte order mark")
	ErrDepth  = fmt.Errorf("nested deeper than %d levels", MaxDepth)
)

// SyntaxError says why text is refused and where. It never quotes the text.
type SyntaxError struct {
	Reason error // one of the Err values above
	Offset int   // bytes before the first one that does not fit
	Want   string
}

func (e *SyntaxError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%v at offset %d", e.Reason, e.Offset)
	}
	return fmt.Sprintf("%v at offset %d: want %s", e.Reason, e.Offset, e.Want)
}

// Unwrap returns the reason, for errors.Is.
func (e *SyntaxError) Unwrap() error { return e.Reason }
