package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"callback-completer/internal/local/lambda"
)

// Options say what to run and where.
type Options struct {
	Functions string    // the folder with the functions' executables: sqs, eventbridge, http and approval
	Address   string    // where the stand-in listens; empty: 127.0.0.1 and any free port
	API       string    // where its API Gateway does; likewise
	Data      string    // a folder that keeps the approval requests; empty: one that is removed
	Out       io.Writer // what a person reads; used by one goroutine at a time
	Color     bool
	// Wait is how long Run keeps the page of its last workflow up for a decision; 0 only shows it. Enough ends the wait;
	// nil: nothing does but ctx.
	Wait   time.Duration
	Enough <-chan struct{}
}

// ErrDiffers is the error of a Run that came to its end but not as expected.
var ErrDiffers = errors.New("scenes did not go as expected")

// Run plays every scene and prints how it goes, then a table and, where something differed, what and the ends of the
// functions' logs. After that it asks the reader for a decision, on the page of a workflow that waits. The error is ErrDiffers, the end of ctx, or what kept the application from starting.
func Run(ctx context.Context, o Options) error {
	out := &screen{w: o.Out, color: o.Color}
	logs := newJournals()
	results, err := perform(ctx, o, out, logs)
	if err != nil {
		return err
	}
	if err := report(out, results, logs); err != nil {
		return err
	}
	return invite(ctx, o, out)
}

// perform returns when everything that it started has ended: the logs are complete then.
func perform(ctx context.Context, o Options, out *screen, logs journals) (results []result, err error) {
	receipts, events := newReceipts(), newBoard[lambda.AsyncResult]()
	a, err := deploy(ctx, o, eventRetries(), hooks{
		log:   func(function string) io.Writer { return logs[function] },
		dealt: receipts.note,
		ended: func(r lambda.AsyncResult) { events.post(eventID(r.Payload), r) },
	})
	if err != nil {
		return nil, err
	}
	defer a.close()
	s := &stage{
		app: a, logs: logs, events: events, caller: newCaller(a.api.URL()), screen: out,
		worker: &worker{requests: a.requests, callbacks: a.callbacks, receipts: receipts},
	}
	defer s.caller.close()
	s.introduce()
	for _, p := range parts() {
		out.line("\n%s", out.paint(bold, p.about))
		for _, sc := range p.scenes {
			out.line("\n%s", out.paint(bold, fmt.Sprintf("%d. %s", len(results)+1, sc.about)))
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
	}
	return append(results, s.curtain()), nil
}

// introduce tells what there is, and takes note of what may not be seen.
func (s *stage) introduce() {
	a, line := s.app, s.screen.line
	line("The stand-in for Step Functions, SQS, EventBridge, Lambda, DynamoDB and Secrets Manager listens at %s,", a.stack.URL())
	line("the one for API Gateway at %s.", a.api.URL())
	line("A workflow sends a request with its task token to the queue %q and waits.", a.requests.Name())
	line("Answers come on the queue %q, on the event bus or to the API; functions take them from there to Step Functions.", a.callbacks.Name())
	line("What they cannot deliver goes to the queue %q.", a.deadLetters.Name())
	line("A workflow that asks people has a function send them a link, here by an event to the queue %q.", a.asked.Name())
	for _, text := range []string{encodedKey(a.partners.acme.key), a.partners.acme.key, a.partners.courier.key} {
		s.know(keyKind, text)
	}
}

// curtain ends the application and looks for secrets where none may be.
func (s *stage) curtain() result {
	began := time.Now()
	t := told{logs: s.logs, letters: append(s.app.deadLetters.Peek(), s.app.lostEvents.Peek()...), records: s.records, answers: s.caller.answers}
	s.app.close()
	return result{
		name: "secrecy", expect: []string{cleanLogs, cleanLetters, cleanAnswers},
		happened: secrecyFacts(s.secrets, t), took: time.Since(began),
	}
}
