package notice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

func TestSlack(t *testing.T) {
	t.Parallel()
	inLocales(t, func(t *testing.T, locale string, n approval.Notice) {
		t.Helper()
		s := &server{}
		for name, buttons := range map[string]bool{"slack": false, "slack-buttons": true} {
			r := s.deliver(t, s.webhook(t, buttons), n)
			if got := "https://" + r.host + r.path; got != canaryWebhook || r.header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("posted %s to %s", r.header.Get("Content-Type"), got)
			}
			checkSlack(t, r.body)
			golden(t, locale+"/"+name+".json", indent(t, decode(t, r.body)))
		}
	})
}

func TestSlackWithoutMuch(t *testing.T) {
	t.Parallel()
	s := &server{}
	r := s.deliver(t, s.webhook(t, true), bareNotice())
	checkSlack(t, r.body)
	golden(t, "slack-bare.json", indent(t, decode(t, r.body)))
}

// TestButtonsOnlyUnderAll: nobody decides in Slack on what Slack does not show.
func TestButtonsOnlyUnderAll(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	fields := func(n, length int) (f []approval.NoticeField) {
		for range n {
			f = append(f, approval.NoticeField{Label: "label", Value: long(length)})
		}
		return f
	}
	for _, tt := range []struct {
		name    string
		change  func(n *approval.Notice)
		buttons bool
		partly  bool
	}{
		{"sample", func(*approval.Notice) {}, true, false},
		{"hidden characters, shown", func(n *approval.Notice) { n.Title = "a\u202eb" }, true, false},
		{"title that just fits", func(n *approval.Notice) { n.Title = long(150) }, true, false},
		{"long title", func(n *approval.Notice) { n.Title = long(151) }, false, true},
		{"description that just fits", func(n *approval.Notice) { n.Description = long(3000) }, true, false},
		{"long description", func(n *approval.Notice) { n.Description = long(3001) }, false, true},
		{"title of emoji that just fits", func(n *approval.Notice) { n.Title = strings.Repeat("😀", 75) }, true, false},
		{"title of too many emoji", func(n *approval.Notice) { n.Title = strings.Repeat("😀", 76) }, false, true},
		{"value that just fits", func(n *approval.Notice) { n.Fields = fields(1, 1993) }, true, false},
		{"long value", func(n *approval.Notice) { n.Fields = fields(1, 1994) }, false, true},
		{"many fields", func(n *approval.Notice) { n.Fields = fields(30, 80) }, true, false},
		{"many long fields", func(n *approval.Notice) { n.Fields = fields(30, 100) }, false, true},
		{"more fields than can be", func(n *approval.Notice) { n.Fields = fields(31, 1) }, false, true},
		{"marks without end", func(n *approval.Notice) { n.Title = "a" + strings.Repeat("\u0301", 9) }, false, true},
		{"sealed link", func(n *approval.Notice) { n.Link = "https://answer.example.com/approvals/" + strings.Repeat("A", 800) }, false, false},
		{"link in the query", func(n *approval.Notice) { n.Link = "https://answer.example.com/approvals?link=" + canaryLink }, false, false},
		{"a comment or a phrase is needed", func(n *approval.Notice) { n.OnPage = true }, false, false},
		{"no link of ours", func(n *approval.Notice) { n.Link = "https://answer.example.com/approvals" }, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			n := sample()
			tt.change(&n)
			body := s.deliver(t, s.webhook(t, true), n).body
			checkSlack(t, body)
			buttons := strings.Count(body, `"action_id":"callback-completer:`)
			if buttons != map[bool]int{true: 3}[tt.buttons] || strings.Contains(body, "Not everything fits in here") != tt.partly {
				t.Errorf("%d buttons, shortened: %v", buttons, strings.Contains(body, "Not everything fits in here"))
			}
			if opens := strings.Count(body, `"action_id":"callback-completer.open"`); opens != 1 || !strings.Contains(body, `"url":"`+n.Link+`"`) {
				t.Errorf("%d buttons open the page", opens)
			}
			if without := s.deliver(t, s.webhook(t, false), n).body; strings.Contains(without, `"action_id":"callback-completer:`) || strings.Contains(without, `"value":`) {
				t.Error("there are buttons that nobody asked for")
			}
		})
	}
}

