package deadletter_test

import (
	"encoding/base64"
	"testing"
)

// TestWhatSQSDoesNotTakeIsEncoded: HTTP bodies are any bytes.
func TestWhatSQSDoesNotTakeIsEncoded(t *testing.T) {
	t.Parallel()
	for payload, encoded := range map[string]bool{"a\x00b": true, "\xff\xfe": true, "tab\tand\r\nbreak": false} {
		t.Run(payload, func(t *testing.T) {
			t.Parallel()
			s := start(t, "dlq", nil)
			mustSend(t, s, letter(payload))
			body, encoding := payload, ""
			if encoded {
				body, encoding = base64.StdEncoding.EncodeToString([]byte(payload)), "String:base64"
			}
			got, ok := held(s.queue)[body]
			if !ok || got["PayloadEncoding"] != encoding || got["ErrorCode"] != "String:NoMapping" {
				t.Errorf("body %t, attributes %v", ok, got)
			}
		})
	}
}
