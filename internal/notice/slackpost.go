package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/awscall"
)

const (
	// slackPause is between two attempts, unless Slack asks for a longer one. It takes a message a second.
	slackPause    = time.Second
	maxSlackPause = 5 * time.Second
	maxAnswer     = 4096 // bytes that are read of an answer
)

// poster posts to Slack. Redirects are not followed: they would carry the message, with its link, elsewhere.
type poster struct{ client *http.Client }

func newPoster(client *http.Client) poster {
	return poster{&http.Client{
		Transport: client.Transport, Timeout: client.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// post sends a message in up to three attempts. Its error quotes neither address nor message nor answer.
func (p poster) post(ctx context.Context, to *url.URL, body []byte) error {
	for attempt := 1; ; attempt++ {
		result := p.attempt(ctx, to, body)
		if result.err == nil || !result.again || attempt == maxAttempts || result.pause > maxSlackPause {
			return result.err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(result.pause, slackPause)):
		}
	}
}

// attempted is how an attempt ended.
type attempted struct {
	err   error
	again bool          // another one may succeed
	pause time.Duration // that Slack asks for
}

func (p poster) attempt(ctx context.Context, to *url.URL, body []byte) attempted {
	limited, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return attempted{err: errors.New("the request cannot be made")}
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer, err := p.client.Do(r)
	if err != nil {
		return unanswered(ctx, limited, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return unanswered(ctx, limited, err)
	}
	switch err := slackError(answer.StatusCode, text); {
	case err == nil:
		return attempted{}
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		// Of what is no number nothing is left, of what is too large the largest.
		seconds, _ := strconv.ParseUint(answer.Header.Get("Retry-After"), 10, 16)
		return attempted{err: err, again: true, pause: time.Duration(seconds) * time.Second}
	default:
		return attempted{err: err}
	}
}

// unanswered tells an attempt that took too long from a caller that gave up. Other errors lose the address that net/http
// puts into them.
func unanswered(ctx, limited context.Context, err error) attempted {
	switch {
	case ctx.Err() != nil:
		return attempted{err: ctx.Err()}
	case limited.Err() != nil:
		return attempted{err: fmt.Errorf("no answer within %v", attemptTimeout), again: true}
	}
	if err = awscall.Describe(err); errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = errors.New("no answer in time") // the client's own timeout
	}
	return attempted{err: err, again: true}
}

// slackError reads an answer: "ok" or {"ok": true}, otherwise one of Slack's codes, of which those below are quoted.
func slackError(status int, answer []byte) error {
	code := strings.TrimSpace(string(answer))
	var object struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(answer, &object) == nil {
		code = object.Error
	}
	known := slices.Contains([]string{
		"action_prohibited", "channel_is_archived", "channel_not_found", "expired_url", "invalid_blocks", "invalid_blocks_format",
		"invalid_payload", "invalid_token", "message_not_found", "msg_blocks_too_long", "no_active_hooks", "no_service", "no_service_id",
		"no_team", "no_text", "posting_to_general_channel_denied", "ratelimited", "rollup_error", "team_disabled", "token_revoked",
		"too_many_attachments", "used_url", "user_not_found",
	}, code)
	switch {
	case status == http.StatusOK && (code == "ok" || object.OK):
		return nil
	case known:
		return fmt.Errorf("HTTP status %d, %s", status, code)
	case status == http.StatusOK:
		return errUnconfirmed
	default:
		return fmt.Errorf("HTTP status %d", status)
	}
}
