package main

import (
	"context"
	"log/slog"
	"net/http"

	"callback-completer/internal/api"
	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
	"callback-completer/internal/webhook"
)

// responder answers people who pressed a button in Slack.
type responder struct {
	slack *notice.SlackResponder
	log   *slog.Logger
}

var _ api.Responder = responder{}

// interactions returns the buttons of Slack's messages, pressed at the sources that Slack signs; nil if there are none.
// Slack is reached through client.
func interactions(sources []webhook.Source, client *http.Client, log *slog.Logger) *api.Interactions {
	signed := map[string]bool{}
	for _, source := range sources {
		if source.Scheme.Name() == webhook.Slack {
			signed[source.Name] = true
		}
	}
	if len(signed) == 0 {
		return nil
	}
	return &api.Interactions{
		Sources: signed, Prefix: notice.SlackActionPrefix, Open: notice.SlackActionOpen,
		Responder: responder{notice.NewSlackResponder(client), log},
	}
}

// Respond updates the message if the request is not open any more, and tells the person alone what is in his way.
func (r responder) Respond(ctx context.Context, responseURL string, v approval.View, by approval.Actor) {
	err := ctx.Err()
	if err == nil && v.Request != nil && v.Standing.Stage != approval.StageOpen {
		err = r.slack.Update(ctx, responseURL, closing(v))
	}
	if err == nil {
		err = r.whisper(ctx, responseURL, v, whispered(v, by))
	}
	if err != nil {
		r.log.WarnContext(ctx, "who pressed a button in Slack was not told what became of it",
			"approvalId", v.ID, "outcome", v.Outcome, "error", err)
	}
}

// whisper speaks the language of the request, if the view has it.
func (r responder) whisper(ctx context.Context, responseURL string, v approval.View, w notice.Whisper) error {
	if w == notice.Silence {
		return nil
	}
	locale := ""
	if v.Request != nil {
		locale = string(v.Request.Locale)
	}
	text, err := w.Text(locale)
	if err != nil {
		return err
	}
	return r.slack.Whisper(ctx, responseURL, text)
}

// closing returns what the message says instead of its buttons.
func closing(v approval.View) notice.Closing {
	c := notice.Closing{Title: v.Request.Title, Locale: string(v.Request.Locale)}
	if a := v.Standing.Answer; a != nil {
		c.Decision, c.By, c.At = a.Option.Label, a.By.ID, a.At
		if c.Decision == "" {
			c.Decision = a.Option.Value
		}
	}
	return c
}
