package notice

import (
	"strings"
	"testing"
	"unicode/utf8"

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
		if got, left := visible(tt.text, true, tt.limit); got != tt.want || left != tt.left {
			t.Errorf("%q to %d: %q, %v, want %q, %v", tt.text, tt.limit, got, left, tt.want, tt.left)
		}
	}
}

func TestVisibleKeepsToTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(3, 60).Draw(t, "limit")
		whole, _ := visible(text, true, 1<<20)
		got, left := visible(text, true, limit)
		switch {
		case len(got) > limit, !utf8.ValidString(got), (len(whole) > limit || len(text) > limit) && !left:
			t.Errorf("%d bytes, left out: %v", len(got), left)
		case len(whole) <= limit && len(text) <= limit && got != whole, !strings.HasPrefix(whole, strings.TrimSuffix(got, ellipsis)):
			t.Errorf("%q of %q", got, whole)
		}
	})
}
