package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/telemetry"
)

// responseURL is where a press is answered; its last part is a secret.
const responseURL = "https://hooks.slack.com/actions/T1/2/CANARY-RESPONSE"

// pressRig is the function with a table of approval requests and a source that Slack signs.
type pressRig struct {
	*askedRig

	slack *slackHooks
}

// slackHooks stands in for hooks.slack.com.
type slackHooks struct {
	mu     sync.Mutex
	broken bool
	posts  []string
}

func (s *slackHooks) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil || r.URL.String() != responseURL {
		return nil, errors.New("somebody else is posted to")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts = append(s.posts, string(text))
	if s.broken {
		return &http.Response{StatusCode: http.StatusNotFound, Body: io.NopCloser(strings.NewReader("expired_url")), Request: r}, nil
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, nil
}

// told returns what Slack was told since the last time: whether the message was replaced, and its text.
func (s *slackHooks) told(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var told []string
	for _, post := range s.posts {
		var message struct {
			Text    string
			Replace bool `json:"replace_original"`
		}
		if err := json.Unmarshal([]byte(post), &message); err != nil {
			t.Error(err)
		}
		told = append(told, map[bool]string{true: "message: ", false: "whisper: "}[message.Replace]+message.Text)
	}
	s.posts = nil
	return told
}

func newPress(t *testing.T) *pressRig {
	t.Helper()
	r := &pressRig{newAsked(t), &slackHooks{}}
	r.secrets = append(r.secrets, "CANARY-RESPONSE", slackKey)
	settings := config.HTTP{
		Common: r.Settings, CallbacksAuthorizer: config.IAMAuthorizer, ApprovalsTable: "approvals",
		WebhookSources: r.sources(map[string]string{"slack": slackKey}, `[
			{"name": "slack", "scheme": "slack", "secret": "slack", "mapping": "{taskToken: .actions[0].value, output: {by: .user.id}}"}
		]`),
	}
	client := &http.Client{Transport: r.slack}
	h, err := assemble(t.Context(), settings, r.AWS(r.calls), client, telemetry.NewLogger(&r.Out, slog.LevelDebug), &r.Out)
	if err != nil {
		t.Fatal(err)
	}
	r.handler = h
	return r
}

// pressing is what Slack sends of a press, signed now.
func pressing(user, action, value string) wire {
	payload := fmt.Sprintf(`{"type": "block_actions", "user": {"id": %q, "name": "bob"}, "response_url": %q, "actions": [{"action_id": %q, "value": %q}]}`,
		user, responseURL, action, value)
	return signedForm("payload=" + url.QueryEscape(payload))
}

func signedForm(body string) wire {
	return wire{path: "/webhooks/slack", body: body, header: header(slack("application/x-www-form-urlencoded", body))}
}

// press demands that Slack hears nothing but that its form came, in time.
func (r *pressRig) press(w wire) {
	r.T.Helper()
	start := time.Now()
	if got := r.submit(w); got.Status != 200 || got.Body != "" || time.Since(start) > 2500*time.Millisecond {
		r.T.Errorf("after %v: %+v", time.Since(start), got)
	}
}

// tells demands what Slack was told.
func (r *pressRig) tells(want ...string) {
	r.T.Helper()
	if diff := cmp.Diff(want, r.slack.told(r.T)); diff != "" {
		r.T.Errorf("Slack was told (-want +got):\n%s", diff)
	}
}

const (
	closedMessage = "message: This request is answered: Deploy version 7"
	tooLate       = "whisper: Too late: this request is not open any more."
)

func TestAPressDecides(t *testing.T) {
	t.Parallel()
	for decision, prefix := range map[string]string{"approve": "output ", "reject": "error ApprovalRejected "} {
		synctest.Test(t, func(t *testing.T) {
			r := newPress(t)
			a := r.ask(`, "identity": "verified", "approvers": ["slack:U1A"]`)
			sent := pressing("U1A", "callback-completer:"+decision, a.link)
			r.press(sent)
			closing := r.closing(a)
			if !strings.HasPrefix(closing, prefix) || !strings.Contains(closing, `"approver":{"id":"U1A","method":"slack","verified":true}`) ||
				!strings.Contains(closing, `"channel":"slack"`) {
				t.Errorf("workflow was told %s", closing)
			}
			if posts := r.slack.posts; len(posts) != 1 || !strings.Contains(posts[0], `\u003c@U1A\u003e`) && !strings.Contains(posts[0], "<@U1A>") {
				t.Errorf("the message does not say who decided: %q", posts)
			}
			r.tells(closedMessage)

			time.Sleep(4 * time.Minute)
			r.press(sent) // replayed, or pressed twice
			r.tells(closedMessage)
			other := map[string]string{"approve": "reject", "reject": "approve"}[decision]
			r.press(pressing("U1A", "callback-completer:"+other, a.link))
			r.tells(closedMessage)
			r.press(pressing("U2B", "callback-completer:"+other, a.link))
			r.tells("whisper: You may not decide on this: somebody else is asked.")
			if got := r.closing(a); got != closing {
				t.Errorf("%s after %s", got, closing)
			}
			if got := r.get(a.path()); got.Status != 403 {
				t.Errorf("page %+v", got)
			}
			time.Sleep(2 * time.Minute)
			if got := r.submit(sent); got.Status != 401 {
				t.Errorf("replayed after more than five minutes: %+v", got)
			}
			if !strings.Contains(r.Out.String(), `"method":"slack"`) || !strings.Contains(r.Out.String(), `"ApprovalsAnswered":1,"ApprovalsUnanswered":0`) {
				t.Error("the log and the metrics do not say what became of the press")
			}
			r.quiet()
		})
	}
}

// TestWhatAPressHears where it does not decide.
func TestWhatAPressHears(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, more, action string
		want               []string
	}{
		{"not asked", `, "approvers": ["U2B"]`, "approve", []string{"whisper: You may not decide on this: somebody else is asked."}},
		{"asked by what he calls himself", `, "approvers": ["bob"]`, "approve", []string{"whisper: You may not decide on this: somebody else is asked."}},
		{"asked himself", `, "requester": "U1A", "noSelfApproval": true, "approvers": ["U1B", "slack:U1A"]`, "approve", []string{"whisper: You asked for this yourself, so somebody else must decide."}},
		{"comment needed", `, "comment": "required"`, "approve", []string{"whisper: This request needs more than a button. Open the page to answer."}},
		{"phrase needed, in German", `, "confirmPhrase": "yes", "locale": "de"`, "approve", []string{"whisper: Diese Anfrage braucht mehr als einen Knopf. Öffnen Sie die Seite, um zu antworten."}},
		{"no such decision", "", "Approve", []string{"whisper: This request needs more than a button. Open the page to answer."}},
		{"others needed", `, "approvals": 2, "approvers": ["U1A", "bob@example.com"]`, "approve", []string{"whisper: Your approval is kept. Others must approve as well."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newPress(t)
				a := r.ask(tt.more)
				r.press(pressing("U1A", "callback-completer:"+tt.action, a.link))
				r.tells(tt.want...)
				r.open(a)
				r.quiet()
			})
		})
	}
}

