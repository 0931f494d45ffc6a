package message_test

import (
	"encoding/base64"
	"testing"

	"callback-completer/internal/message"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	for payload, encoded := range map[string]bool{
		"a\x00b":            true,
		"\x1b[0m":           true,
		"\xff\xfe":          true,
		"cut \xe2\x82":      true,
		"\ufffe":            true,
		"\uffff":            true,
		"tab\tand\r\nbreak": false,
		"\ufffd 😀 \u007f":   false,
		"":                  false,
	} {
		body, encoding := message.Encode(payload)
		want, wantEncoding := payload, ""
		if encoded {
			want, wantEncoding = base64.StdEncoding.EncodeToString([]byte(payload)), "base64"
		}
		if body != want || encoding != wantEncoding || message.Size(payload) != len(want) {
			t.Errorf("%q: %q %q, size %d", payload, body, encoding, message.Size(payload))
		}
	}
}
