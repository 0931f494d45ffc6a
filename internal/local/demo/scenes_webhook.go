package demo

import (
	"context"
	"fmt"
	"strings"

	"callback-completer/internal/callback"
	"callback-completer/internal/local/fault"
)

// webhookScenes are what partners post.
func webhookScenes() []scene {
	return []scene{
		{
			name: "webhook", about: "A signed webhook completes the waiting workflow; delivered once more, it changes nothing",
			expect: []string{
				"waits", "200 delivered", "SUCCEEDED", "output as sent", "again: 200 delivered", "known as a duplicate", "result unchanged",
			},
			play: playWebhook,
		},
		{
			name: "forged webhook", about: "A webhook that is not signed with the partner's secret does nothing",
			expect: []string{"waits", "altered: 401 Unauthorized", "unknown sender: 401 Unauthorized", "RUNNING", "no dead letter"},
			play:   playForgedWebhook,
		},
		{
			name: "own form", about: "A partner with a form and a signature of its own: a mapping makes the callback of it",
			expect: []string{"waits", "on its way: 200 ignored", "RUNNING", "lost: 200 delivered", "FAILED", "ParcelLost: last seen in Genoa"},
			play:   playOwnForm,
		},
		{
			name: "busy", about: "While Step Functions throttles, a webhook goes over the callback queue",
			expect: []string{"waits", "202 queued", "delivered by functions/sqs", "SUCCEEDED", "output as sent"}, play: playBusy,
		},
	}
}

func playWebhook(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	body := form(t.token, `"output":`+output)
	answer, err := s.acme(ctx, "msg_1", body)
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, answer.String()}
	first, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	facts = append(facts, string(first.Status), same("output", first.Output, output))
	if answer, err = s.acme(ctx, "msg_1", body); err != nil {
		return facts, err
	}
	facts = append(facts, "again: "+answer.String())
	if err := s.verdict(ctx, httpFunction, callback.Duplicate, t.token); err != nil {
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
	return append(facts, "known as a duplicate", unchanged), nil
}

func playForgedWebhook(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	letters := len(s.app.deadLetters.Peek())
	signed := form(t.token, `"output":{"amount":120}`)
	headers := s.sign(s.app.partners.acme, "msg_2", signed)
	altered := strings.Replace(signed, "120", "121", 1)
	s.say("somebody posts %s with the signature of another body", altered)
	answer, err := s.post(ctx, s.app.partners.acme.path(), headers, altered)
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, "altered: " + answer.String()}
	s.say("somebody posts %s with its own signature, but as a partner that nobody knows", signed)
	if answer, err = s.post(ctx, "/webhooks/nobody", headers, signed); err != nil {
		return facts, err
	}
	facts = append(facts, "unknown sender: "+answer.String())
	status, err := s.status(t.execution)
	if err != nil {
		return facts, err
	}
	return append(facts, string(status), s.moreLetters(letters)), nil
}

func playOwnForm(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	answer, err := s.courier(ctx, fmt.Sprintf(`{"reference":%q,"parcel":"P-7","state":"on its way"}`, t.token))
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, "on its way: " + answer.String()}
	status, err := s.status(t.execution)
	if err != nil {
		return facts, err
	}
	facts = append(facts, string(status))
	answer, err = s.courier(ctx, fmt.Sprintf(`{"reference":%q,"parcel":"P-7","state":"lost","note":"last seen in Genoa"}`, t.token))
	if err != nil {
		return facts, err
	}
	facts = append(facts, "lost: "+answer.String())
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	return append(facts, string(e.Status), e.Error+": "+e.Cause), nil
}

func playBusy(ctx context.Context, s *stage) ([]string, error) {
	t, err := s.ask(ctx, "order")
	if err != nil {
		return nil, err
	}
	s.say("Step Functions throttles every call")
	s.app.faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Rate: 1})
	defer s.app.faults.Clear()
	answer, err := s.acme(ctx, "msg_3", form(t.token, `"output":`+output))
	if err != nil {
		return []string{t.waits}, err
	}
	facts := []string{t.waits, answer.String()}
	s.app.faults.Clear()
	s.say("Step Functions throttles no more")
	e, err := s.end(ctx, t.execution)
	if err != nil {
		return facts, err
	}
	if err := s.verdict(ctx, sqsFunction, callback.Delivered, t.token); err != nil {
		return facts, err
	}
	return append(facts, "delivered by functions/sqs", string(e.Status), same("output", e.Output, output)), nil
}
