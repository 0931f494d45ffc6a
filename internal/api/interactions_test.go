package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/api"
	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// channel is a Responder that keeps what it is told, and takes its time.
type channel struct {
	takes time.Duration
	told  []string
}

func (c *channel) Respond(ctx context.Context, responseURL string, v approval.View, by approval.Actor) {
	c.told = append(c.told, fmt.Sprintf("%s at %s to %s, over %t", v.Outcome, responseURL, by.ID, ctx.Err() != nil))
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
	}
}

// slowPeople take their time to decide, whatever their context says.
type slowPeople struct {
	people

	takes time.Duration
	by    approval.Actor
}

func (p *slowPeople) Decide(ctx context.Context, link string, by approval.Actor, form url.Values) approval.View {
	time.Sleep(p.takes)
	p.by = by
	return p.people.Decide(ctx, link, by, form)
}

func press(payload string) *http.Request {
	return raw("payload=" + url.QueryEscape(payload))
}

func raw(form string) *http.Request {
	r := request("POST", "/webhooks/acme", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

const pressedApprove = `{"type":"block_actions","user":{"id":"U1A","name":"bob"},"response_url":"https://r",` +
	`"actions":[{"action_id":"our:approve","value":"LINK"}]}`

func TestInteractions(t *testing.T) {
	t.Parallel()
	action := func(actions string) string {
		return `{"type":"block_actions","user":{"id":"U1A"},"actions":[` + actions + `]}`
	}
	const ours, others = `{"action_id":"our:approve","value":"LINK"}`, `{"action_id":"x","value":"y"}`
	tests := []struct {
		name    string
		request *http.Request
		status  int
		did     []string
		mapped  int
		refused []string
	}{
		{"a decision", press(pressedApprove), 200, []string{"decide LINK by U1A with decision=approve"}, 0, nil},
		{"the page was opened", press(action(`{"action_id":"our.open"}`)), 200, nil, 0, nil},
		{"no decision", press(strings.Replace(pressedApprove, "our:approve", "our:", 1)), 200, []string{"decide LINK by U1A with decision="}, 0, nil},
		{"another button", press(action(others)), 200, nil, 1, nil},
		{"no action", press(action("")), 200, nil, 1, nil},
		{"another kind", press(strings.Replace(pressedApprove, "block_actions", "view_submission", 1)), 200, nil, 1, nil},
		{"another field", raw("command=%2Fdeploy"), 200, nil, 1, nil},
		{"a field beside", raw("payload=" + url.QueryEscape(pressedApprove) + "&a=b"), 200, nil, 1, nil},
		{"twice", raw("payload=%7B%7D&payload=%7B%7D"), 200, nil, 1, nil},
		{"no form", request("POST", "/webhooks/acme", pressedApprove), 200, nil, 1, nil},
		{"not JSON", press("CANARY"), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"no object", press("null"), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"a user that is a number", press(strings.Replace(pressedApprove, `"U1A"`, "1", 1)), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"two actions", press(action(ours + "," + ours)), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"one of two", press(action(others + "," + ours)), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"nobody", press(strings.Replace(pressedApprove, "U1A", "", 1)), 400, nil, 0, []string{"acme InvalidPayload"}},
		{"a name for an id", press(strings.Replace(pressedApprove, "U1A", "bob@example.com", 1)), 400, nil, 0, []string{"acme InvalidPayload"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, s, p, c := ignoring(), &sender{}, &slowPeople{people: people{view: approval.View{Outcome: approval.OutcomeAnswered}}}, &channel{}
			w := httptest.NewRecorder()
			interactive(f, s, p, c).ServeHTTP(w, tt.request)
			if w.Code != tt.status || len(f.got) != tt.mapped || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("answer %d %v, %d deliveries", w.Code, w.Header(), len(f.got))
			}
			if tt.status == 200 && tt.mapped == 0 && w.Body.Len() > 0 {
				t.Errorf("the channel is told %q", w.Body)
			}
			if diff := cmp.Diff(tt.did, p.did); diff != "" {
				t.Errorf("was asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.refused, s.refused); diff != "" {
				t.Errorf("recorded (-want +got):\n%s", diff)
			}
			if len(c.told) != len(tt.did) || len(p.told) != len(tt.did) {
				t.Errorf("told %q, counted %v", c.told, p.told)
			}
		})
	}
}

func ignoring() *runner {
	return &runner{report: callback.Report{Decision: callback.Decision{Verdict: callback.Ignored}}}
}

func interactive(f *runner, s *sender, p api.Approvals, c *channel) *api.API {
	h := &api.API{
		Webhooks: f, Senders: map[string]api.Sender{"acme": s}, Refusals: s, Approvals: p,
		Interactions: &api.Interactions{Sources: map[string]bool{"acme": true}, Prefix: "our:", Open: "our.open", Responder: c},
		RequestID:    func(context.Context) string { return "r-1" }, Now: func() time.Time { return time.UnixMilli(1) },
	}
	h.Answers, _ = p.(api.Answers)
	return h
}

// TestASlackUserIsKnownByHisID and not by what he calls himself.
func TestASlackUserIsKnownByHisID(t *testing.T) {
	t.Parallel()
	p, c := &slowPeople{people: people{view: approval.View{Outcome: approval.OutcomeVoted}}}, &channel{}
	interactive(&runner{}, &sender{}, p, c).ServeHTTP(httptest.NewRecorder(), press(pressedApprove))
	want := approval.Actor{ID: "U1A", Aliases: []string{"slack:U1A"}, Method: "slack", Verified: true, Channel: "slack"}
	if diff := cmp.Diff(want, p.by); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"voted at https://r to U1A, over false"}, c.told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// TestInteractionsThatAreNotOurs go the usual way: of a source that Slack does not sign, and where nobody is asked.
func TestInteractionsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*api.API){
		"another source":  func(h *api.API) { h.Interactions.Sources = nil },
		"no approvals":    func(h *api.API) { h.Approvals = nil },
		"no interactions": func(h *api.API) { h.Interactions = nil },
	} {
		f, p := ignoring(), &slowPeople{}
		h := interactive(f, &sender{}, p, &channel{})
		change(h)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, press(pressedApprove))
		if w.Code != 200 || len(f.got) != 1 || len(p.did) > 0 {
			t.Errorf("%s: %d, %d deliveries, asked %q", name, w.Code, len(f.got), p.did)
		}
	}
}

