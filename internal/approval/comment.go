package approval

import (
	"fmt"
	"io"
	"log/slog"
)

const redactedComment = "[comment]"

// Comment is what a person wrote to an answer. It is for the page and for the workflow; it cannot be printed, logged or
// encoded.
type Comment struct {
	text *string // as in [Link]
}

// NewComment wraps a text.
func NewComment(text string) Comment { return Comment{text: &text} }

// Text returns what was written, empty if nothing was.
func (c Comment) Text() string {
	if c.text == nil {
		return ""
	}
	return *c.text
}

// String returns a fixed text.
func (Comment) String() string { return redactedComment }

// Format writes a fixed text, whatever the verb.
func (Comment) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redactedComment) }

// LogValue returns a fixed text.
func (Comment) LogValue() slog.Value { return slog.StringValue(redactedComment) }

// MarshalText returns a fixed text.
func (Comment) MarshalText() ([]byte, error) { return []byte(redactedComment), nil }
