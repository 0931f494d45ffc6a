package mapping

import (
	"context"
	"errors"

	"callback-completer/internal/callback"
)

// Trial is what each mapping makes of a payload, for those who write mappings. Unlike [Engine.Map] it runs all of
// them, and its errors are jq's own: they quote the payload and belong on a developer's screen only.
type Trial struct {
	Envelopes []string // that were opened, the outermost first
	Payload   []byte   // what the mappings see, without the envelopes, as JSON
	Plain     string   // why the payload is passed on as a string; empty if it is JSON
	Attempts  []Attempt
}

// Attempt is what one mapping makes of the payload.
type Attempt struct {
	Mapping   string
	Results   int                 // how many values it yields; none: the payload is not its own
	Values    []string            // what it yields, as JSON
	Callbacks []callback.Callback // what the values are, if they all are callbacks
	Program   error               // how the program failed
	Failure   *Failure            // where it failed, if that can be told
	Form      error               // why a value is no callback, a *callback.Error
}

// Try runs every mapping. The error is the payload's: a *callback.Error with CodeInvalidPayload.
func (e *Engine) Try(ctx context.Context, payload string, meta callback.Meta) (Trial, error) {
	if meta == nil {
		meta = callback.Facts(nil)
	}
	bench, giveBack, err := e.take(ctx)
	if err != nil {
		return Trial{}, err
	}
	defer giveBack()
	o, err := e.open(payload, meta)
	trial := Trial{Envelopes: o.envelopes, Plain: o.plain}
	if err != nil {
		return trial, err
	}
	s := &run{payload: o.document, meta: o.meta}
	if trial.Payload, err = s.encode(ctx, o.document.Root()); err != nil {
		return trial, err
	}
	for i, p := range e.programs {
		program, err := bench.program(e.programs, i)
		if err != nil {
			return trial, err
		}
		a := e.attempt(ctx, s, program)
		a.Failure = e.locate(ctx, s, p, a.Program)
		trial.Attempts = append(trial.Attempts, a)
	}
	return trial, nil
}

func (e *Engine) attempt(ctx context.Context, s *run, program *compiled) Attempt {
	bounded, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	a := Attempt{Mapping: program.name}
	results, err := s.iterate(bounded, program)
	a.Results, a.Program = len(results), err
	for _, v := range results {
		text, err := s.encode(bounded, v)
		if err != nil {
			text = []byte(err.Error())
		}
		a.Values = append(a.Values, string(text))
	}
	if err == nil {
		a.Callbacks, err = s.callbacks(bounded, results)
		a.Form = silence(ctx, err)
	}
	return a
}

// locate says where the program failed. What ended it from outside is not of any of its expressions.
func (e *Engine) locate(ctx context.Context, s *run, p Program, failure error) *Failure {
	if failure == nil || errors.Is(failure, context.DeadlineExceeded) || errors.Is(failure, context.Canceled) ||
		errors.Is(failure, errResults) || errors.Is(failure, errPanic) {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	return s.locate(bounded, p, failure)
}
