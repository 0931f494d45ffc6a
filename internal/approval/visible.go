package approval

import (
	"fmt"
	"strings"
	"unicode"
)

// maxMarks is how many combining marks one letter may carry; written languages need no more. Thousands of them would
// cover the rest of the page.
const maxMarks = 8

const clipped = "⟦…⟧"

// visible returns a text of a workflow or a person as it is safe to show: what a browser would not show, or what would
// change how the rest is read, stands there as its code point, such as ⟦U+202E⟧. In lines, line breaks and tabs stay.
//
// That goes for joiners too, which some scripts and emoji need: what is approved must not hide anything.
func visible(text string, lines bool) string {
	var b strings.Builder
	marks := 0
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case lines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case hidden(r):
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		case marks <= maxMarks:
			b.WriteRune(r)
		case marks == maxMarks+1:
			b.WriteString(clipped)
		}
	}
	return b.String()
}

// hidden reports whether a character shows nothing or changes how others are shown.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // format characters that can be seen
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Variation_Selector):
		return r != 0xfe0e && r != 0xfe0f // whether a sign is an emoji; they hide nothing
	case unicode.Is(unicode.Zs, r):
		return r != ' ' && r != 0xa0
	default:
		return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == 0x2800 // Hangul fillers, an empty Braille cell
	}
}
