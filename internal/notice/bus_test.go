package notice_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/notice"
)

func entry(t *testing.T, r request) map[string]any {
	t.Helper()
	entries := decode(t, r.body)["Entries"].([]any)
	if len(entries) != 1 {
		t.Fatalf("%d entries", len(entries))
	}
	return entries[0].(map[string]any)
}

func TestBus(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := sample()
	n.Title, n.Locale = "Deploy <shop> & “more”", "de"
	e := entry(t, s.deliver(t, s.bus(t), n))
	detail := decode(t, e["Detail"].(string))
	golden(t, "event.json", indent(t, detail))
	delete(e, "Detail")
	const asItIs = "a\u202e\u2028\x00\r\n<!channel>"
	n.Title = asItIs
	if got := decode(t, entry(t, s.deliver(t, s.bus(t), n))["Detail"].(string))["title"]; got != asItIs {
		t.Errorf("title %q, want %q", got, asItIs)
	}
	want := map[string]any{"Source": "callback-completer", "DetailType": "Approval Requested", "EventBusName": "default"}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

// TestBusWithoutMuch: lists are lists, even without anything in them.
func TestBusWithoutMuch(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := bareNotice()
	n.ExpiresAt = sample().ExpiresAt
	detail := decode(t, entry(t, s.deliver(t, s.bus(t), n))["Detail"].(string))
	want := map[string]any{
		"requestId": "", "link": canaryAddress, "title": "Go on?", "description": "", "fields": []any{}, "decisions": []any{},
		"requester": "", "approvers": []any{}, "expiresAt": "2026-11-23T15:04:05Z", "locale": "",
	}
	if diff := cmp.Diff(want, detail); diff != "" {
		t.Errorf("detail (-want +got):\n%s", diff)
	}
}

// TestTheStandInTakesIt: a rule that matches what is documented gets the event.
func TestTheStandInTakesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stack := local.New(local.Options{Region: "eu-west-1"})
		defer stack.EventBridge.Close()
		queue, err := stack.SQS.CreateQueue("notices", nil)
		if err != nil {
			t.Fatal(err)
		}
		const pattern = `{"source": ["callback-completer"], "detail-type": ["Approval Requested"], "detail": {"decisions": {"value": ["reject"]}}}`
		if _, err := stack.EventBridge.PutRule(eventbridge.Rule{Name: "notices", EventPattern: pattern}); err != nil {
			t.Fatal(err)
		}
		if err := stack.EventBridge.PutTargets("notices", []eventbridge.Target{{ID: "queue", ARN: queue.ARN()}}); err != nil {
			t.Fatal(err)
		}
		cfg := (&server{}).config()
		cfg.HTTPClient = local.Direct{Handler: stack.API}
		bus, err := notice.NewBus(cfg, "default")
		if err != nil {
			t.Fatal(err)
		}
		if err := bus.Deliver(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		held := queue.Peek()
		if len(held) != 1 || !strings.Contains(held[0].Body, canaryAddress) {
			t.Errorf("%d messages arrived", len(held))
		}
	})
}

func TestTooLargeForTheBus(t *testing.T) {
	t.Parallel()
	s := &server{}
	n := sample()
	n.Description = strings.Repeat("x", 256*1024)
	err := s.bus(t).Deliver(t.Context(), n)
	if want := "put the event on the bus default: the notice is larger than 262144 bytes"; err == nil || err.Error() != want || len(s.sent()) != 0 {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestNewBusRefuses(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"": false, "a b": false, strings.Repeat("x", 513): false,
		"default": true, "aws.partner/example.com/1": true, "arn:aws:events:eu-west-1:123456789012:event-bus/approvals": true,
	} {
		if _, err := notice.NewBus((&server{}).config(), name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
