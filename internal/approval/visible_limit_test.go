package approval_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
)

func TestVisibleWithinALimit(t *testing.T) {
	t.Parallel()
	marks := strings.Repeat("\u0301", 8)
	for _, tt := range []struct {
		text  string
		limit int
		want  string
		left  bool
	}{
		{"abcdef", 6, "abcdef", false},
		{"abcdefg", 6, "abc…", true},
		{"\u202e", 11, "…", true},
		{"\u202e", 12, "⟦U+202E⟧", false},
		{"ab\u202ecd", 12, "ab…", true},
		{"a" + marks, 60, "a" + marks, false},
		{"a" + marks + "\u0301", 60, "a" + marks + "⟦…⟧", true},
		{"a" + strings.Repeat(marks, 100), 60, "a" + marks + "⟦…⟧…", true},
	} {
		if got, left := approval.Visible(tt.text, true, tt.limit); got != tt.want || left != tt.left {
			t.Errorf("%q to %d: %q, %v, want %q, %v", tt.text, tt.limit, got, left, tt.want, tt.left)
		}
	}
}

func TestVisibleKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(3, 60).Draw(t, "limit")
		whole, _ := approval.Visible(text, true, 1<<20)
		got, left := approval.Visible(text, true, limit)
		switch {
		case len(got) > limit, !utf8.ValidString(got), (len(whole) > limit || len(text) > limit) && !left:
			t.Errorf("%d bytes, left out: %v", len(got), left)
		case len(whole) <= limit && len(text) <= limit && got != whole, !strings.HasPrefix(whole, strings.TrimSuffix(got, "…")):
			t.Errorf("%q of %q", got, whole)
		}
	})
}
