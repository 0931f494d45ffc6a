package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// slackChannel keeps what Slack is told, by the address.
type slackChannel struct {
	mu    sync.Mutex
	posts map[string][]string
}

func (s *slackChannel) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts[r.URL.String()] = append(s.posts[r.URL.String()], string(text))
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

func (s *slackChannel) told(address string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posts[address]
}

// press is the click as Slack sends it.
func (c *click) press(link string) wire {
	return signedForm("payload=" + url.QueryEscape(fmt.Sprintf(
		`{"type": "block_actions", "user": {"id": %q}, "response_url": %q, "actions": [{"action_id": "callback-completer:%s", "value": %q}]}`,
		c.who, c.responses, c.decision, link)))
}

// judgePress holds what Slack was told of a press against what the workflow was told.
func (w *people) judgePress(c, result *click, page heard) error {
	if c.heard.Status != http.StatusOK || c.heard.Body != "" {
		return errors.New("this is no answer to a press")
	}
	told := w.slack.told(c.responses)
	if len(told) == 0 && !w.disturbed {
		return errors.New("nothing went wrong, and nobody was told")
	}
	open := strings.Contains(page.Body, "<form")
	for _, text := range told {
		var err error
		switch {
		case strings.Contains(text, "This request is answered"):
			err = w.judgeClosing(text, result)
		case strings.Contains(text, "not open any more"):
			if open {
				err = errors.New("the request is open all the same")
			}
		case strings.Contains(text, "Your approval is kept"):
			if w.needed == 1 || c.decision != "approve" {
				err = errors.New("this is no vote")
			}
		case strings.Contains(text, "You have approved already"):
			if !w.said(c.request, c.who, "approve") {
				err = errors.New("he has not approved")
			}
		case strings.Contains(text, "may not have arrived"):
			if !w.disturbed {
				err = errors.New("nothing went wrong")
			}
		default:
			err = errors.New("this is no word on a press")
		}
		if err != nil {
			return fmt.Errorf("Slack was told %s: %w", text, err)
		}
	}
	return nil
}

// judgeClosing holds a message that says who decided what against it.
func (w *people) judgeClosing(text string, result *click) error {
	switch {
	case result == nil && !w.disturbed:
		return errors.New("nothing went wrong, and nobody answered")
	case result == nil: // an answer that was lost before the task was closed otherwise
		return nil
	case !strings.Contains(strings.ToLower(text), `decision:\n`+result.decision), !strings.Contains(text, result.who):
		return errors.New("the workflow has another answer")
	case result.who == holder && strings.Contains(text, "Decided by"):
		return errors.New("nobody knows who decided")
	}
	return nil
}
