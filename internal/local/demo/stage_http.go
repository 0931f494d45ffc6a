package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// acme posts a webhook of that id.
func (s *stage) acme(ctx context.Context, id, body string) (reply, error) {
	p := s.app.partners.acme
	headers := s.sign(p, id, body)
	s.say("the partner %s posts %s to %s as %s, signed", p.Name, body, p.path(), id)
	return s.post(ctx, p.path(), headers, body)
}

// sign signs as Standard Webhooks do.
func (s *stage) sign(p partner, id, body string) http.Header {
	headers, signature := p.signStandard(id, time.Now(), body)
	s.know(signatureKind, signature)
	return headers
}

// courier posts a webhook.
func (s *stage) courier(ctx context.Context, body string) (reply, error) {
	p := s.app.partners.courier
	headers, signature := p.signPlain(body)
	s.know(signatureKind, signature)
	s.say("the partner %s posts %s to %s, signed", p.Name, body, p.path())
	return s.post(ctx, p.path(), headers, body)
}

// post breaks a scene off where the function fails: nothing would come of waiting.
func (s *stage) post(ctx context.Context, path string, h http.Header, body string) (reply, error) {
	answer, err := s.caller.post(ctx, path, h, body)
	if err != nil {
		return answer, err
	}
	s.say("the API answers %d: %s", answer.status, answer.body)
	if answer.status >= http.StatusInternalServerError {
		return answer, fmt.Errorf("the API answers %s", answer)
	}
	return answer, nil
}

// moreLetters is the fact on dead letters beyond the first n.
func (s *stage) moreLetters(n int) string {
	if more := len(s.app.deadLetters.Peek()) - n; more > 0 {
		return fmt.Sprintf("%d dead letters", more)
	}
	return "no dead letter"
}
