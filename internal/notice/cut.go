package notice

import "unicode/utf16"

// ellipsis ends what was cut off.
const ellipsis = "…"

// cut returns the text if it has at most limit characters, and otherwise as much of its beginning as fits together with
// mark. Characters are UTF-16 code units, as others may count them; there are never fewer of them than code points.
func cut(text string, limit int, mark string) (string, bool) {
	n, fits := 0, 0
	for i, r := range text {
		if n <= limit-width(mark) {
			fits = i
		}
		if n += utf16.RuneLen(r); n > limit {
			return text[:fits] + mark, true
		}
	}
	return text, false
}

func width(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
