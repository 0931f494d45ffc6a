package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/local/fault"
)

// TestWhatIsNotDeliveredFails loudly, and whoever asks again delivers it.
func TestWhatIsNotDeliveredFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, delivery string
		refuse         []string
		want           string
		first, then    int // messages
	}{
		{"the only channel", `{"slack": true}`, []string{"slack"}, "the link could not be delivered: post to the Slack webhook: HTTP status 403", 0, 1},
		{
			"one of two", `{"sns": true, "email": ["` + canaryMail + `"]}`,
			[]string{"ses"},
			"the link could not be delivered: channel 2 of 2: send the mail by SES: HTTP status 403 without an error code", 1, 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFunction(t)
				f.network.refuse = tt.refuse
				asked := event(canaryToken, `, "delivery": `+tt.delivery)
				_, err := f.ask(asked)
				if failed(err) != "ApprovalNotDelivered" || err.Error() != tt.want || len(f.links()) != tt.first {
					t.Fatalf("%v, messages %d", err, len(f.links()))
				}
				if out := f.Out.String(); !strings.Contains(out, `"ApprovalsUndelivered":1`) {
					t.Errorf("output %s", out)
				}
				f.asked(asked)
				links := f.links()
				for _, link := range links {
					if link != links[0] {
						t.Errorf("links %q", links)
					}
				}
				if len(links) != tt.then {
					t.Errorf("%d messages, want %d", len(links), tt.then)
				}
			})
		})
	}
}

// TestTheTableFails before anybody was asked.
func TestTheTableFails(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]fault.Rule{
		"throttled":            {Operation: "PutItem", Kind: fault.Throttle, Next: 3},
		"unavailable":          {Operation: "PutItem", Kind: fault.HTMLError, Next: 3},
		"denied":               {Operation: "PutItem", Kind: fault.AccessDenied, Next: 1},
		"answers lost":         {Operation: "PutItem", Kind: fault.Reset, Next: 3, Applied: true},
		"unreadable afterward": {Operation: "GetItem", Kind: fault.ServerError, Next: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFunction(t)
				if rule.Operation == "GetItem" { // the request is there already, and undelivered
					f.network.refuse = []string{"sns"}
					if _, err := f.ask(event(canaryToken, toTopic)); failed(err) != "ApprovalNotDelivered" {
						t.Fatal(err)
					}
				}
				f.Faults.Add(rule)
				_, err := f.ask(event(canaryToken, toTopic))
				if failed(err) != "ApprovalNotStored" || len(f.links()) != 0 {
					t.Fatalf("%v, messages %q", err, f.links())
				}
				f.asked(event(canaryToken, toTopic))
				if got := len(f.links()); got != 1 {
					t.Errorf("%d messages", got)
				}
			})
		})
	}
}

// TestADeliveryThatIsNotNoted does not fail the state, for people can answer. The next call delivers again.
func TestADeliveryThatIsNotNoted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.Faults.Add(fault.Rule{Operation: "GetItem", Kind: fault.Throttle, Next: 3})
		f.asked(event(canaryToken, toTopic))
		if out := f.Out.String(); !strings.Contains(out, "which could not be noted") || !strings.Contains(out, `"ApprovalsDelivered":1`) {
			t.Errorf("output %s", out)
		}
		f.asked(event(canaryToken, toTopic))
		f.asked(event(canaryToken, toTopic))
		if links := f.links(); len(links) != 2 || links[0] != links[1] {
			t.Errorf("links %q", links)
		}
	})
}

// TestARequestThatVanished: a link that leads nowhere is worth a failure.
func TestARequestThatVanished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.network.gone = true
		if _, err := f.ask(event(canaryToken, toTopic)); failed(err) != "ApprovalNotStored" {
			t.Errorf("%v", err)
		}
	})
}

// TestOutOfTime: who has no time left hears so, and not that all is well.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.Faults.Add(fault.Rule{Operation: "PutItem", Kind: fault.Slow, Next: 1, Delay: 10 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := f.handler.handle(ctx, json.RawMessage(event(canaryToken, toTopic)))
		if failed(err) != "ApprovalNotStored" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		time.Sleep(10 * time.Second)
	})
}

// mortal is the network of a function that dies in one of its calls: so many pass before it.
type mortal struct {
	aws.HTTPClient

	calls   int
	applied bool // whether the call in which it dies is carried out
	die     context.CancelFunc
}

func (m *mortal) Do(r *http.Request) (*http.Response, error) {
	m.calls--
	if m.calls >= 0 {
		return m.HTTPClient.Do(r)
	}
	if m.calls == -1 && m.applied {
		if answer, err := m.HTTPClient.Do(r); err == nil {
			_ = answer.Body.Close()
		}
	}
	m.die()
	return nil, context.Canceled
}

// TestTheFunctionDies in each of its calls; then it is called again. The calls are: create the pointer, create the
// record, send the message, read the record, note the delivery.
func TestTheFunctionDies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		calls   int // before the one in which it dies
		applied bool
		want    int // messages in all
	}{
		{0, false, 1}, {0, true, 1}, {1, false, 1}, {1, true, 1}, {2, false, 1}, {2, true, 2}, {3, false, 2}, {3, true, 2}, {4, false, 2}, {4, true, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			h, err := f.start(&mortal{HTTPClient: f.Client(), calls: tt.calls, applied: tt.applied, die: cancel})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = h.handle(ctx, json.RawMessage(event(canaryToken, toTopic))) // nobody hears what it answers
			if ctx.Err() == nil {
				t.Fatalf("it makes no more than %d calls", tt.calls)
			}
			for range 2 {
				f.asked(event(canaryToken, toTopic))
				f.restart()
			}
			links := f.links()
			if len(links) != tt.want || links[0] != links[len(links)-1] {
				t.Errorf("died after %d calls, applied %v: links %q, want %d", tt.calls, tt.applied, links, tt.want)
			}
		})
	}
}
