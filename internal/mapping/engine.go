package mapping

import (
	"context"
	"errors"
	"runtime"
	"time"

	"callback-completer/internal/callback"
)

// Engine runs mappings in their order. It is safe for concurrent use; as many payloads are mapped at once as there are
// processors to do it.
type Engine struct {
	programs []Program
	benches  chan []*compiled // nil: not compiled yet
	limit    time.Duration
	names    TokenNames
}

var _ callback.Mapper = (*Engine)(nil)

// New compiles the programs; the first that yields anything for a payload will decide. The error names every
// program that does not compile, with its line.
func New(programs ...Program) (*Engine, error) {
	e := &Engine{programs: programs, benches: make(chan []*compiled, runtime.GOMAXPROCS(0)), limit: MaxRunTime}
	first, err := compile(programs)
	if err != nil {
		return nil, err
	}
	e.benches <- first
	for len(e.benches) < cap(e.benches) {
		e.benches <- nil
	}
	return e, nil
}

func compile(programs []Program) ([]*compiled, error) {
	bench := make([]*compiled, 0, len(programs))
	var errs []error
	for _, p := range programs {
		c, err := p.compile()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		bench = append(bench, c)
	}
	return bench, errors.Join(errs...)
}

// take waits for compiled programs that nobody else uses. gojq writes to the constants of a program while it runs
// (del does), so one program must not run twice at once; and more runs than processors would only take each other's time.
func (e *Engine) take(ctx context.Context) (bench []*compiled, giveBack func(), err error) {
	select {
	case bench = <-e.benches:
	case <-ctx.Done():
		return nil, nil, outOfTime()
	}
	if bench == nil {
		if bench, err = compile(e.programs); err != nil { // they compiled before
			e.benches <- nil
			return nil, nil, err
		}
	}
	return bench, func() { e.benches <- bench }, nil
}

// Map opens the payload's envelopes and returns the callbacks of the first mapping that takes it, all of them
// checked. See [callback.Mapper] for errors; the codes are NoMapping, MappingFailed, MappingTimeout,
// TooManyCallbacks, and those of [callback.Parse].
func (e *Engine) Map(ctx context.Context, payload string, meta map[string]any) (callback.Mapped, error) {
	bench, giveBack, err := e.take(ctx)
	if err != nil {
		return callback.Mapped{}, err
	}
	defer giveBack()
	o, err := e.open(payload, meta)
	mapped := callback.Mapped{Envelopes: o.envelopes}
	if err != nil {
		return mapped, err
	}
	bounded, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	s := &run{payload: o.document, meta: o.meta}
	for _, program := range bench {
		results, err := s.iterate(bounded, program)
		if err == nil && len(results) == 0 {
			continue
		}
		mapped.Mapping = program.name
		if err == nil {
			mapped.Callbacks, err = s.callbacks(bounded, results)
		}
		return mapped, silence(ctx, err)
	}
	if o.plain != "" {
		return mapped, callback.Reject(callback.CodeNoMapping, o.plain)
	}
	return mapped, callback.Reject(callback.CodeNoMapping, "No mapping takes the payload.")
}

// callbacks checks what a mapping yielded. null yields none. An error that is no *callback.Error is the encoder's.
func (s *run) callbacks(ctx context.Context, results []any) (list []callback.Callback, err error) {
	for _, v := range results {
		if v == nil {
			continue
		}
		if _, ok := v.(map[string]any); !ok {
			return nil, callback.Reject(callback.CodeInvalidCallback, "The mapping's result is neither null nor an object.")
		}
		text, err := s.encode(ctx, v)
		if err != nil {
			return nil, err
		}
		c, err := callback.Parse(text)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