// TestSlackAddresses: nothing is sent to anybody but Slack.
func TestSlackAddresses(t *testing.T) {
	t.Parallel()
	s := &server{}
	for address, ok := range map[string]bool{
		canaryWebhook: true,
		"https://hooks.slack-gov.com/services/CANARY": true,
		"":                                       false,
		"CANARY":                                 false,
		"http://hooks.slack.com/services/CANARY": false,
		"https://hooks.slack.com":                false,
		"https://hooks.slack.com/":               false,
		"https://hooks.slack.com:8443/services/CANARY":           false,
		"https://hooks.slack.com.example.com/services/CANARY":    false,
		"https://hooks.slack.com@example.com/services/CANARY":    false,
		"https://CANARY@hooks.slack.com/services/CANARY":         false,
		"https://example.com/hooks.slack.com/services/CANARY":    false,
		"https://hooks.slack.com/services/CANARY#fragment":       false,
		"https://169.254.169.254/latest/meta-data/CANARY":        false,
		"https:hooks.slack.com/services/CANARY":                  false,
		"//hooks.slack.com/services/CANARY":                      false,
		"https://hooks.slack.com\\@example.com/services/CANARY":  false,
		"https://hooks.slack.com\r\nHost: x/services/CANARY":     false,
		"https://hooks.slack.com%2eexample.com/services/CANARY":  false,
		"https://xhooks.slack.com/services/CANARY":               false,
		"https://hooks.slack.com%00.example.com/services/CANARY": false,
	} {
		slack, err := notice.NewSlack(s.slack(), address, notice.SlackOptions{})
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "CANARY") {
			t.Errorf("webhook %q: %v", address, err)
		}
		if ok && strings.Contains(fmt.Sprintf("%v %+v %#v %s", slack, *slack, slack, slack), "CANARY") {
			t.Error("the address can be printed")
		}
		before := len(s.sent())
		err = notice.NewSlackResponder(s.slack()).Whisper(t.Context(), address, canaryText)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "CANARY") || (len(s.sent()) > before) != ok {
			t.Errorf("response_url %q: %v", address, err)
		}
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	for name, c := range map[string]notice.Closing{
		"by-user":  {Title: "Deploy shop 4.2", Decision: "approve", By: "U0123ABCD", At: at, Locale: "en"},
		"by-name":  {Title: "Deploy <shop> & <!channel>", Decision: "Ask <later>", By: "<@U0123ABCD> *Ann*", At: at, Locale: "de"},
		"unknown":  {Title: "Deploy shop 4.2", Locale: "de"},
		"no-title": {Title: "\n", Decision: "reject", Locale: "fr"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			if err := notice.NewSlackResponder(s.slack()).Update(t.Context(), canaryWebhook, c); err != nil {
				t.Fatal(err)
			}
			body := s.sent()[0].body
			checkSlack(t, body)
			golden(t, "closing-"+name+".json", indent(t, decode(t, body)))
		})
	}
}

func TestWhisper(t *testing.T) {
	t.Parallel()
	s := &server{}
	responder := notice.NewSlackResponder(s.slack())
	for _, text := range []string{"You may not <!here> decide.\nAsk \u202eAnn & Bob.", strings.Repeat("é", 10_000), ""} {
		if err := responder.Whisper(t.Context(), canaryWebhook, text); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range s.sent() {
		checkSlack(t, r.body)
		m := decode(t, r.body)
		if m["response_type"] != "ephemeral" || m["replace_original"] != false {
			t.Errorf("%d: %v, %v", i, m["response_type"], m["replace_original"])
		}
	}
	golden(t, "whisper.json", indent(t, decode(t, s.sent()[0].body)))
}
