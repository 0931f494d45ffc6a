package mapping

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/itchyny/gojq"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
)

// The bounds of one program, from measurements of what gojq's context check cannot stop.
const (
	MaxSourceBytes = 8 << 10                // deeper nested sources overflow gojq's parser
	MaxRunTime     = 250 * time.Millisecond // for one payload; plain programs take microseconds
	MaxResults     = 100
)

// Program is a jq program and the name that logs and dead letters give it.
type Program struct {
	Name   string // "canonical.jq"
	Source string
}

// compiled is a program ready to run. It is safe for concurrent use.
type compiled struct {
	name string
	code *gojq.Code
}

// The variables of a program. The second is ours: it carries the documents of a run to [exactFromJSON].
const (
	metaVariable  = "$meta"
	spansVariable = "$__spans"
)

func (p Program) compile() (*compiled, error) {
	if len(p.Source) > MaxSourceBytes {
		return nil, fmt.Errorf("mapping %s: the program has %d bytes; at most %d are allowed", p.Name, len(p.Source), MaxSourceBytes)
	}
	query, err := gojq.Parse(p.Source)
	if err != nil {
		return nil, p.explain(err)
	}
	if err := guard(query); err != nil {
		return nil, p.explain(err)
	}
	code, err := gojq.Compile(query,
		gojq.WithVariables([]string{metaVariable, spansVariable}),
		gojq.WithFunction(multiplyFunction, 2, 2, multiply),
		gojq.WithFunction(fromJSONFunction, 1, 1, exactFromJSON),
	)
	if err != nil {
		return nil, p.explain(err)
	}
	return &compiled{name: p.Name, code: code}, nil
}

// run returns what the program yields for the payload. An error that is a *callback.Error of Kind Permanent is
// the program's; every other one means that the caller's time is up.
func (c *compiled) run(ctx context.Context, s *spans, meta any, limit time.Duration) ([]any, error) {
	results, err := c.iterate(ctx, s, meta, limit)
	if err != nil {
		return nil, silence(ctx, err)
	}
	return results, nil
}

var (
	errPanic   = errors.New("the program panicked")
	errResults = fmt.Errorf("the program yields more than %d results", MaxResults)
)

// iterate is run with jq's own errors. They quote the payload.
func (c *compiled) iterate(ctx context.Context, s *spans, meta any, limit time.Duration) (results []any, err error) {
	defer func() {
		if recover() != nil { // the value may quote the payload
			results, err = nil, errPanic
		}
	}()
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	iter := c.code.RunWithContext(bounded, s.payload.Root(), meta, s)
	for {
		v, ok := iter.Next()
		if !ok {
			return results, nil
		}
		if failure, ok := v.(error); ok {
			return nil, failure
		}
		if len(results) == MaxResults {
			return nil, errResults
		}
		results = append(results, v)
	}
}

// silence turns a program's error into one that quotes nothing.
func silence(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &callback.Error{Code: callback.CodeOutOfTime, Message: "The invocation ended while the mapping ran."}
	case errors.Is(err, context.DeadlineExceeded):
		return callback.Reject(callback.CodeMappingTimeout, "The mapping's jq program ran too long.")
	case errors.Is(err, errResults):
		return callback.Reject(callback.CodeTooManyCallbacks, "The mapping yields more than 100 results.")
	case errors.Is(err, errPanic):
		return callback.Reject(callback.CodeMappingFailed, "The mapping's jq program panicked.")
	default:
		return callback.Reject(callback.CodeMappingFailed, "The mapping's jq program ended in an error.")
	}
}

// spans are the documents of one run: the payload, and each JSON text in it that the program decoded.
type spans struct {
	payload *jsonspan.Document
	nested  []*jsonspan.Document
}

// raw returns the original bytes of v if it stands in one of the documents.
func (s *spans) raw(v any) ([]byte, bool) {
	if text, ok := s.payload.Raw(v); ok {
		return text, true
	}
	for _, d := range s.nested {
		if text, ok := d.Raw(v); ok {
			return text, true
		}
	}
	return nil, false
}

// fromJSONFunction takes the place of jq's fromjson in a guarded program, so that JSON in a JSON string keeps its
// bytes as well.
const fromJSONFunction = "_exactfromjson"

var errFromJSON = errors.New("fromjson: the value is no string that holds JSON")

func exactFromJSON(v any, args []any) any {
	text, isString := v.(string)
	s, isSpans := args[0].(*spans)
	if !isString || !isSpans {
		return errFromJSON
	}
	d, err := jsonspan.Parse([]byte(text))
	if err != nil {
		return errFromJSON
	}
	s.nested = append(s.nested, d)
	return d.Root()
}

// multiplyFunction takes the place of jq's * in a guarded program.
const multiplyFunction = "_multiply_guarded"

var errRepetition = errors.New("repetition of strings is not allowed in a mapping")

// multiply is jq's * for all but strings: one "x" * 500000000 would take the memory of the whole function.
func multiply(_ any, args []any) any {
	for _, v := range args {
		if _, ok := v.(string); ok {
			return errRepetition
		}
	}
	product, err := gojq.Parse(".[0] * .[1]")
	if err != nil {
		return err
	}
	v, _ := product.Run([]any{args[0], args[1]}).Next()
	return v
}

// encode writes a result as JSON text, with the original bytes of what the payload lent it.
func (s *spans) encode(v any) ([]byte, error) {
	e := encoder{spans: s}
	if err := e.value(v, 0); err != nil {
		return nil, err
	}
	return e.text, nil
}
