package approval

import (
	"fmt"
	"math"
	"strings"
	"unicode"
)

const (
	// maxMarks is how many combining marks one letter may carry; written languages need no more. Thousands of them would
	// cover the rest of the page or message.
	maxMarks = 8
	clipped  = "⟦…⟧"
	// ellipsis ends what was cut off.
	ellipsis = "…"
)

// visible is [Visible] for a page, which has room for everything.
func visible(text string, lines bool) string {
	shown, _ := Visible(text, lines, math.MaxInt)
	return shown
}

// Visible returns a text of a workflow or a person as it is safe to show, on the page and in messages alike: what would not
// be seen, or would change how the rest is read, stands there as its code point, such as ⟦U+202E⟧. In lines, line breaks and
// tabs stay. More than limit bytes are cut off, of the text itself and of what is shown; limit is 3 or more. It reports
// whether anything was left out.
//
// That goes for joiners too, which some scripts and emoji need: what is approved must not hide anything.
func Visible(text string, lines bool, limit int) (shown string, left bool) {
	var b strings.Builder
	marks, fits := 0, 0 // fits is how much there is room for beside the ellipsis
	for i, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case ' ' <= r && r <= '~': // most texts are nothing else
			b.WriteByte(byte(r))
		case lines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case Hidden(r):
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		case marks <= maxMarks:
			b.WriteRune(r)
		case marks == maxMarks+1:
			b.WriteString(clipped)
			left = true
		}
		if b.Len() > limit || i >= limit { // marks that are left out count too, so that nobody is kept busy
			return b.String()[:fits] + ellipsis, true
		}
		if b.Len() <= limit-len(ellipsis) {
			fits = b.Len()
		}
	}
	return b.String(), left
}

// Hidden reports whether a character shows nothing or changes how others are shown.
func Hidden(r rune) bool {
	switch {
	case r == 0xfe0e || r == 0xfe0f: // whether a sign is an emoji; they hide nothing
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // format characters that can be seen
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Variation_Selector):
		return true
	case unicode.Is(unicode.Zs, r):
		return r != ' ' && r != 0xa0
	default:
		return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || r == 0x2800 // Hangul fillers, an empty Braille cell
	}
}
