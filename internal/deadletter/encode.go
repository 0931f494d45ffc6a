package deadletter

import (
	"encoding/base64"
	"unicode/utf8"

	"callback-completer/internal/callback"
)

// encode returns a payload as the body of a message. SQS takes the characters of XML 1.0 only, while HTTP carries any
// bytes: the others go as base64, which the mappings undo when the letter is sent to the callback queue.
func encode(payload string) (body string, encoding named) {
	if sendable(payload) {
		return payload, named{name: callback.AttributePayloadEncoding}
	}
	return base64.StdEncoding.EncodeToString([]byte(payload)),
		named{callback.AttributePayloadEncoding, callback.Attribute{DataType: "String", String: "base64"}}
}

func sendable(text string) bool {
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return false
			}
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			return false
		}
	}
	return true
}
