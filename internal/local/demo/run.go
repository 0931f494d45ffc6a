package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Options say what to run and where.
type Options struct {
	Bootstrap string    // the function's executable
	Address   string    // where the stand-in listens; empty: 127.0.0.1 and any free port
	Out       io.Writer // what a person reads; used by one goroutine at a time
	Color     bool
}

// ErrDiffers is the error of a Run that came to its end but not as expected.
var ErrDiffers = errors.New("scenes did not go as expected")

// Run plays every scene and prints how it goes, then a table and, where something differed, what and the end of the
// function's log. The error is ErrDiffers, the end of ctx, or what kept the application from starting.
func Run(ctx context.Context, o Options) error {
	out := &screen{w: o.Out, color: o.Color}
	log := &journal{}
	results, err := perform(ctx, o, out, log)
	if err != nil {
		return err
	}
	return report(out, results, log)
}

// perform returns when everything that it started has ended: the log is complete then.
func perform(ctx context.Context, o Options, out *screen, log *journal) (results []result, err error) {
	receipts := newReceipts()
	a, err := deploy(ctx, o, hooks{log: log, dealt: receipts.note})
	if err != nil {
		return nil, err
	}
	defer a.close()
	out.line("The stand-in for Step Functions, SQS and Lambda listens at %s.", a.stack.URL())
	out.line("A workflow sends a request with its task token to the queue %q and waits. A worker answers on the queue %q.",
		a.requests.Name(), a.callbacks.Name())
	out.line("The function takes the answer from there to Step Functions; what it cannot deliver goes to %q.", a.deadLetters.Name())
	s := newStage(a, receipts, out)
	for i, sc := range scenes() {
		out.line("\n%s", out.paint(bold, fmt.Sprintf("%d. %s", i+1, sc.about)))
		r := s.run(ctx, sc)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		verdict := out.paint(green, "ok")
		if !r.ok() {
			verdict = out.paint(red, "not as expected: "+strings.Join(r.outcome(), ", "))
		}
		out.line("   %s, %d ms", verdict, r.took.Milliseconds())
		results = append(results, r)
	}
	began := time.Now()
	letters := a.deadLetters.Peek()
	a.close()
	secrecy := result{name: "secrecy", expect: []string{clean}}
	secrecy.happened = secrecyFacts(s.tokens, log.String(), letters)
	secrecy.took = time.Since(began)
	return append(results, secrecy), nil
}
