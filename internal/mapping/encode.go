package mapping

import (
	"context"
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
	ctx    context.Context //nolint:containedctx // it lives as long as one call of encode
	source *jsonspan.Document
	text   []byte
	values int
}

// encode writes a result as JSON text, with the original bytes of what the payload lent it. The error is errPanic for
// what is no jq value, errResultSize, errResultDepth, or that of ctx.
func (s *run) encode(ctx context.Context, v any) (text []byte, err error) {
	defer func() {
		if recover() != nil { // gojq panics over values that are none of jq's
			text, err = nil, errPanic
		}
	}()
	e := encoder{ctx: ctx, source: s.payload}
	if err := e.value(v, 0); err != nil {
		return nil, err
	}
	return e.text, nil
}

func (e *encoder) value(v any, depth int) error {
	if e.values++; e.values%1024 == 0 && e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	if raw, ok := e.source.Raw(v); ok {
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
