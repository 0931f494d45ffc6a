package mapping

import (
	"errors"
	"maps"
	"slices"

	"github.com/itchyny/gojq"

	"callback-completer/internal/jsonspan"
)

// maxResultBytes bounds one encoded result: the largest payload (1 MiB) passed on whole, and room around it.
const maxResultBytes = 2 << 20

var (
	errResultSize  = errors.New("the result is larger than 2 MiB")
	errResultDepth = errors.New("the result is nested too deep")
)

// encoder writes a jq value as JSON text. Keys of objects that the program built come in jq's order, sorted.
type encoder struct {
	spans *spans
	text  []byte
}

func (e *encoder) value(v any, depth int) error {
	if raw, ok := e.spans.raw(v); ok {
		return e.write(raw)
	}
	if depth > jsonspan.MaxDepth {
		return errResultDepth
	}
	switch v := v.(type) {
	case map[string]any:
		return e.object(v, depth)
	case []any:
		return e.array(v, depth)
	default:
		leaf, err := gojq.Marshal(v)
		if err != nil {
			return err
		}
		return e.write(leaf)
	}
}

func (e *encoder) object(m map[string]any, depth int) error {
	e.text = append(e.text, '{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			e.text = append(e.text, ',')
		}
		quoted, err := gojq.Marshal(key)
		if err != nil {
			return err
		}
		if err := e.write(append(quoted, ':')); err != nil {
			return err
		}
		if err := e.value(m[key], depth+1); err != nil {
			return err
		}
	}
	return e.write([]byte{'}'})
}

func (e *encoder) array(list []any, depth int) error {
	e.text = append(e.text, '[')
	for i, v := range list {
		if i > 0 {
			e.text = append(e.text, ',')
		}
		if err := e.value(v, depth+1); err != nil {
			return err
		}
	}
	return e.write([]byte{']'})
}

func (e *encoder) write(text []byte) error {
	if len(e.text)+len(text) > maxResultBytes {
		return errResultSize
	}
	e.text = append(e.text, text...)
	return nil
}
