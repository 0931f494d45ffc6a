package demo

import (
	"context"
	"fmt"
)

// output is hard to carry on: a number beyond the exact integers of a double, a zero at the end, and keys in no order.
const output = `{"total":9007199254740993,"price":1.10,"name":"Zoë","accepted":true}`

func playSuccess(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	if _, err := s.answer(ctx, t.token, `"output":`+output); err != nil {
		return []string{t.waits}, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	return []string{t.waits, string(e.Status), same("output", e.Output, output)}, nil
}

func playRejection(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	if _, err := s.answer(ctx, t.token, `"error":"OrderRejected","cause":"over the limit"`); err != nil {
		return []string{t.waits}, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	return []string{t.waits, string(e.Status), e.Error + ": " + e.Cause}, nil
}

func playDecision(ctx context.Context, s *stage) (facts []string, err error) {
	for _, approved := range []bool{true, false} {
		t, err := s.ask(ctx, "approval")
		if err != nil {
			return facts, err
		}
		if _, err := s.answer(ctx, t.token, fmt.Sprintf(`"output":{"approved":%t}`, approved)); err != nil {
			return facts, err
		}
		if _, err := s.end(ctx, t.execution); err != nil {
			return facts, err
		}
		state, err := s.app.lastState(t.execution)
		if err != nil {
			return facts, err
		}
		facts = append(facts, fmt.Sprintf("%t goes to %s", approved, state))
	}
	return facts, nil
}

func playCatch(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "payment")
	if err != nil {
		return nil, err
	}
	if _, err := s.answer(ctx, t.token, `"error":"PaymentDeclined","cause":"the card has expired"`); err != nil {
		return []string{t.waits}, err
	}
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return []string{t.waits}, err
	}
	state, err := s.app.lastState(t.execution)
	return []string{t.waits, "goes to " + state, string(e.Status)}, err
}

func playDuplicate(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	if _, err := s.answer(ctx, t.token, `"output":`+output); err != nil {
		return nil, err
	}
	first, err := s.end(ctx, t.execution)
	if err != nil {
		return nil, err
	}
	facts := []string{string(first.Status)}
	again, err := s.answer(ctx, t.token, `"output":`+output)
	if err != nil {
		return facts, err
	}
	second, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	unchanged := "result changed"
	if second == first {
		unchanged = "result unchanged"
	}
	return append(append(facts, "acknowledged again", unchanged), s.left(again)...), nil
}
