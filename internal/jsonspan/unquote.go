package jsonspan

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote appends to b what the JSON string raw stands for, quotes included in raw, and returns the longer slice. raw must
// have been checked. As in [encoding/json], half a surrogate pair stands for U+FFFD.
func Unquote(b, raw []byte) []byte {
	raw = raw[1 : len(raw)-1]
	for {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			return append(b, raw...)
		}
		b = append(b, raw[:n]...)
		c := raw[n+1]
		raw = raw[n+2:]
		switch c {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r := hex4(raw)
			raw = raw[4:]
			if utf16.IsSurrogate(r) {
				low := rune(utf8.RuneError)
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low = hex4(raw[2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					raw = raw[6:]
				}
			}
			b = utf8.AppendRune(b, r)
		default: // quote, backslash and slash
			b = append(b, c)
		}
	}
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
