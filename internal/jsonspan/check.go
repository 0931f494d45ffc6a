package jsonspan

import (
	"encoding/binary"
	"math/bits"
)

// What follows checks JSON in the fewest steps and says nothing about what is wrong: that is the scanner's part, which
// reads the same text again. Each function takes the place where something starts and returns the place behind it, or
// invalid.

const invalid = -1

// value checks the value at i, of whatever kind. depth counts the arrays and objects around it.
func (o *Outline) value(i, depth int) int {
	text := o.text
	if i >= len(text) {
		return invalid
	}
	switch c := text[i]; {
	case c == '"':
		return skipString(text, i+1)
	case c == '{':
		return o.object(i, depth+1)
	case c == '[':
		return o.array(i, depth+1)
	case c == '-' || '0' <= c && c <= '9':
		return skipNumber(text, i)
	case c == 't':
		return skipWord(text, i, "true")
	case c == 'f':
		return skipWord(text, i, "false")
	case c == 'n':
		return skipWord(text, i, "null")
	default:
		return invalid
	}
}

func (o *Outline) object(i, depth int) int {
	if depth > MaxDepth {
		return invalid
	}
	o.deepest = max(o.deepest, depth)
	text := o.text
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(text) || text[i] != '"' {
			return invalid
		}
		if i = skipColon(text, skipString(text, i+1)); i < 0 {
			return invalid
		}
		if i = o.value(i, depth); i < 0 {
			return invalid
		}
		switch i = skipSpace(text, i); {
		case i >= len(text):
			return invalid
		case text[i] == ',':
			i = skipSpace(text, i+1)
		case text[i] == '}':
			return i + 1
		default:
			return invalid
		}
	}
}

func (o *Outline) array(i, depth int) int {
	if depth > MaxDepth {
		return invalid
	}
	o.deepest = max(o.deepest, depth)
	text := o.text
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == ']' {
		return i + 1
	}
	for {
		if i = o.value(i, depth); i < 0 {
			return invalid
		}
		switch i = skipSpace(text, i); {
		case i >= len(text):
			return invalid
		case text[i] == ',':
			i = skipSpace(text, i+1)
		case text[i] == ']':
			return i + 1
		default:
			return invalid
		}
	}
}

// skipColon passes the colon behind a key that ends at i, and the white space around it.
func skipColon(text []byte, i int) int {
	if i < 0 {
		return invalid
	}
	if i = skipSpace(text, i); i >= len(text) || text[i] != ':' {
		return invalid
	}
	return skipSpace(text, i+1)
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && text[i] <= ' ' {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
			i++
		default:
			return i
		}
	}
	return i
}

// One bit of every byte of a word, for eight bytes at once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// skipString passes a string whose first character stands at i.
func skipString(text []byte, i int) int {
	for i < len(text) {
		if i = skipPlain(text, i); i >= len(text) {
			return invalid
		}
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			if i = skipEscape(text, i+1); i < 0 {
				return invalid
			}
		default:
			return invalid // a control character
		}
	}
	return invalid
}

// skipPlain passes what stands for itself in a string: it stops at quotes, backslashes and control characters.
func skipPlain(text []byte, i int) int {
	for len(text)-i >= 8 {
		word := binary.LittleEndian.Uint64(text[i:])
		quote, backslash := word^('"'*ones), word^('\\'*ones)
		// Each subtraction borrows into the high bit of a byte that is too small; the first such bit is never wrong.
		stops := ((word-' '*ones)&^word | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
		if stops != 0 {
			return i + bits.TrailingZeros64(stops)/8
		}
		i += 8
	}
	for i < len(text) && text[i] >= ' ' && text[i] != '"' && text[i] != '\\' {
		i++
	}
	return i
}

func skipEscape(text []byte, i int) int {
	if i >= len(text) {
		return invalid
	}
	switch text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		if len(text)-i >= 5 && isHex(text[i+1]) && isHex(text[i+2]) && isHex(text[i+3]) && isHex(text[i+4]) {
			return i + 5
		}
	}
	return invalid
}

func skipNumber(text []byte, i int) int {
	if text[i] == '-' {
		i++
	}
	switch {
	case i < len(text) && text[i] == '0':
		i++
	default:
		if i = skipDigits(text, i); i < 0 {
			return invalid
		}
	}
	if i < len(text) && text[i] == '.' {
		if i = skipDigits(text, i+1); i < 0 {
			return invalid
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		return skipDigits(text, i)
	}
	return i
}

// skipDigits passes one digit or more.
func skipDigits(text []byte, i int) int {
	start := i
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	if i == start {
		return invalid
	}
	return i
}

func skipWord(text []byte, i int, word string) int {
	if len(text)-i < len(word) || string(text[i:i+len(word)]) != word {
		return invalid
	}
	return i + len(word)
}
