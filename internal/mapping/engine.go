package mapping

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/glance"
)

// Engine runs mappings in their order. It is safe for concurrent use; as many payloads are mapped at once by jq as there
// are processors to do it.
type Engine struct {
	programs []Program
	glances  []func() glance.Program // the fast form of each, made when it is asked for first
	benches  chan bench
	pool     *pool
	limit    time.Duration
	names    TokenNames
}

var _ callback.Mapper = (*Engine)(nil)

// New compiles the programs, but for those that are known to compile; the first that yields anything for a payload will
// decide. The error names every program that does not compile, with its line.
func New(programs ...Program) (*Engine, error) {
	e := &Engine{programs: programs, benches: make(chan bench, runtime.GOMAXPROCS(0)), pool: &pool{}, limit: MaxRunTime}
	first := make(bench, len(programs))
	var errs []error
	for i, p := range programs {
		e.glances = append(e.glances, sync.OnceValue(p.glanced))
		if p.Proven {
			continue
		}
		if _, err := first.program(programs, i); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	e.benches <- first
	for len(e.benches) < cap(e.benches) {
		e.benches <- make(bench, len(programs))
	}
	return e, nil
}

// bench is the engine's programs ready to run, each compiled when it is needed first.
type bench []*compiled

func (b bench) program(programs []Program, i int) (*compiled, error) {
	if b[i] == nil {
		c, err := programs[i].compile()
		if err != nil {
			return nil, err
		}
		b[i] = c
	}
	return b[i], nil
}

// take waits for compiled programs that nobody else uses. gojq writes to the constants of a program while it runs
// (del does), so one program must not run twice at once; and more runs than processors would only take each other's time.
func (e *Engine) take(ctx context.Context) (b bench, giveBack func(), err error) {
	select {
	case b = <-e.benches:
		return b, func() { e.benches <- b }, nil
	case <-ctx.Done():
		return nil, nil, outOfTime()
	}
}

// Map opens the payload's envelopes and returns the callbacks of the first mapping that takes it, all of them
// checked. See [callback.Mapper] for errors; the codes are NoMapping, MappingFailed, MappingTimeout,
// TooManyCallbacks, and those of [callback.Parse].
func (e *Engine) Map(ctx context.Context, payload string, meta callback.Meta) (callback.Mapped, error) {
	if meta == nil {
		meta = callback.Facts(nil)
	}
	if ctx.Err() != nil {
		return e.slow(ctx, payload, meta, nil, 0)
	}
	r, ok := e.pool.open(payload, meta, e.names)
	if !ok {
		return e.slow(ctx, payload, meta, nil, 0)
	}
	defer e.pool.giveBack(r)
	for i := range e.programs {
		result, ok := e.glance(r, i)
		if ok && result.IsNothing() {
			continue
		}
		if ok {
			if callbacks, ok := r.callbacks(result); ok {
				return callback.Mapped{Mapping: e.programs[i].Name, Envelopes: r.opened(), Callbacks: callbacks}, nil
			}
		}
		return e.slow(ctx, payload, meta, r, i)
	}
	return callback.Mapped{Envelopes: r.opened()}, errNoMapping()
}

// glance is what the fast form of a program yields.
func (e *Engine) glance(r *fast, i int) (glance.Result, bool) { return r.Eval(e.glances[i](), r.root) }

// slow is Map by jq, from the program at index on. Those behind it that the fast path, if it was taken, knows to yield
// nothing are left out.
func (e *Engine) slow(ctx context.Context, payload string, meta callback.Meta, r *fast, from int) (callback.Mapped, error) {
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
	s, left := &run{payload: o.document, meta: o.meta}, e.limit
	for i := from; i < len(e.programs); i++ {
		if r != nil && i > from {
			if result, ok := e.glance(r, i); ok && result.IsNothing() {
				continue
			}
		}
		program, err := bench.program(e.programs, i)
		if err != nil { // tests say that it compiles
			return mapped, err
		}
		// To compile, once in a bench's life, takes none of the payload's time.
		begun := time.Now() //nolint:forbidigo // a stopwatch beside the context's own
		list, taken, err := s.within(ctx, left, program)
		if left -= time.Since(begun); !taken { //nolint:forbidigo // likewise
			continue
		}
		mapped.Mapping, mapped.Callbacks = program.name, list
		return mapped, silence(ctx, err)
	}
	if o.plain != "" {
		return mapped, callback.Reject(callback.CodeNoMapping, o.plain)
	}
	return mapped, errNoMapping()
}

// within runs a program, and what becomes of its results, for so long at most. A program that yields nothing has not taken the payload.
func (s *run) within(ctx context.Context, limit time.Duration, p *compiled) (list []callback.Callback, taken bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	results, err := s.iterate(ctx, p)
	if err != nil || len(results) == 0 {
		return nil, err != nil, err
	}
	list, err = s.callbacks(ctx, results)
	return list, true, err
}

func errNoMapping() *callback.Error {
	return callback.Reject(callback.CodeNoMapping, "No mapping takes the payload.")
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