// TestSlackHearsInTime, however long the decision takes and whoever must be told of it.
func TestSlackHearsInTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		decide, tell time.Duration
		left         time.Duration // within all this time of the caller
		answered     time.Duration
		over         bool
	}{
		{"quick", time.Second, time.Second, time.Minute, 2 * time.Second, false},
		{"Slack is slow", time.Second, time.Minute, time.Minute, 2400 * time.Millisecond, false},
		{"the decision is slow", 4 * time.Second, 0, time.Minute, 2500 * time.Millisecond, true},
		{"little time is left", time.Minute, 0, time.Second, 800 * time.Millisecond, true},
		{"no time is left", time.Minute, 0, time.Millisecond, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, c := &slowPeople{takes: tt.decide}, &channel{takes: tt.tell}
				ctx, cancel := context.WithTimeout(t.Context(), tt.left)
				defer cancel()
				start, w := time.Now(), httptest.NewRecorder()
				interactive(&runner{}, &sender{}, p, c).ServeHTTP(w, press(pressedApprove).WithContext(ctx))
				if took := time.Since(start); w.Code != 200 || took != tt.answered {
					t.Errorf("%d after %v, want %v", w.Code, took, tt.answered)
				}
				time.Sleep(tt.decide)
				synctest.Wait()
				if diff := cmp.Diff([]string{fmt.Sprintf(" at https://r to U1A, over %t", tt.over)}, c.told); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestOurButtonsDoNotGoOn: what is no press of ours goes to the mappings without the message that has our buttons, and
// everything else as it came.
func TestOurButtonsDoNotGoOn(t *testing.T) {
	t.Parallel()
	const (
		button  = `{"type":"button","action_id":"our:approve","value":"CANARY-LINK"}`
		message = `{"text":"a","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"x","value":"y"},` + button + `]}]}`
		opening = `{"blocks":[{"elements":[{"action_id":"our.open","url":"https://a/approvals/CANARY-LINK"}]}]}`
		plain   = `{"type":"block_actions","message":{"blocks":[{"elements":[{"action_id":"x","value":"y"}]}]}, "actions":[{"action_id":"x"}]}`
	)
	formOf := func(payload string) string { return "payload=" + url.QueryEscape(payload) }
	jsonOf := func(text string) *http.Request { return request("POST", "/webhooks/acme", text) }
	for name, tt := range map[string]struct {
		request *http.Request
		want    string
	}{
		"another button of the message": {
			press(`{"type":"block_actions","user":{"id":"U1A"},"message":` + message + `,"actions":[{"action_id":"x","value":"y"}]}`),
			formOf(`{"actions":[{"action_id":"x","value":"y"}],"type":"block_actions","user":{"id":"U1A"}}`),
		},
		"a shortcut on the message":      {press(`{"type":"message_action","message":` + message + `}`), formOf(`{"type":"message_action"}`)},
		"a message that only opens":      {press(`{"type":"message_action","message":` + opening + `}`), formOf(`{"type":"message_action"}`)},
		"a message within a message":     {press(`{"type":"message_action","message":{"files":[],"attachments":[` + message + `]},"a":1.50}`), formOf(`{"a":1.50,"type":"message_action"}`)},
		"an action of another kind":      {press(`{"type":"view_submission","actions":[` + button + `]}`), formOf(`{"type":"view_submission"}`)},
		"a field beside":                 {raw("a=b&" + formOf(`{"message":`+message+`}`)), "a=b&" + formOf(`{}`)},
		"twice":                          {raw(formOf(`{"message":`+message+`}`) + "&" + formOf(`{"a":1}`)), formOf(`{}`) + "&" + formOf(`{"a":1}`)},
		"an event of the channel":        {jsonOf(`{"type":"event_callback","event":` + message + `}`), `{"type":"event_callback"}`},
		"another message":                {press(plain), formOf(plain)},
		"an event of another message":    {jsonOf(` {"event": {"text": "our:approve"}} `), ` {"event": {"text": "our:approve"}} `},
		"a name that only contains ours": {jsonOf(`{"event":{"action_id":"x our:approve"}}`), `{"event":{"action_id":"x our:approve"}}`},
		"written with escapes":           {jsonOf(`{"event":{"\u0061ction_id":"\u006fur:approve","value":"CANARY-LINK"}}`), `{}`},
		"no JSON":                        {jsonOf(`[1`), `[1`},
	} {
		f, p := ignoring(), &slowPeople{}
		interactive(f, &sender{}, p, &channel{}).ServeHTTP(httptest.NewRecorder(), tt.request)
		if len(f.got) != 1 || len(p.did) > 0 {
			t.Fatalf("%s: %d deliveries, asked %q", name, len(f.got), p.did)
		}
		if diff := cmp.Diff(tt.want, f.got[0].Payload); diff != "" {
			t.Errorf("%s goes on as (-want +got):\n%s", name, diff)
		}
	}
	f := ignoring()
	h := interactive(f, &sender{}, &slowPeople{}, &channel{})
	h.Interactions.Sources = nil
	text := formOf(`{"type":"message_action","message":` + message + `}`)
	if h.ServeHTTP(httptest.NewRecorder(), raw(text)); f.got[0].Payload != text {
		t.Errorf("of another source %q goes on", f.got[0].Payload)
	}
}
