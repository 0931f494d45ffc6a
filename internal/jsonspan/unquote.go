package jsonspan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote appends to b what the JSON string raw stands for, quotes included in raw, and returns the longer slice. raw must
// have been checked. As in [encoding/json], half a surrogate pair stands for U+FFFD.
func Unquote(b, raw []byte) []byte {
	raw = raw[1 : len(raw)-1]
	n := len(b)
	b = slices.Grow(b, len(raw)+8)[:n+len(raw)+8] // no escape is shorter than what it stands for; 8 are for the last word
	for i := 0; i < len(raw); {
		if len(raw)-i >= 8 {
			word := binary.LittleEndian.Uint64(raw[i:])
			binary.LittleEndian.PutUint64(b[n:], word)
			backslash := word ^ '\\'*ones
			stops := (backslash - ones) &^ backslash & highs // the first such bit is never wrong, see skipPlain
			if stops == 0 {
				i, n = i+8, n+8
				continue
			}
			plain := bits.TrailingZeros64(stops) / 8
			i, n = i+plain, n+plain
		} else if raw[i] != '\\' {
			b[n] = raw[i]
			i, n = i+1, n+1
			continue
		}
		c := raw[i+1]
		if i += 2; c == 'u' {
			r, length := rune4(raw[i:])
			i += length
			n += utf8.EncodeRune(b[n:], r)
			continue
		}
		b[n] = unescape(c)
		n++
	}
	return b[:n]
}

// unescape returns what a backslash and c stand for.
func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default: // quote, backslash and slash
		return c
	}
}

// rune4 reads the four hexadecimal digits that b starts with and, if they are the first half of a surrogate pair, the
// escape behind them.
func rune4(b []byte) (r rune, length int) {
	r = hex4(b)
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(b[6:])); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}

// hex4 reads the four hexadecimal digits that b starts with.
func hex4(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case c <= '9':
			c -= '0'
		case c <= 'F':
			c -= 'A' - 10
		default:
			c -= 'a' - 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// escaped reports whether a string or key is written with escapes.
func escaped(raw []byte) bool { return bytes.IndexByte(raw, '\\') >= 0 }
