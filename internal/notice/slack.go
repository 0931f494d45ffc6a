package notice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"callback-completer/internal/approval"
)

// Slack is a channel of Slack behind an incoming webhook. It is safe for concurrent use, and cannot be printed: the address
// of the webhook is a secret.
type Slack struct {
	poster  poster
	address *url.URL
	buttons bool
}

var _ approval.Channel = (*Slack)(nil)

// SlackOptions say how a message looks.
type SlackOptions struct {
	// Buttons adds a button for each decision to the one that opens the page. Whoever sees the message can press them, and
	// Slack tells the app of it, which must have interactivity switched on: the button's action_id is
	// [SlackActionPrefix] and the decision, its value the link's 32 characters. They are the capability: whoever reads
	// the message, or what Slack sends of a press, has the link, just as with the button that opens the page. Who
	// pressed is known from Slack's signed word alone.
	//
	// There are none where the message does not hold all of the request, where the link is not a stored one, or where an
	// answer, be it one of several, needs a comment or a phrase, which only the page has: all decisions are equally near.
	Buttons bool
}

// NewSlack returns the channel behind a webhook's address, https://hooks.slack.com/services/…, or of hooks.slack-gov.com.
// Its error does not quote the address. Of the client, the transport and the timeout are used.
func NewSlack(client *http.Client, webhook string, o SlackOptions) (*Slack, error) {
	address, err := slackAddress(webhook)
	if err != nil {
		return nil, fmt.Errorf("the address of the Slack webhook %w", err)
	}
	return &Slack{poster: newPoster(client), address: address, buttons: o.Buttons}, nil
}

// Deliver posts the notice.
func (s *Slack) Deliver(ctx context.Context, n approval.Notice) error {
	body, err := slackNotice(&n, s.buttons)
	if err == nil {
		err = s.poster.post(ctx, s.address, body)
	}
	if err != nil {
		return fmt.Errorf("post to the Slack webhook: %w", err)
	}
	return nil
}

// Format writes a fixed text, whatever the verb.
func (Slack) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[Slack webhook]") }

// slackAddress reads an address that only Slack can be behind. Its error goes on from what the address is of.
func slackAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" || len(u.Path) < 2:
		return nil, errors.New("must be a URL of https with a path")
	case u.Host != "hooks.slack.com" && u.Host != "hooks.slack-gov.com":
		return nil, errors.New("must be at hooks.slack.com or hooks.slack-gov.com")
	default:
		return u, nil
	}
}
