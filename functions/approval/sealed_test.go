package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/sfn"
	"callback-completer/internal/webhook"
)

// A keyring with a key of 32 bytes.
const keyring = `{"current": "k1", "keys": {"k1": "Q0FOQVJZLWtleS1DQU5BUlkta2V5LUNBTkFSWS1rZXk="}}`

// newSealed returns the function where links are sealed. The table refuses everything, as there is none.
func newSealed(t *testing.T) *function {
	t.Helper()
	f := newFunction(t)
	arn, err := f.Stack.Secrets.PutSecret("keyring", keyring)
	if err != nil {
		t.Fatal(err)
	}
	f.settings.Sealed, f.settings.Table = true, ""
	if f.settings.Keys, err = webhook.ParseReference(arn); err != nil {
		t.Fatal(err)
	}
	for _, operation := range []string{"GetItem", "PutItem", "Query"} {
		f.Faults.Add(fault.Rule{Operation: operation, Kind: fault.AccessDenied, Rate: 1})
	}
	f.restart()
	return f
}

// sealedLinks returns the link in each message.
func (f *function) sealedLinks() []string {
	f.T.Helper()
	pattern := regexp.MustCompile(regexp.QuoteMeta(baseURL+"/approvals/") + `([A-Za-z0-9_-]+)`)
	var links []string
	for _, m := range f.network.sent("") {
		links = append(links, pattern.FindStringSubmatch(m)[1])
	}
	return links
}

// realToken is as long as those of Step Functions, 512 bytes in base64, and begins as they do.
func realToken() string {
	raw := make([]byte, 512)
	copy(raw, "\x00\x00\x00\x2a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01")
	for i := range raw[16:] {
		raw[16+i] = byte(i*i + 7*i)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// TestASealedRequest is delivered, and is in its link and nowhere else.
func TestASealedRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newSealed(t)
		receipt := f.asked(event(canaryToken, `, "delivery": {"sns": true, "slack": true}`))
		id := receipt.RequestID
		if len(id) != 32 || !strings.Contains(f.Out.String(), `"message":"the link was handed over","requestId":"r-1","approvalId":"`+string(id)+`"`) {
			t.Errorf("receipt %+v, output %s", receipt, f.Out.String())
		}
		links := f.sealedLinks()
		if len(links) != 2 || links[0] != links[1] {
			t.Fatalf("links %q", links)
		}
		link, err := approval.ParseLink(links[0])
		if err != nil || !link.Sealed() {
			t.Fatalf("link %q, %v", links[0], err)
		}
		view := f.handler.service.Show(t.Context(), links[0], approval.Actor{})
		if view.Status != http.StatusOK || view.Request.Title != canaryTitle || view.ID != id {
			t.Errorf("page %d", view.Status)
		}
	})
}

// TestTheSameSealedRequestTwice sends two messages: nothing remembers the first.
func TestTheSameSealedRequestTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newSealed(t)
		first, second := f.asked(event(canaryToken, toTopic)), f.asked(event(canaryToken, toTopic))
		if links := f.sealedLinks(); *first != *second || len(links) != 2 || links[0] == links[1] {
			t.Errorf("receipts %+v and %+v, links %q", first, second, links)
		}
	})
}

// TestASealedWorkflowIsAnswered by a link that is sealed, from the state that asks to the state that goes on.
func TestASealedWorkflowIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newSealed(t)
		execution := f.run(workflow, `{"title": "`+canaryTitle+`"}`)
		pages := *f.handler.service
		pages.Completer = sfn.New(f.AWS(f.Client()), sfn.Options{})
		link := f.sealedLinks()[0]
		view := pages.Decide(t.Context(), link, approval.Actor{Channel: "web"}, url.Values{"decision": {"approve"}, "comment": {"why"}})
		synctest.Wait()
		if e := f.Execution(execution); view.Status != http.StatusOK || e.Status != stepfunctions.Succeeded || !strings.Contains(e.Output, `"approved":true`) {
			t.Errorf("page %d, execution %v %s", view.Status, e.Status, e.Output)
		}
		f.quiet(f.Out.String())
	})
}

