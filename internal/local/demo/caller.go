package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// caller asks the API and keeps every answer.
type caller struct {
	url       string
	transport *http.Transport
	answers   []reply
}

func newCaller(url string) *caller { return &caller{url: url, transport: &http.Transport{}} }

// close ends the connections.
func (c *caller) close() { c.transport.CloseIdleConnections() }

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   string
}

// post sends JSON. There must be no redirect.
func (c *caller) post(ctx context.Context, path string, h http.Header, body string) (reply, error) {
	if h = h.Clone(); h == nil {
		h = http.Header{}
	}
	h.Set("Content-Type", "application/json")
	return c.send(ctx, http.MethodPost, path, h, body)
}

// send does not follow redirects. Its errors do not tell the path, which may be a link.
func (c *caller) send(ctx context.Context, method, path string, h http.Header, body string) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, fmt.Errorf("make a request: %w", err)
	}
	r.Header = h
	answer, err := c.transport.RoundTrip(r)
	if err != nil {
		return reply{}, fmt.Errorf("%s to the API: %w", method, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return reply{}, fmt.Errorf("read the API's answer: %w", err)
	}
	got := reply{answer.StatusCode, answer.Header, strings.TrimSpace(string(text))}
	c.answers = append(c.answers, got)
	return got, nil
}

// String is the status and what the body says in a word: its status, the end of a problem's type, or API Gateway's message.
func (r reply) String() string {
	var body struct{ Status, Type, Message any } // the status of a problem is a number
	_ = json.Unmarshal([]byte(r.body), &body)
	for _, word := range []any{body.Type, body.Status, body.Message} {
		if text, ok := word.(string); ok {
			return fmt.Sprint(r.status, " ", text[strings.LastIndexByte(text, ':')+1:])
		}
	}
	return fmt.Sprint(r.status)
}
