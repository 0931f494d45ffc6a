package notice

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		limit int
		mark  string
		want  string
		cut   bool
	}{
		{"", 3, "…", "", false},
		{"abc", 3, "…", "abc", false},
		{"abcd", 3, "…", "ab…", true},
		{"abcd", 3, "...", "...", true},
		{"abcdef", 5, "...", "ab...", true},
		{"😀😀", 4, "…", "😀😀", false},
		{"😀😀", 3, "…", "😀…", true},
		{"a😀b", 3, "…", "a…", true},
		{"äöü", 3, "…", "äöü", false},
	} {
		if got, cut := cut(tt.text, tt.limit, tt.mark); got != tt.want || cut != tt.cut {
			t.Errorf("%q to %d: %q, %v, want %q, %v", tt.text, tt.limit, got, cut, tt.want, tt.cut)
		}
	}
}

func TestCutKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(1, 40).Draw(t, "limit")
		got, isCut := cut(text, limit, ellipsis)
		kept, marked := strings.CutSuffix(got, ellipsis)
		switch {
		case isCut != (width(text) > limit), !isCut && got != text:
			t.Errorf("cut: %v, %q", isCut, got)
		case isCut && (!marked || width(got) > limit || width(got) < limit-1 || !strings.HasPrefix(text, kept)):
			t.Errorf("%q", got)
		}
	})
}