// TestWhatASealedLinkCannotDo is refused for good, by a name and in words.
func TestWhatASealedLinkCannotDo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ event, want string }{
		"several approvals": {event(canaryToken, `, "approvals": 2, "approvers": ["ann", "bob"]`+toTopic), "nobody could answer the request: several approvals need stored links"},
		"much text": {
			event(canaryToken, `, "description": "`+strings.Repeat("x", 3000)+`"`+toTopic),
			"nobody could answer the request: it is too long for a sealed link, which would have 4190 characters; at most 4096 can be",
		},
		"a survey": {`{"survey":true}`, "survey is unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newSealed(t)
				f.settings.Identities = true
				f.restart()
				_, err := f.ask(tt.event)
				if failed(err) != "InvalidApprovalRequest" || !strings.Contains(err.Error(), tt.want) || len(f.network.sent("")) > 0 {
					t.Errorf("%v, want %s", err, tt.want)
				}
			})
		})
	}
}

// TestThereAreNoButtonsUnderASealedLink that decide: it does not fit in.
func TestThereAreNoButtonsUnderASealedLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newSealed(t)
		f.settings.SlackButtons = true
		f.restart()
		f.asked(event(realToken(), toSlack))
		if m := f.network.sent("slack")[0]; strings.Contains(m, `"action_id":"callback-completer:`) || !strings.Contains(m, `"url":"`+baseURL+`/approvals/`+f.sealedLinks()[0]+`"`) {
			t.Errorf("message %s", m)
		}
	})
}

// TestHowLongAddressesAre with a token as Step Functions makes it: without much text they are below what mail programs have been
// seen to cut, and whoever writes more is told.
func TestHowLongAddressesAre(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		more        string
		least, most int
		warned      bool
	}{
		{"", 780, 900, false},
		{`, "fields": [{"label": "Version", "value": "4.2"}], "requester": "ann@example.com", "comment": "required-on-reject"`, 900, 1000, false},
		{`, "description": "` + strings.Repeat("CANARY-title ", 20) + `"`, 1001, 1300, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newSealed(t)
			f.asked(event(realToken(), tt.more+toTopic))
			address := len(baseURL + "/approvals/" + f.sealedLinks()[0])
			t.Logf("%d characters", address)
			if address < tt.least || address > tt.most {
				t.Errorf("%q: the address has %d characters, want %d to %d", tt.more, address, tt.least, tt.most)
			}
			if warned := strings.Contains(f.Out.String(), "mail programs may cut it off"); warned != tt.warned {
				t.Errorf("%q: warned: %v, output %s", tt.more, warned, f.Out.String())
			}
			if tt.warned && !strings.Contains(f.Out.String(), `"characters":`) {
				t.Errorf("output %s", f.Out.String())
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t) // a stored link is short, whatever is asked
		f.asked(event(realToken(), `, "description": "`+strings.Repeat("x", 10_000)+`"`+toTopic))
		if strings.Contains(f.Out.String(), "cut it off") {
			t.Errorf("output %s", f.Out.String())
		}
	})
}

// TestTheKeyringFails before anybody was asked; once it can be read again another try helps.
func TestTheKeyringFails(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(f *function) (repair func()){
		"denied": func(f *function) func() {
			f.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.AccessDenied, Rate: 1})
			return f.Faults.Clear
		},
		"no keyring": func(f *function) func() {
			put := func(text string) {
				if _, err := f.Stack.Secrets.PutSecret("keyring", text); err != nil {
					f.T.Fatal(err)
				}
			}
			put(`{"current": "` + canaryTitle + `"}`)
			return func() { put(keyring) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newSealed(t)
				repair := disturb(f)
				_, err := f.ask(event(canaryToken, toTopic))
				if failed(err) != "ApprovalNotStored" || !strings.Contains(err.Error(), "read the keyring: ") || len(f.network.sent("")) > 0 {
					t.Errorf("%v", err)
				}
				repair()
				time.Sleep(5 * time.Second)
				f.asked(event(canaryToken, toTopic))
			})
		})
	}
}
