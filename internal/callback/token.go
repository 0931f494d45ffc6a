package callback

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// MaxTokenBytes is the longest task token that Step Functions takes (API model, TaskToken).
const MaxTokenBytes = 2048

const redacted = "[task token]"

// Token is a task token: whoever holds it can complete the task. It cannot be printed, logged or encoded; every
// such attempt gives a fixed text. Only the Step Functions adapter may call [Token.Reveal], which a test of this
// package guards.
type Token struct {
	// A pointer, because package fmt prints strings in unexported fields of other structs without asking
	// their methods, but never follows pointers there.
	text *string
}

// Fingerprint length, in hexadecimal digits: enough to tell tokens apart in a log, useless to complete a task.
const fingerprintDigits = 12

// NewToken checks and wraps a task token: 1 to [MaxTokenBytes] bytes, no white space, no control characters.
// The form is not checked further: AWS does not document it. The error is an *Error with [CodeInvalidTaskToken].
func NewToken(text string) (Token, error) {
	switch {
	case text == "":
		return Token{}, Reject(CodeInvalidTaskToken, "The task token is empty.")
	case len(text) > MaxTokenBytes:
		return Token{}, Reject(CodeInvalidTaskToken, "The task token is longer than 2,048 bytes.")
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return Token{}, Reject(CodeInvalidTaskToken,
				"The task token holds white space or a control character; look for a line break at its end.")
		}
	}
	return Token{text: &text}, nil
}

// Reveal returns the token itself. It is for the Step Functions adapter alone.
func (t Token) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// IsZero reports whether t holds no token.
func (t Token) IsZero() bool { return t.text == nil }

// Equal reports whether both hold the same token.
func (t Token) Equal(u Token) bool { return t.Reveal() == u.Reveal() }

// Digest returns the SHA-256 of the token, to look it up without keeping it.
func (t Token) Digest() Digest { return sha256.Sum256([]byte(t.Reveal())) }

// Fingerprint returns the first 12 hexadecimal digits of the digest, for logs and dead letters; empty for no token.
func (t Token) Fingerprint() string {
	if t.IsZero() {
		return ""
	}
	d := t.Digest()
	return hex.EncodeToString(d[:])[:fingerprintDigits]
}

// String returns a fixed text.
func (Token) String() string { return redacted }

// GoString returns a fixed text.
func (Token) GoString() string { return redacted }

// Format writes a fixed text, whatever the verb.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue returns a fixed text.
func (Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Token) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns a fixed text.
func (Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }
