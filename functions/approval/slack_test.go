package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/fault"
)

const toSlack = `, "delivery": {"slack": true}`

// TestTheWebhookCannotBeLookedUp: the last good address is used, however old it is.
func TestTheWebhookCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		deny := func() { // whoever looks it up now hears no
			f.Faults.Clear()
			f.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.AccessDenied, Rate: 1})
		}
		deny()
		_, err := f.ask(event("t0", toSlack))
		if failed(err) != "ApprovalNotDelivered" || !strings.Contains(err.Error(), "AccessDeniedException") {
			t.Fatalf("%v", err)
		}
		f.Faults.Clear()
		f.asked(event("t1", toSlack))

		deny()
		time.Sleep(5*time.Minute - time.Second)
		f.asked(event("t2", toSlack)) // in memory
		time.Sleep(2 * time.Second)
		f.asked(event("t3", toSlack)) // old, and better than none

		f.Faults.Clear()
		f.exchange("https://example.com/no-slack")
		f.asked(event("t4", toSlack)) // what is there now is no webhook
		f.restart()
		_, err = f.ask(event("t5", toSlack))
		if failed(err) != "ApprovalNotDelivered" || strings.Contains(err.Error(), "no-slack") {
			t.Errorf("%v", err)
		}
		if got := len(f.network.sent("slack")); got != 4 {
			t.Errorf("%d messages", got)
		}
	})
}

// exchange gives the secret another value.
func (f *function) exchange(address string) {
	f.T.Helper()
	if _, err := f.Stack.Secrets.PutSecret("slack", address); err != nil {
		f.T.Fatal(err)
	}
}

// TestAnExchangedWebhook is used after five minutes, or as soon as the old one is refused.
func TestAnExchangedWebhook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.asked(event("t1", toSlack))
		f.exchange("https://hooks.slack.com/services/T0/B1/X")
		time.Sleep(5*time.Minute - time.Second)
		f.asked(event("t2", toSlack))
		time.Sleep(time.Second)
		f.asked(event("t3", toSlack))
		f.exchange("https://hooks.slack.com/services/T0/B2/X")
		f.network.refuse = []string{"slack"}
		if _, err := f.ask(event("t4", toSlack)); failed(err) != "ApprovalNotDelivered" {
			t.Fatal(err)
		}
		f.asked(event("t4", toSlack))
		first := strings.TrimPrefix(canaryWebhook, "https://hooks.slack.com")
		want := []string{first, first, "/services/T0/B1/X", "/services/T0/B2/X"}
		if diff := cmp.Diff(want, f.network.hooks()); diff != "" {
			t.Errorf("webhooks (-want +got):\n%s", diff)
		}
	})
}

// TestButtons are on messages where they are set up, and under requests that they can answer.
func TestButtons(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, more string
		setUp      bool
		want       int
	}{
		{"set up", "", true, 2},
		{"not set up", "", false, 0},
		{"three decisions", `, "decisions": [{"value": "approve"}, {"value": "later", "label": "Later"}, {"value": "reject", "rejects": true}]`, true, 3},
		{"a comment", `, "comment": "required"`, true, 0},
		{"a comment with one of the two", `, "comment": "required-on-reject"`, true, 0},
		{"a phrase", `, "confirmPhrase": "production"`, true, 0},
		{"no comment", `, "comment": "none"`, true, 2},
		{"more text than fits", `, "description": "` + strings.Repeat("x", 3001) + `"`, true, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			f.settings.SlackButtons = tt.setUp
			f.restart()
			f.asked(event(canaryToken, tt.more+toSlack))
			links, message := f.links(), f.network.sent("slack")[0]
			decide, open := strings.Count(message, `"action_id":"callback-completer:`), strings.Count(message, `"action_id":"callback-completer.open"`)
			if decide != tt.want || open != 1 {
				t.Errorf("%s: %d buttons decide, want %d, and %d open the page", tt.name, decide, tt.want, open)
			}
			if values := strings.Count(message, `"value":"`+links[0][len(links[0])-32:]+`"`); values != tt.want {
				t.Errorf("%s: %d buttons hold the link", tt.name, values)
			}
		})
	}
}
