package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
)

// stage is what scenes act with. It tells what it does as it does it.
type stage struct {
	app    *application
	worker *worker
	screen *screen
	tokens []string // every one that was sent
}

func newStage(a *application, r *receipts, s *screen) *stage {
	return &stage{app: a, worker: &worker{requests: a.requests, callbacks: a.callbacks, receipts: r}, screen: s}
}

func (s *stage) say(format string, args ...any) {
	s.screen.line("   %s", s.screen.paint(faint, fmt.Sprintf(format, args...)))
}

// know takes note of a token, which must not be seen from then on.
func (s *stage) know(token string) {
	s.tokens = append(s.tokens, token)
	s.screen.hide(token)
}

// task is an execution that waits, and the request that its worker has taken.
type task struct {
	execution string // ARN
	token     string
	waits     string // the fact
}

// ask starts an execution and lets the worker take its request.
func (s *stage) ask(ctx context.Context, definition string) (task, error) {
	arn, err := s.app.start(ctx, definition, `{"order":{"id":"A-1","amount":120}}`)
	if err != nil {
		return task{}, err
	}
	status, err := s.status(arn)
	if err != nil {
		return task{}, err
	}
	waits := string(status)
	if status == stepfunctions.Running {
		waits = "waits"
	}
	s.say("the workflow %q is %s: its request is on the queue (TaskSubmitted)", definition, status)
	request, err := s.worker.take(ctx, arn)
	if err != nil {
		return task{}, err
	}
	s.know(request.TaskToken)
	s.say("the worker takes the request, which holds the task token: %s", request.TaskToken)
	return task{execution: arn, token: request.TaskToken, waits: waits}, nil
}

func (s *stage) status(arn string) (stepfunctions.Status, error) {
	e, err := s.app.stack.StepFunctions.DescribeExecution(arn)
	if err != nil {
		return "", fmt.Errorf("describe the execution: %w", err)
	}
	return e.Status, nil
}

// answer sends a callback with the token and further members, and returns the message's id once it is acknowledged.
func (s *stage) answer(ctx context.Context, token, members string) (messageID string, err error) {
	return s.send(ctx, fmt.Sprintf(`{"taskToken":%q,%s}`, token, members))
}

func (s *stage) send(ctx context.Context, body string) (messageID string, err error) {
	s.say("the worker sends %s", oneLine(body))
	return s.worker.send(ctx, body)
}

// oneLine returns a body as it is shown.
func oneLine(body string) string {
	if strings.ContainsAny(body, "\r\n\t") {
		return strconv.Quote(body)
	}
	return body
}

// endLimit is more than a workflow needs to end once its answer is acknowledged, or its TimeoutSeconds are over.
const endLimit = 4 * time.Second

// end waits until an execution has ended.
func (s *stage) end(ctx context.Context, arn string) (stepfunctions.Execution, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, endLimit, errSlow)
	defer cancel()
	e, err := s.app.stack.StepFunctions.Wait(ctx, arn)
	switch {
	case ctx.Err() != nil && err != nil:
		return e, fmt.Errorf("wait for the execution to end: %w", context.Cause(ctx))
	case err != nil:
		return e, fmt.Errorf("wait for the execution to end: %w", err)
	case e.Output != "":
		s.say("the workflow is %s: %s", e.Status, e.Output)
	default:
		s.say("the workflow is %s: %s", e.Status, strings.TrimSuffix(e.Error+": "+e.Cause, ": "))
	}
	return e, nil
}

var errNoDeadLetter = errors.New("the message is not in the dead-letter queue")

// find returns the dead letter of a message.
func (s *stage) find(messageID string) (letter sqs.Held, ok bool) {
	for _, l := range s.app.deadLetters.Peek() {
		if l.Attributes["SourceID"].String == messageID {
			return l, true
		}
	}
	return sqs.Held{}, false
}

// sendDeadLetter sends a message and returns the facts on what the dead-letter queue has of it.
func (s *stage) sendDeadLetter(ctx context.Context, body string) ([]string, error) {
	id, err := s.send(ctx, body)
	if err != nil {
		return nil, err
	}
	letter, ok := s.find(id)
	if !ok {
		return nil, errNoDeadLetter
	}
	code, message := letter.Attributes["ErrorCode"].String, letter.Attributes["ErrorMessage"].String
	s.say("the dead-letter queue has it: %s: %s", code, message)
	facts := []string{"dead letter " + code, same("body", letter.Body, body)}
	if message == "" {
		facts = append(facts, "no ErrorMessage")
	}
	return facts, nil
}

// left returns the facts on what a message that has done its work leaves behind.
func (s *stage) left(messageID string) []string {
	facts := []string{"queue empty", "no dead letter"}
	if n := len(s.app.callbacks.Peek()); n > 0 {
		facts[0] = fmt.Sprintf("queue holds %d", n)
	}
	if l, ok := s.find(messageID); ok {
		facts[1] = "dead letter " + l.Attributes["ErrorCode"].String
	}
	return facts
}

// same compares byte for byte.
func same(what, got, want string) string {
	if got != want {
		return what + " changed to " + brief(got)
	}
	return what + " as sent"
}
