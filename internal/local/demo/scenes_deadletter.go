package demo

import "context"

func playLate(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "deadline")
	if err != nil {
		return nil, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, string(e.Status), e.Error}
	letter, err := s.sendDeadLetter(ctx, form(t.token, `"output":`+output))
	return append(facts, letter...), err
}

func playMalformed(ctx context.Context, s *stage) ([]string, error) {
	return s.sendDeadLetter(ctx, "{\"approved\": yes,\t\"reason\": \"naïve — \\u00e9\"}\r\n")
}

func playContradiction(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	letter, err := s.sendDeadLetter(ctx, form(t.token, `"output":{"approved":true},"error":"OrderRejected"`))
	facts := append([]string{t.waits}, letter...)
	if err != nil {
		return facts, err
	}
	status, err := s.status(t.execution)
	return append(facts, string(status)), err
}

func playUnknownToken(ctx context.Context, s *stage) ([]string, error) {
	const token = "AAAAKgAAAAIAAAAAAAAAAfromAnotherAccountOrRegion+/8="
	s.know(tokenKind, token)
	return s.sendDeadLetter(ctx, form(token, `"output":`+output))
}
