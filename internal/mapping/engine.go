package mapping

import (
	"context"
	"errors"
	"time"

	"callback-completer/internal/callback"
)

// Engine runs mappings in their order. It is safe for concurrent use.
type Engine struct {
	programs []*compiled
	limit    time.Duration
	names    map[string]any // $meta.tokenNames; read only
}

var _ callback.Mapper = (*Engine)(nil)

// New compiles the programs; the first that yields anything for a payload will decide. The error names every
// program that does not compile, with its line.
func New(programs ...Program) (*Engine, error) {
	e := &Engine{limit: MaxRunTime, names: TokenNames{}.meta()}
	var errs []error
	for _, p := range programs {
		c, err := p.compile()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.programs = append(e.programs, c)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return e, nil
}

// Map opens the payload's envelopes and returns the callbacks of the first mapping that takes it, all of them
// checked. See [callback.Mapper] for errors; the codes are NoMapping, MappingFailed, MappingTimeout,
// TooManyCallbacks, and those of [callback.Parse].
func (e *Engine) Map(ctx context.Context, payload string, meta map[string]any) (callback.Mapped, error) {
	o, err := e.open(payload, meta)
	mapped := callback.Mapped{Envelopes: o.envelopes}
	if err != nil {
		return mapped, err
	}
	s := &spans{payload: o.document}
	for _, program := range e.programs {
		results, err := program.run(ctx, s, o.meta, e.limit)
		if err == nil && len(results) == 0 {
			continue
		}
		mapped.Mapping = program.name
		if err == nil {
			mapped.Callbacks, err = s.callbacks(results)
		}
		return mapped, err
	}
	if o.plain != "" {
		return mapped, callback.Reject(callback.CodeNoMapping, o.plain)
	}
	return mapped, callback.Reject(callback.CodeNoMapping, "No mapping takes the payload.")
}

// callbacks checks what a mapping yielded. null yields none.
func (s *spans) callbacks(results []any) ([]callback.Callback, error) {
	var list []callback.Callback
	for _, v := range results {
		if v == nil {
			continue
		}
		if _, ok := v.(map[string]any); !ok {
			return nil, callback.Reject(callback.CodeInvalidCallback, "The mapping's result is neither null nor an object.")
		}
		text, err := s.encode(v)
		if err != nil {
			return nil, callback.Reject(callback.CodeInvalidCallback, "The mapping's result is too large or nested too deep.")
		}
		c, err := callback.Parse(text)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
