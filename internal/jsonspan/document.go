package jsonspan

import "reflect"

// Document is a JSON text and the tree that was read from it.
//
// The tree is made of nil, bool, string, [encoding/json.Number], []any and map[string]any. It must not be changed:
// the spans would no longer be true.
type Document struct {
	root  any
	spans map[container]spanned
}

// spanned is an array or object and the bytes that it was read from. Spans go by address, so each one keeps its value
// alive: an address that was given free, as by a repeated key, could become somebody else's.
type spanned struct {
	value any
	raw   []byte
}

// container identifies an array or object by where Go keeps it. The length tells an array from its own prefix.
type container struct {
	address uintptr
	length  int
}

// Parse reads text whole. The error is a *SyntaxError. The document keeps text: it must not be changed.
func Parse(text []byte) (*Document, error) {
	d := &Document{spans: map[container]spanned{}}
	root, err := d.read(text)
	if err != nil {
		return nil, err
	}
	d.root = root
	return d, nil
}

// Nest reads another text, one that stood in a string of the document, and returns its value. [Document.Raw] knows
// that value's arrays and objects as well. The error is a *SyntaxError.
func (d *Document) Nest(text []byte) (any, error) { return d.read(text) }

func (d *Document) read(text []byte) (any, error) {
	s := scanner{text: text, document: d}
	if err := s.begin(); err != nil {
		return nil, err
	}
	root, err := s.value(0)
	if err != nil {
		return nil, err
	}
	return root, s.end()
}

// Text returns a document that holds s as a JSON string, for a payload that is no JSON itself.
func Text(s string) *Document { return &Document{root: s, spans: map[container]spanned{}} }

// Root returns the value of the whole document.
func (d *Document) Root() any { return d.root }

// Raw returns the original bytes of v, without the white space around it, if v is an array or object of this
// document: the very value, not an equal one. Callers must not change the bytes.
func (d *Document) Raw(v any) ([]byte, bool) {
	id, ok := identify(v)
	if !ok {
		return nil, false
	}
	found, ok := d.spans[id]
	return found.raw, ok
}

func (d *Document) remember(v any, raw []byte) {
	if id, ok := identify(v); ok {
		d.spans[id] = spanned{v, raw}
	}
}

func identify(v any) (container, bool) {
	switch v := v.(type) {
	case map[string]any:
		return container{reflect.ValueOf(v).Pointer(), -1}, v != nil
	case []any:
		return container{reflect.ValueOf(v).Pointer(), len(v)}, cap(v) > 0
	default:
		return container{}, false
	}
}

// Member is one member of an object, in the order of the text.
type Member struct {
	Key   string
	Value []byte // original bytes without the white space around them
}

// Members returns the members of an object, repeated keys included, without building a tree. The error is a
// *SyntaxError; ok is false when text is valid JSON but no object.
func Members(text []byte) (members []Member, ok bool, err error) {
	var o Outline
	if !o.Read(text) {
		return nil, false, refusal(text)
	}
	root := o.Root()
	if root.First() != '{' {
		return nil, false, nil
	}
	return root.Members(make([]Member, 0, 8)), true, nil
}

// refusal says why an outline does not take text.
func refusal(text []byte) error {
	s := scanner{text: text}
	if err := s.begin(); err != nil {
		return err
	}
	if _, err := s.value(0); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return s.want("JSON") // the two readers disagree; nobody is to read on
}

// String returns the string that raw, a JSON value as [Members] gives it, stands for.
func String(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || skipString(raw, 1) != len(raw) {
		return "", false
	}
	if !escaped(raw) {
		return string(raw[1 : len(raw)-1]), true
	}
	return string(Unquote(nil, raw)), true
}