// TestPressesThatComeToNothing: of links that lead nowhere, too late, and where Slack cannot be told.
func TestPressesThatComeToNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		a, other := r.ask(""), r.ask("")
		r.press(pressing("U1A", "callback-completer:approve", strings.Repeat("A", 32)))
		r.press(pressing("U1A", "callback-completer:approve", ""))
		r.tells("whisper: There is no such request.", "whisper: There is no such request.")
		r.press(pressing("U1A", "callback-completer.open", ""))
		r.tells()
		elsewhere := pressing("U1A", "callback-completer:approve", a.link)
		elsewhere = signedForm(strings.Replace(elsewhere.body, url.QueryEscape("hooks.slack.com"), "169.254.169.254", 1))
		r.press(elsewhere)
		r.tells()
		if got := told(t, r.closing(a)); got.Decision != "approve" {
			t.Errorf("workflow was told %+v", got)
		}
		r.press(pressing("U2B", "callback-completer:approve", a.link))
		r.tells(closedMessage, tooLate)
		r.slack.broken = true
		r.press(pressing("U2B", "callback-completer:approve", a.link))
		if n := strings.Count(r.Out.String(), "was not told what became of it"); n != 2 {
			t.Errorf("the log tells %d times that nobody was told", n)
		}
		r.slack.broken = false
		_ = r.slack.told(t)
		time.Sleep(3 * time.Hour)
		r.press(pressing("U1A", "callback-completer:approve", other.link))
		r.tells("message: This request is not open any more.", tooLate)
		r.quiet()
	})
}

// TestSwappedValues: the link says what is decided on, and who is asked for that decides, whatever message the button was in.
func TestSwappedValues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		mine, others := r.ask(`, "approvers": ["U1A"]`), r.ask(`, "approvers": ["U2B"]`)
		r.press(pressing("U1A", "callback-completer:approve", others.link))
		r.open(mine)
		r.open(others)
		r.press(pressing("U2B", "callback-completer:approve", others.link))
		if got := r.closing(mine); got != "" || told(t, r.closing(others)).Approver.ID != "U2B" {
			t.Errorf("mine %q", got)
		}
		r.quiet()
	})
}

