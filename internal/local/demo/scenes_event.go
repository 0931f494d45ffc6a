package demo

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"callback-completer/internal/local/fault"
)

// eventScenes are what announces its end on the event bus.
func eventScenes() []scene {
	return []scene{
		{
			name: "event", about: "An event with a result completes the waiting workflow",
			expect: []string{"waits", "SUCCEEDED", "output as sent"}, play: playEvent,
		},
		{
			name: "failed job", about: "A Batch job that failed fails the workflow that waits for it, with Batch's reason",
			expect: []string{"waits", "FAILED", "Batch.JobFailed", "cause as sent"}, play: playFailedJob,
		},
		{
			name: "late event", about: "An event for a workflow that somebody has stopped becomes a dead letter",
			expect: []string{"waits", "ABORTED", "dead letter TaskTimedOut", "body as sent"}, play: playLateEvent,
		},
		{
			name: "no permission", about: "An event that fails three times is kept, and completes the workflow when it is sent again",
			expect: []string{"waits", "3 x CallbackRetryError", "failure record", "SUCCEEDED", "output as sent"}, play: playNoPermission,
		},
	}
}

// eventRetries are Lambda's waits before it invokes a function again, a minute and two on AWS.
func eventRetries() []time.Duration {
	return []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}
}

func playEvent(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	r, err := s.put(ctx, form(t.token, `"output":`+output))
	if err := handled(r, err); err != nil {
		return []string{t.waits}, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	return []string{t.waits, string(e.Status), same("output", e.Output, output)}, nil
}

// failedJob is an event as AWS Batch announces a job that failed: a sample of the project, which has a token of its own.
//
//go:embed events/batch-job-failed.json
var failedJob string

const (
	failedJobToken = "AAAAKgAAAAIAAAAAAAAAAEXAMPLE+TASK/TOKEN1=="
	failedJobCause = "Essential container in task exited; OutOfMemoryError: Container killed due to memory usage; exit code 137; " +
		"arn:aws:batch:eu-west-1:123456789012:job/4c7599ae-0a82-49aa-ba5a-4727fcce14a8"
)

func playFailedJob(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	s.say("the job that it submitted with the token as TASK_TOKEN fails, and Batch puts its event on the bus")
	r, err := s.publish(ctx, strings.Replace(failedJob, failedJobToken, t.token, 1))
	if err := handled(r, err); err != nil {
		return []string{t.waits}, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	return []string{t.waits, string(e.Status), e.Error, same("cause", e.Cause, failedJobCause)}, nil
}

func playLateEvent(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	e, err := s.stop(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, string(e.Status)}
	r, err := s.put(ctx, form(t.token, `"output":`+output))
	if err := handled(r, err); err != nil {
		return facts, err
	}
	letter, err := s.letter(eventID(r.Payload), string(r.Payload))
	return append(facts, letter...), err
}

func playNoPermission(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	s.say("the function's role may not complete tasks of this state machine")
	s.app.faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.AccessDenied, Rate: 1})
	defer s.app.faults.Clear()
	r, err := s.put(ctx, form(t.token, `"output":`+output))
	if err != nil {
		return []string{t.waits}, err
	}
	s.say("Lambda invokes the function %d times; between them it waits a moment here, a minute and two on AWS", r.Invocations)
	facts := []string{t.waits, fmt.Sprintf("%d x %s", r.Invocations, errorType(r.Err))}
	record, err := s.takeRecord(ctx, string(r.Record))
	if err != nil {
		return facts, err
	}
	facts = append(facts, "failure record")
	s.app.faults.Clear()
	s.say("the role is put right; the record is sent as it is to the callback queue")
	if _, err := s.worker.send(ctx, record); err != nil {
		return facts, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	return append(facts, string(e.Status), same("output", e.Output, output)), nil
}
