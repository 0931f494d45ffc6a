package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
)

const toTopic = `, "delivery": {"sns": true}`

func TestARequestIsKeptAndDelivered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		answer := f.asked(event(canaryToken, toTopic))
		links := f.links()
		if len(links) != 1 {
			t.Fatalf("links %q", links)
		}
		link, err := approval.ParseLink(strings.TrimPrefix(links[0], baseURL+"/approvals/"))
		if err != nil {
			t.Errorf("links %q: %v", links, err)
		}
		text, err := json.Marshal(answer)
		if want := `{"requestId":"` + string(link.ID()) + `","expires":"2000-01-01T01:00:00Z"}`; err != nil || string(text) != want {
			t.Errorf("answer %s, %v, want %s", text, err, want)
		}
		described, err := f.handler.service.Describe(t.Context(), link.ID())
		if err != nil || described.Stage != approval.StageOpen || described.DeliveredAt.IsZero() {
			t.Errorf("the request is %+v, %v", described, err)
		}
		for _, message := range f.network.sent("") {
			if strings.Contains(message, canaryToken) || !strings.Contains(message, canaryTitle) {
				t.Errorf("message %s", message)
			}
		}
		if out := f.Out.String(); !strings.Contains(out, `"approvalId":"`+string(link.ID())+`"`) || !strings.Contains(out, `"ApprovalsDelivered":1`) {
			t.Errorf("output %s", out)
		}
	})
}

// TestTheSameRequestTwice is what happens where Lambda's answer was lost: to this environment and to another, some time later.
func TestTheSameRequestTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		first := f.asked(event(canaryToken, toTopic))
		for range 2 {
			time.Sleep(time.Minute)
			if again := f.asked(event(canaryToken, `, "description": "another text"`+toTopic)); *again != *first {
				t.Errorf("answer %+v, then %+v", first, again)
			}
			f.restart()
		}
		if got := f.network.sent(""); len(got) != 1 {
			t.Errorf("%d messages", len(got))
		}
		if second := f.asked(event("another-token", toTopic)); second.RequestID == first.RequestID {
			t.Error("another token has the same request")
		}
		if links := f.links(); len(links) != 2 || links[0] == links[1] {
			t.Errorf("links %q", links)
		}
	})
}

// TestWhatIsOverIsNotSentAgain: nobody is asked for what was revoked meanwhile.
func TestWhatIsOverIsNotSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.network.refuse = []string{"sns"}
		if _, err := f.ask(event(canaryToken, toTopic)); err == nil {
			t.Fatal("it was delivered")
		}
		open, err := f.handler.service.Pending(t.Context(), 2)
		if err != nil || len(open) != 1 {
			t.Fatalf("open are %v, %v", open, err)
		}
		if err := f.handler.service.Revoke(t.Context(), open[0].ID); err != nil {
			t.Fatal(err)
		}
		f.asked(event(canaryToken, toTopic))
		if got := f.network.sent(""); len(got) != 0 {
			t.Errorf("%d messages", len(got))
		}
	})
}

func TestEveryChannel(t *testing.T) {
	t.Parallel()
	all := []string{"sns", "ses", "slack", "bus"}
	for delivery, want := range map[string][]string{
		`{"sns": true}`: {"sns"},
		`{"email": ["` + canaryMail + `", "Ann <ann@example.com>"]}`:                               {"ses"},
		`{"slack": true, "sns": false}`:                                                            {"slack"},
		`{"eventBus": true}`:                                                                       {"bus"},
		`{"sns": true, "email": ["` + canaryMail + `"], "slack": true, "eventBus": true}`:          all,
		`{"sns": true, "email": ["` + canaryMail + `"], "slack": true, "eventBus": true      } \n`: all,
	} {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFunction(t)
				f.asked(event(canaryToken, `, "delivery": `+strings.ReplaceAll(delivery, `\n`, "\n")))
				synctest.Wait()
				for _, service := range all {
					if got := len(f.network.sent(service)) == 1; got != slices.Contains(want, service) {
						t.Errorf("%s was asked: %v", service, got)
					}
				}
				links := f.links()
				for _, link := range links {
					if link != links[0] {
						t.Errorf("links %q", links)
					}
				}
				if mails := f.network.sent("ses"); len(mails) > 0 && !strings.Contains(mails[0], canaryMail) {
					t.Errorf("mail %s", mails[0])
				}
			})
		})
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	for _, setUp := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			f.settings.Identities = setUp
			f.restart()
			_, err := f.ask(event(canaryToken, `, "identity": "verified"`+toTopic))
			if failed(err) != map[bool]string{true: "", false: "InvalidApprovalRequest"}[setUp] {
				t.Errorf("identities %v: %v", setUp, err)
			}
		})
	}
}
