package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/stepfunctions"
)

// stage is what scenes act with. It tells what it does as it does it.
type stage struct {
	app    *application
	logs   journals
	events *board[lambda.AsyncResult] // how Lambda ended with each event, by the event's id
	worker *worker
	caller *caller
	screen *screen

	secrets []secret // every one that was sent or signed with
	records []string // Lambda's, of events that failed
}

func (s *stage) say(format string, args ...any) {
	s.screen.line("   %s", s.screen.paint(faint, fmt.Sprintf(format, args...)))
}

// know takes note of a secret, which must not be seen from then on.
func (s *stage) know(kind, text string) {
	known := secret{kind, text}
	s.secrets = append(s.secrets, known)
	s.screen.hide(known)
}

// watch takes note of what may not be seen where functions write, though people may see it.
func (s *stage) watch(kind, text string) { s.secrets = append(s.secrets, secret{kind, text}) }

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
	s.know(tokenKind, request.TaskToken)
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

// stop aborts an execution, as somebody may who does not want to wait.
func (s *stage) stop(ctx context.Context, arn string) (stepfunctions.Execution, error) {
	if err := s.app.stack.StepFunctions.StopExecution(arn, "", ""); err != nil {
		return stepfunctions.Execution{}, fmt.Errorf("stop the execution: %w", err)
	}
	return s.end(ctx, arn)
}

// form is a callback in the canonical form, with the token and further members.
func form(token, members string) string { return fmt.Sprintf(`{"taskToken":%q,%s}`, token, members) }

// answer sends a callback and returns the message's id once it is acknowledged.
func (s *stage) answer(ctx context.Context, token, members string) (messageID string, err error) {
	return s.send(ctx, form(token, members))
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
		s.say("%s", strings.TrimRight(fmt.Sprintf("the workflow is %s: %s: %s", e.Status, e.Error, e.Cause), ": "))
	}
	return e, nil
}

var errUnknownVerdict = errors.New("the function's log does not tell this verdict")

// verdict waits until a function logs a verdict for the token.
func (s *stage) verdict(ctx context.Context, function string, verdict callback.Verdict, token string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, endLimit, errUnknownVerdict)
	defer cancel()
	known, err := callback.NewToken(token)
	if err != nil {
		return fmt.Errorf("read the task token: %w", err)
	}
	return s.logs[function].wait(ctx, fmt.Sprintf(`"verdict":%q`, verdict), known.Fingerprint())
}
