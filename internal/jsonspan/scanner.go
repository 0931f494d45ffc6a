package jsonspan

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// scanner reads one JSON text in one pass. With a document it builds the tree; without one it only looks for what is
// wrong with the text.
type scanner struct {
	text     []byte
	pos      int
	document *Document
}

var byteOrderMark = []byte("\xef\xbb\xbf") //nolint:gochecknoglobals // a constant that Go cannot spell as one

func (s *scanner) begin() error {
	if bytes.HasPrefix(s.text, byteOrderMark) {
		return &SyntaxError{Reason: ErrBOM}
	}
	if !utf8.Valid(s.text) {
		return &SyntaxError{Reason: ErrUTF8, Offset: validPrefix(s.text)}
	}
	s.space()
	return nil
}

func (s *scanner) end() error {
	s.space()
	if s.pos < len(s.text) {
		return s.want("nothing more")
	}
	return nil
}

// value reads the value that starts at pos. depth counts the arrays and objects around it.
func (s *scanner) value(depth int) (any, error) {
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.array(depth + 1)
	case c == '"':
		return s.str()
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case c == 't':
		return s.literal("true", true)
	case c == 'f':
		return s.literal("false", false)
	case c == 'n':
		return s.literal("null", nil)
	default:
		return nil, s.want("a value")
	}
}

func (s *scanner) object(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, &SyntaxError{Reason: ErrDepth, Offset: s.pos}
	}
	start := s.pos
	var tree map[string]any
	if s.document != nil {
		tree = map[string]any{}
	}
	s.pos++
	s.space()
	for first := true; !s.skip('}'); first = false {
		if !first {
			if !s.skip(',') {
				return nil, s.want("',' or '}'")
			}
			s.space()
		}
		if err := s.member(depth, tree); err != nil {
			return nil, err
		}
		s.space()
	}
	if tree == nil {
		return nil, nil
	}
	s.document.remember(tree, s.text[start:s.pos:s.pos])
	return tree, nil
}

func (s *scanner) member(depth int, tree map[string]any) error {
	if s.peek() != '"' {
		return s.want("a key in quotes")
	}
	key, err := s.str()
	if err != nil {
		return err
	}
	s.space()
	if !s.skip(':') {
		return s.want("':'")
	}
	s.space()
	v, err := s.value(depth)
	if err != nil {
		return err
	}
	if tree != nil {
		tree[key.(string)] = v //nolint:forcetypeassert // str builds a string whenever there is a tree
	}
	return nil
}

func (s *scanner) array(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, &SyntaxError{Reason: ErrDepth, Offset: s.pos}
	}
	start := s.pos
	tree := []any(nil)
	if s.document != nil {
		tree = make([]any, 0, 1) // even an empty one has an address of its own
	}
	s.pos++
	s.space()
	for first := true; !s.skip(']'); first = false {
		if !first {
			if !s.skip(',') {
				return nil, s.want("',' or ']'")
			}
			s.space()
		}
		v, err := s.value(depth)
		if err != nil {
			return nil, err
		}
		if tree != nil {
			tree = append(tree, v)
		}
		s.space()
	}
	if tree == nil {
		return nil, nil
	}
	if len(tree) > 0 {
		tree = tree[:len(tree):len(tree)] // who appends gets an array of his own
	}
	s.document.remember(tree, s.text[start:s.pos:s.pos])
	return tree, nil
}

// str reads a string. Without a document it only checks it.
func (s *scanner) str() (any, error) {
	start := s.pos
	s.pos++
	escaped := false
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			if s.document == nil {
				return nil, nil
			}
			if !escaped {
				return string(s.text[start+1 : s.pos-1]), nil
			}
			v, _ := String(s.text[start:s.pos])
			return v, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, s.want("control characters to be escaped")
		default:
			s.pos = skipPlain(s.text, s.pos)
		}
	}
	return nil, s.want("the string to end")
}

func (s *scanner) escape() error {
	s.pos++
	switch c := s.peek(); c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			if !isHex(s.peek()) {
				return s.want("four hexadecimal digits")
			}
			s.pos++
		}
		return nil
	default:
		return s.want("an escape that JSON knows")
	}
}

func (s *scanner) number() (any, error) {
	start := s.pos
	s.skip('-')
	if !s.skip('0') && !s.digits() {
		return nil, s.want("a digit")
	}
	if s.skip('.') && !s.digits() {
		return nil, s.want("a digit")
	}
	if s.skip('e') || s.skip('E') {
		if !s.skip('+') {
			s.skip('-')
		}
		if !s.digits() {
			return nil, s.want("a digit")
		}
	}
	if s.document == nil {
		return nil, nil
	}
	return json.Number(s.text[start:s.pos]), nil
}

func (s *scanner) literal(word string, v any) (any, error) {
	if !bytes.HasPrefix(s.text[s.pos:], []byte(word)) {
		return nil, s.want("a value")
	}
	s.pos += len(word)
	return v, nil
}

func (s *scanner) digits() bool {
	start := s.pos
	for c := s.peek(); '0' <= c && c <= '9'; c = s.peek() {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the byte at pos, 0 at the end: no token of JSON starts with it.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) skip(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) want(what string) error {
	return &SyntaxError{Reason: ErrSyntax, Offset: s.pos, Want: what}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func validPrefix(text []byte) int {
	n := 0
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			return n
		}
		n += size
	}
	return n
}
