package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// acme posts a webhook of that id, once more when it is told to, as partners do.
func (s *stage) acme(ctx context.Context, id, body string) (answer reply, err error) {
	const attempts = 3
	p := s.app.partners.acme
	for range attempts {
		headers := s.sign(p, id, body)
		s.say("the partner %s posts %s to %s as %s, signed", p.Name, body, p.path(), id)
		answer, err = s.post(ctx, p.path(), headers, body)
		if answer.header.Get("Retry-After") == "" {
			break
		}
	}
	return answer, err
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
