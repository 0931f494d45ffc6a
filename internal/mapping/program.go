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
	// Proven says that tests compile the program, so that it need not be compiled before a payload asks for it.
	Proven bool
}

// compiled is a program ready to run, once at a time.
type compiled struct {
	name    string
	code    *gojq.Code
	current *run // the run under way, for exactFromJSON
}

const metaVariable = "$meta"

func (p Program) compile() (*compiled, error) {
	if len(p.Source) > MaxSourceBytes {
		return nil, fmt.Errorf("mapping %s: the program has %d bytes; at most %d are allowed", p.Name, len(p.Source), MaxSourceBytes)
	}
	query, err := gojq.Parse(p.Source)
	if err != nil {
		return nil, p.explain(err)
	}
	c := &compiled{name: p.Name}
	if err := c.build(query); err != nil {
		return nil, p.explain(err)
	}
	return c, nil
}

// build guards the query and makes it the program's code.
func (c *compiled) build(query *gojq.Query, more ...gojq.CompilerOption) (err error) {
	if err := guard(query); err != nil {
		return err
	}
	c.code, err = gojq.Compile(query, append(more,
		gojq.WithVariables([]string{metaVariable}),
		gojq.WithFunction(fromJSONFunction, 0, 0, c.exactFromJSON),
		gojq.WithFunction(factorFunction, 0, 0, factor),
		gojq.WithFunction(shortFunction, 0, 0, short),
	)...)
	return err
}

// run is the mapping of one payload.
type run struct {
	payload *jsonspan.Document
	meta    any
}

var (
	errPanic   = errors.New("the program panicked")
	errResults = fmt.Errorf("the program yields more than %d results", MaxResults)
)

// iterate returns what the program yields for the payload. The error is jq's own and quotes the payload.
func (s *run) iterate(ctx context.Context, program *compiled) (results []any, err error) {
	program.current = s
	defer func() {
		program.current = nil
		if recover() != nil { // the value may quote the payload
			results, err = nil, errPanic
		}
	}()
	iter := program.code.RunWithContext(ctx, s.payload.Root(), s.meta)
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

// silence turns an error of a mapping into one that quotes nothing: a *callback.Error. One of Kind Permanent is the
// mapping's, every other one means that the caller's time is up.
func silence(ctx context.Context, err error) error {
	var e *callback.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case ctx.Err() != nil:
		return outOfTime()
	case errors.Is(err, context.DeadlineExceeded):
		return callback.Reject(callback.CodeMappingTimeout, "The mapping ran too long.")
	case errors.Is(err, errResults):
		return callback.Reject(callback.CodeTooManyCallbacks, "The mapping yields more than 100 results.")
	case errors.Is(err, errResultSize), errors.Is(err, errResultDepth):
		return callback.Reject(callback.CodeInvalidCallback, "The mapping's result is too large or nested too deep.")
	case errors.Is(err, errPanic):
		return callback.Reject(callback.CodeMappingFailed, "The mapping's jq program panicked.")
	default:
		return callback.Reject(callback.CodeMappingFailed, "The mapping's jq program ended in an error.")
	}
}

func outOfTime() *callback.Error {
	return &callback.Error{Code: callback.CodeOutOfTime, Message: "The invocation ended before the payload was mapped."}
}
