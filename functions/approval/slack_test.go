package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/fault"
)

const toSlack = `, "delivery": {"slack": true}`

// TestTheWebhookIsLookedUpSeldom: after five minutes, or once a delivery has failed.
func TestTheWebhookIsLookedUpSeldom(t *testing.T) {
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
		if _, err := f.Stack.Secrets.PutSecret("slack", "https://example.com/no-slack"); err != nil {
			t.Fatal(err)
		}
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

// TestAnExchangedWebhook is looked up again as soon as the old one is refused.
func TestAnExchangedWebhook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.asked(event("t1", toSlack))
		if _, err := f.Stack.Secrets.PutSecret("slack", strings.Replace(canaryWebhook, "B0CANARY", "B1CANARY", 1)); err != nil {
			t.Fatal(err)
		}
		f.network.refuse = []string{"slack"}
		if _, err := f.ask(event("t2", toSlack)); failed(err) != "ApprovalNotDelivered" {
			t.Fatal(err)
		}
		f.asked(event("t2", toSlack))
		if got := f.network.hooks(); !strings.Contains(got[0], "B0CANARY") || !strings.Contains(got[len(got)-1], "B1CANARY") {
			t.Errorf("webhooks %q", got)
		}
	})
}
