package webhook_test

import (
	"net/http"
	"strings"
	"testing"

	"callback-completer/internal/webhook"
)

func TestGreeting(t *testing.T) {
	t.Parallel()
	asJSON := func(more ...string) http.Header {
		return headers(append([]string{"Content-Type", "application/json"}, more...)...)
	}
	const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
	slackBody := `{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"` + challenge + `","type":"url_verification"}`
	hello := func(challenge string) string { return `{"type":"url_verification","challenge":"` + challenge + `"}` }
	tests := []struct {
		name, scheme string
		headers      http.Header
		body         string
		want         string
		ok           bool
	}{
		{"ping", webhook.GitHub, asJSON("X-GitHub-Event", "ping"), `{"zen":"Keep it logically awesome.","hook_id":1}`, "", true},
		{"ping as a form", webhook.GitHub, headers("X-GitHub-Event", "ping", "Content-Type", "application/x-www-form-urlencoded"), "payload=%7B%7D", "", true},
		{"ping in small letters", webhook.GitHub, http.Header{"x-github-event": {"ping"}}, "{}", "", true},
		{"push", webhook.GitHub, asJSON("X-GitHub-Event", "push"), "{}", "", false},
		{"capital", webhook.GitHub, asJSON("X-GitHub-Event", "Ping"), "{}", "", false},
		{"no event", webhook.GitHub, asJSON(), "{}", "", false},
		{"two events", webhook.GitHub, http.Header{"X-Github-Event": {"ping", "push"}}, "{}", "", false},
		{"two events, joined", webhook.GitHub, asJSON("X-GitHub-Event", "ping,push"), "{}", "", false},
		{"Slack's at GitHub", webhook.GitHub, asJSON(), slackBody, "", false},

		{"challenge", webhook.Slack, asJSON(), slackBody, challenge, true},
		{"with a charset", webhook.Slack, headers("Content-Type", "Application/JSON; charset=utf-8"), slackBody, challenge, true},
		{"escapes", webhook.Slack, asJSON(), hello(`a\u0062\/c<&>\"`), `ab/c<&>"`, true},
		{"as long as may be", webhook.Slack, asJSON(), hello(strings.Repeat("c", 1024)), strings.Repeat("c", 1024), true},
		{"longer", webhook.Slack, asJSON(), hello(strings.Repeat("c", 1025)), "", false},
		{"much around it", webhook.Slack, asJSON(), hello("c") + strings.Repeat(" ", 4096), "", false},
		{"empty challenge", webhook.Slack, asJSON(), hello(""), "", false},
		{"no challenge", webhook.Slack, asJSON(), `{"type":"url_verification"}`, "", false},
		{"challenge is a number", webhook.Slack, asJSON(), `{"type":"url_verification","challenge":1}`, "", false},
		{"challenge is a list", webhook.Slack, asJSON(), `{"type":"url_verification","challenge":["c"]}`, "", false},
		{"line break in the challenge", webhook.Slack, asJSON(), hello(`c\r\nd`), "", false},
		{"tab in the challenge", webhook.Slack, asJSON(), hello(`c\td`), "", false},
		{"other letters", webhook.Slack, asJSON(), hello("\u00e9"), "", false},
		{"half a surrogate pair", webhook.Slack, asJSON(), hello(`\ud800`), "", false},
		{"two challenges", webhook.Slack, asJSON(), `{"type":"url_verification","challenge":"a","challenge":"b"}`, "", false},
		{"two types", webhook.Slack, asJSON(), `{"type":"event_callback","challenge":"a","type":"url_verification"}`, "", false},
		{"a type that is no text", webhook.Slack, asJSON(), `{"type":null,"challenge":"a"}`, "", false},
		{"another type", webhook.Slack, asJSON(), `{"type":"event_callback","challenge":"a"}`, "", false},
		{"type in other letters", webhook.Slack, asJSON(), `{"Type":"url_verification","challenge":"a"}`, "", false},
		{"further in", webhook.Slack, asJSON(), `{"event":` + slackBody + `}`, "", false},
		{"in a list", webhook.Slack, asJSON(), `[` + slackBody + `]`, "", false},
		{"cut", webhook.Slack, asJSON(), slackBody[:len(slackBody)-1], "", false},
		{"trailing", webhook.Slack, asJSON(), slackBody + "{}", "", false},
		{"no body", webhook.Slack, asJSON(), "", "", false},
		{"no content type", webhook.Slack, nil, slackBody, "", false},
		{"as a form", webhook.Slack, headers("Content-Type", "application/x-www-form-urlencoded"), slackBody, "", false},
		{"as text", webhook.Slack, headers("Content-Type", "text/plain"), slackBody, "", false},
		{"broken content type", webhook.Slack, headers("Content-Type", "application/json; charset"), slackBody, "", false},
		{"two content types", webhook.Slack, http.Header{"Content-Type": {"application/json", "application/json"}}, slackBody, "", false},
		{"GitHub's at Slack", webhook.Slack, asJSON("X-GitHub-Event", "ping"), "{}", "", false},

		{"ping", webhook.StandardWebhooks, asJSON("X-GitHub-Event", "ping"), slackBody, "", false},
		{"ping", webhook.Svix, asJSON("X-GitHub-Event", "ping"), slackBody, "", false},
		{"ping", webhook.Stripe, asJSON("X-GitHub-Event", "ping"), slackBody, "", false},
		{"ping", webhook.Shopify, asJSON("X-GitHub-Event", "ping"), slackBody, "", false},
		{"ping", webhook.HMAC, asJSON("X-GitHub-Event", "ping"), slackBody, "", false},
	}
	for _, test := range tests {
		t.Run(test.scheme+" "+test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := anyOf(t, test.scheme).Greeting(test.headers, []byte(test.body))
			if got != test.want || ok != test.ok {
				t.Errorf("%q, %t; want %q, %t", got, ok, test.want, test.ok)
			}
		})
	}
}

// FuzzGreeting: whatever the body, the answer is short and cannot end a header or begin a page of its own letters.
func FuzzGreeting(f *testing.F) {
	for _, body := range []string{
		`{"type":"url_verification","challenge":"c"}`, `{"type":"url_verification","challenge":"\r\n"}`,
		`{"type":"url_verification","challenge":"a","challenge":"b"}`, `[]`, `payload=%7B%7D`,
	} {
		f.Add("application/json", "ping", []byte(body))
	}
	f.Add("application/json; charset=utf-8", "push", []byte("{}"))
	f.Fuzz(func(t *testing.T, contentType, event string, body []byte) {
		h := http.Header{"Content-Type": {contentType}, "X-Github-Event": {event}}
		for _, name := range webhook.Names() {
			answer, ok := anyOf(t, name).Greeting(h, body)
			switch {
			case !ok && answer != "":
				t.Errorf("%s: no greeting, yet the answer is %q", name, answer)
			case ok && name == webhook.GitHub && (answer != "" || event != "ping"):
				t.Errorf("%q is greeted with %q", event, answer)
			case ok && name == webhook.Slack && (answer == "" || len(answer) > 1024 || strings.Trim(answer, printable) != ""):
				t.Errorf("the answer is %q", answer)
			case ok && name != webhook.GitHub && name != webhook.Slack:
				t.Errorf("%s greets", name)
			}
		}
	})
}

const printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// anyOf returns a scheme of that name, with as few options as it takes.
func anyOf(tb testing.TB, name string) *webhook.Scheme {
	tb.Helper()
	var o webhook.Options
	if name == webhook.HMAC {
		o.Header = "X-Sig"
	}
	return parseScheme(tb, name, o)
}
