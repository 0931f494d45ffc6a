package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// How long after a request came its answer leaves. Slack shows an error to who pressed a button after three seconds, and
// sends nothing again.
const (
	pressedPatience = 2500 * time.Millisecond
	// pressedMargin is left to write down that somebody was not told.
	pressedMargin = 100 * time.Millisecond
)

// The names of an approver whom Slack knows; see [approval.Actor].
const (
	MethodSlack  = "slack"
	ChannelSlack = "slack"
	aliasSlack   = "slack:" // before the id of a user, as a request may name him
)

// Interactions are the buttons of approval requests in messages of Slack.
type Interactions struct {
	Sources map[string]bool // of webhooks: those that Slack signs
	// Prefix is what the action_id of a button that decides begins with; the decision follows. Open is the action_id of
	// the button that only opens the page.
	Prefix, Open string
	Responder    Responder
}

// Responder tells in Slack what became of a press, in the message or to the person alone. It has until the end of ctx,
// which may be over. If it cannot tell, nobody else can.
type Responder interface {
	Respond(ctx context.Context, responseURL string, v approval.View, by approval.Actor)
}

// interaction is what Slack sends of a pressed button; see docs.slack.dev/reference/interaction-payloads/block_actions-payload.
type interaction struct {
	Type string `json:"type"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Actions []struct {
		ID    string `json:"action_id"`
		Value string `json:"value"`
	} `json:"actions"`
	ResponseURL string `json:"response_url"`
}

// interact answers what Slack sends of our buttons, and reports whether it was that. Nothing of it goes on to the mappings
// and from there to a queue, not even if it makes no sense: the value of a button is the link. For what is not a press of
// ours and has our buttons in it all the same, see withoutLinks.
func (a *API) interact(ctx context.Context, w http.ResponseWriter, r *http.Request, source string, b body) bool {
	if a.Approvals == nil || a.Interactions == nil || !a.Interactions.Sources[source] || b.mediaType != mediaTypeForm {
		return false
	}
	form, err := url.ParseQuery(b.text)
	if err != nil || len(form) != 1 || len(form["payload"]) != 1 {
		return false
	}
	// A pointer tells null from an object.
	var i *interaction
	if json.Unmarshal([]byte(form.Get("payload")), &i) != nil || i == nil {
		a.senseless(ctx, w, r, source)
		return true
	}
	if i.Type != "block_actions" || !a.Interactions.ours(i) {
		return false
	}
	switch {
	case len(i.Actions) != 1, !isSlackUser(i.User.ID):
		a.senseless(ctx, w, r, source)
	case i.Actions[0].ID == a.Interactions.Open:
		headers(w, "text/plain; charset=utf-8")
	default:
		a.pressed(ctx, i)
		headers(w, "text/plain; charset=utf-8") // a text would be shown to all in the channel
	}
	return true
}

// ours reports whether one of the actions is ours.
func (b *Interactions) ours(i *interaction) bool {
	for _, action := range i.Actions {
		if b.named(action.ID) {
			return true
		}
	}
	return false
}

func (b *Interactions) named(actionID string) bool {
	return actionID == b.Open || strings.HasPrefix(actionID, b.Prefix)
}

// senseless refuses what Slack does not send.
func (a *API) senseless(ctx context.Context, w http.ResponseWriter, r *http.Request, source string) {
	a.Refusals.Refused(ctx, source, string(callback.CodeInvalidPayload))
	a.refuse(w, r, http.StatusBadRequest, callback.CodeInvalidPayload, "The payload is not that of an interaction.")
}

func isSlackUser(id string) bool {
	ok, err := regexp.MatchString(`^[UW][A-Z0-9]{2,20}$`, id)
	return ok && err == nil
}

// pressed takes a decision. It returns when the answer must leave, even if the decision is still on its way then: what it
// does is written down before it is done, so the next press goes on wherever this one ends.
//
// The link alone says what is decided on, wherever the button was, and Slack's signature who decides. A user is known by
// his id: his name is what he calls himself.
func (a *API) pressed(ctx context.Context, i *interaction) {
	by := approval.Actor{
		ID: i.User.ID, Aliases: []string{aliasSlack + i.User.ID}, Method: MethodSlack, Verified: true, Channel: ChannelSlack,
	}
	form := url.Values{approval.FormDecision: {strings.TrimPrefix(i.Actions[0].ID, a.Interactions.Prefix)}}
	working, cancel := context.WithTimeout(ctx, untilAnswer(ctx)-pressedMargin)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		v := a.Approvals.Decide(working, i.Actions[0].Value, by, form)
		if a.Answers != nil {
			a.Answers.Answered(working, v, by)
		}
		a.Interactions.Responder.Respond(working, i.ResponseURL, v, by)
	}()
	late := time.NewTimer(untilAnswer(ctx))
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
}

// untilAnswer returns how long it is until the answer must leave. A webhook's context ends when its patience does.
func untilAnswer(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return pressedPatience
	}
	return time.Until(end) - (patience - pressedPatience)
}
