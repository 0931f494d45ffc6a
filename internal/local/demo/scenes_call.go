package demo

import (
	"context"
	"net/http"

	"callback-completer/internal/local/gateway"
)

// callScenes are what services of one's own call.
func callScenes() []scene {
	return []scene{
		{
			name: "call", about: "An authorised POST /callbacks completes the waiting workflow",
			expect: []string{"waits", "200 delivered", "SUCCEEDED", "output as sent"}, play: playCall,
		},
		{
			name: "unauthorised call", about: "Without authorisation, a POST /callbacks does not get as far as the function",
			expect: []string{"waits", "403 Forbidden", "RUNNING"}, play: playUnauthorisedCall,
		},
		{
			name: "late call", about: "A POST /callbacks for a workflow that somebody has stopped is told so",
			expect: []string{"waits", "ABORTED", "409 TaskTimedOut", "application/problem+json", "no dead letter"}, play: playLateCall,
		},
	}
}

func playCall(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	answer, err := s.call(ctx, form(t.token, `"output":`+output))
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, answer.String()}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	return append(facts, string(e.Status), same("output", e.Output, output)), nil
}

func playUnauthorisedCall(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	body := form(t.token, `"output":`+output)
	s.say("somebody posts %s to /callbacks", body)
	answer, err := s.post(ctx, "/callbacks", nil, body)
	if err != nil {
		return []string{t.waits}, err
	}
	status, err := s.status(t.execution)
	return []string{t.waits, answer.String(), string(status)}, err
}

func playLateCall(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	e, err := s.stop(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, string(e.Status)}
	letters := len(s.app.deadLetters.Peek())
	answer, err := s.call(ctx, form(t.token, `"output":`+output))
	if err != nil {
		return facts, err
	}
	return append(facts, answer.String(), answer.header.Get("Content-Type"), s.moreLetters(letters)), nil
}

// call posts to /callbacks as a service that signs with credentials of the account.
func (s *stage) call(ctx context.Context, body string) (reply, error) {
	s.say("a service posts %s to /callbacks, signed with AWS credentials", body)
	return s.post(ctx, "/callbacks", http.Header{"Authorization": {gateway.Authorization}}, body)
}
