package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/message"
	"callback-completer/internal/webhook"
)

// patience is how long a webhook is worked on. Slack gives up after three seconds, the others later; what is not done
// by then goes to the callback queue.
const patience = 2700 * time.Millisecond

// roomForAttributes is left beside a webhook's body for what its dead letter cannot do without, in bytes.
const roomForAttributes = 1 << 10

// reasonUnknownSource is why a webhook of an unknown source is refused. Its sender is not told.
const reasonUnknownSource = "UnknownSource"

// webhooks answers POST /webhooks/{source}. Nothing of the request is parsed before its signature is good.
func (a *API) webhooks(w http.ResponseWriter, r *http.Request, source string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	sender, known := a.Senders[source]
	body, reason := a.body(w, r, mediaTypeJSON, mediaTypeForm)
	if reason == "" && message.Size(body.text) > message.MaxBytes-roomForAttributes {
		reason = CodeBodyTooLarge
		a.refuse(w, r, http.StatusRequestEntityTooLarge, reason, "The body is too large to be kept on a queue.")
	}
	if reason != "" {
		if known {
			a.Refusals.Refused(ctx, source, string(reason))
		}
		return
	}
	if !known {
		a.Refusals.Refused(ctx, "", reasonUnknownSource)
		a.unauthorized(w, r)
		return
	}
	raw := []byte(body.text)
	signed, err := sender.Verify(ctx, r.Header, raw)
	var refusal webhook.Refusal
	switch {
	case errors.As(err, &refusal):
		a.Refusals.Refused(ctx, source, string(refusal))
		a.unauthorized(w, r)
		return
	case err != nil:
		a.later(w, r, CodeSecretsUnavailable, "The signature cannot be checked for the moment.")
		return
	}
	if answer, ok := sender.Greeting(r.Header, raw); ok {
		greet(w, answer)
		return
	}
	if a.interact(ctx, w, r, source, body) {
		return
	}
	body = a.withoutLinks(source, body)
	reports := a.Webhooks.Run(ctx, []callback.Delivery{a.delivery(r, source, body, signed)})
	a.acknowledge(w, r, reports[0])
}

func (a *API) delivery(r *http.Request, source string, body body, signed webhook.Delivery) callback.Delivery {
	facts := meta(r, TriggerWebhooks)
	facts["source"] = source
	d := callback.Delivery{
		Trigger: TriggerWebhooks, SourceID: signed.ID, RequestID: a.RequestID(r.Context()), Payload: body.text,
		Meta: facts, SentAt: signed.SentAt, Deferred: true,
		Attributes: map[string]callback.Attribute{callback.AttributeWebhookSource: {DataType: "String", String: source}},
	}
	if d.SourceID == "" {
		d.SourceID = d.RequestID
	}
	if d.SentAt.IsZero() {
		d.SentAt = a.Now()
	}
	if body.mediaType == mediaTypeForm {
		d.Attributes[callback.AttributeContentType] = callback.Attribute{DataType: "String", String: mediaTypeForm}
	}
	return d
}

// acknowledge tells the sender only whether to send again: what became of the callback, he can do nothing about. Never
// 410, at which senders switch an endpoint off, and never 3xx.
func (a *API) acknowledge(w http.ResponseWriter, r *http.Request, report callback.Report) {
	switch {
	case report.Queued:
		write(w, http.StatusAccepted, status{"queued"})
	case report.Verdict == callback.Retry:
		a.later(w, r, report.Code, report.Message)
	case report.Verdict.DeadLettered():
		write(w, http.StatusOK, status{"received"})
	default:
		write(w, http.StatusOK, status{word(report.Verdict)})
	}
}

// unauthorized gives every refusal the same answer.
func (a *API) unauthorized(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", "Webhook-Signature")
	a.refuse(w, r, http.StatusUnauthorized, CodeUnauthorized, "The request is not signed with a secret of this source.")
}

// greet answers a request that only wants to know that somebody is there.
func greet(w http.ResponseWriter, answer string) {
	headers(w, "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, answer) //nolint:gosec // not XSS: plain text of a sender that has proved itself, and nosniff
}
