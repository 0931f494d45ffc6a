package demo

import (
	"strings"
	"testing"
)

func TestSame(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		"a\n": "body as sent", "a": "body changed to a", "a\nb": "body changed to a …",
		strings.Repeat("é", 50): "body changed to " + strings.Repeat("é", 48) + "…",
	} {
		if fact := same("body", got, "a\n"); fact != want {
			t.Errorf("%q: %q, not %q", got, fact, want)
		}
	}
}