// TestOtherFormsOfSlack are callbacks, or nothing.
func TestOtherFormsOfSlack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		a := r.ask("")
		if got := r.submit(pressing("U1A", "deploy", a.Token)); got.Status != 200 || strings.TrimSpace(got.Body) != delivered {
			t.Errorf("another button: %+v", got)
		}
		if got := r.closing(a); got != `output {"by":"U1A"}` {
			t.Errorf("closed by %q", got)
		}
		for name, payload := range map[string]string{
			"not JSON": "CANARY-COMMENT", "half of it": `{"type": "block_actions"`,
			"nested 10,001 deep": `{"type": "block_actions", "actions": ` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`,
		} {
			if got := r.submit(signedForm("payload=" + url.QueryEscape(payload))); got.Status != 400 || strings.Contains(got.Body, "CANARY") {
				t.Errorf("%s: %+v", name, got)
			}
		}
		forged := pressing("U1A", "callback-completer:approve", r.ask("").link)
		forged.body += "+"
		if got := r.submit(forged); got.Status != 401 {
			t.Errorf("forged: %+v", got)
		}
		if len(r.Codes()) > 0 {
			t.Errorf("dead letters %v", r.Codes())
		}
		r.quiet()
	})
}

// TestSlowness: Slack hears in time, and the next press goes on.
func TestSlowness(t *testing.T) {
	t.Parallel()
	const again = "whisper: Your answer may not have arrived. Try again in a moment; pressing twice does no harm."
	tests := []struct {
		name string
		rule fault.Rule
		end  bool // the table is slow to take the end of the call
		told []string
	}{
		{"table cannot be read", fault.Rule{Operation: "GetItem", Kind: fault.Slow, Delay: 4 * time.Second, Next: 1}, false, []string{again}},
		{"table cannot be written", fault.Rule{Operation: "PutItem", Kind: fault.Slow, Delay: 4 * time.Second, Next: 1}, false, []string{again}},
		{"table takes its time", fault.Rule{Operation: "GetItem", Kind: fault.Slow, Delay: 600 * time.Millisecond, Next: 2}, false, []string{closedMessage}},
		{"no answer of Step Functions", fault.Rule{Operation: "SendTask*", Kind: fault.Slow, Delay: 4 * time.Second, Next: 1}, false, []string{again}},
		{"the end cannot be written", fault.Rule{}, true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newPress(t)
				a := r.ask("")
				r.Faults.Add(tt.rule)
				usual := r.calls.next
				if tt.end {
					r.calls.next = slowAfter{r.calls, usual}
				}
				sent := pressing("U1A", "callback-completer:approve", a.link)
				r.press(sent)
				r.tells(tt.told...)
				time.Sleep(time.Minute)
				r.tells() // nor later
				if silent := strings.Contains(r.Out.String(), "was not told what became of it"); silent != (tt.told == nil) {
					t.Errorf("the log says that nobody was told: %t", silent)
				}
				r.Faults.Clear()
				r.calls.next = usual
				r.press(sent)
				r.tells(closedMessage)
				if got := told(t, r.closing(a)); got.Decision != "approve" || got.Approver.ID != "U1A" {
					t.Errorf("workflow was told %+v", got)
				}
				r.quiet()
			})
		})
	}
}

// slowAfter is slow to write what became of a call to Step Functions.
type slowAfter struct {
	calls *calls
	next  aws.HTTPClient
}

func (s slowAfter) Do(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".PutItem") && s.calls.of("SendTaskSuccess") == 1 {
		select {
		case <-time.After(4 * time.Second):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return s.next.Do(r)
}

// TestOurButtonsReachNoQueue: a message with our buttons, of which Slack tells for another reason, takes no link with it.
func TestOurButtonsReachNoQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newPress(t)
		a := r.ask("")
		message := fmt.Sprintf(`{"text": "x", "blocks": [{"type": "actions", "elements": [{"type": "button", "action_id": "callback-completer:approve", "value": %q},
			{"type": "button", "action_id": "callback-completer.open", "url": "https://example.com%s"}]}]}`, a.link, a.path())
		for name, sent := range map[string]wire{
			"a shortcut":     signedForm("payload=" + url.QueryEscape(`{"type": "message_action", "user": {"id": "U1A"}, "message": `+message+`}`)),
			"another button": signedForm("payload=" + url.QueryEscape(`{"type": "block_actions", "user": {"id": "U1A"}, "message": `+message+`, "actions": [{"action_id": "x", "value": "no token"}]}`)),
			"an event":       signedJSON(`{"type": "event_callback", "event": ` + message + `}`),
		} {
			before := len(r.Letters.Peek())
			if got := r.submit(sent); got.Status != 200 {
				t.Errorf("%s: %+v", name, got)
			}
			letters := r.Letters.Peek()
			if len(letters) != before+1 {
				t.Errorf("%s: %d letters", name, len(letters)-before)
			}
			for _, l := range letters {
				if text, err := url.QueryUnescape(fmt.Sprintf("%+v", l)); err != nil || strings.Contains(text, a.link) {
					t.Errorf("%s: the dead letter tells the link, %v", name, err)
				}
			}
		}
		r.open(a)
		r.quiet()
	})
}

func signedJSON(body string) wire {
	return wire{path: "/webhooks/slack", body: body, header: header(slack("application/json", body))}
}
