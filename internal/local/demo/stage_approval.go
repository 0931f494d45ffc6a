package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/sqs"
)

// question is an execution that waits for people, and the link that they are sent.
type question struct {
	task

	id   string // the request's
	page string // URL of the page
}

const releaseTitle = "Deploy to production"

// askPeople starts an execution whose state asks people, and takes the link from the event that is for them.
func (s *stage) askPeople(ctx context.Context, expires time.Duration) (question, error) {
	arn, err := s.app.start(ctx, "release", fmt.Sprintf(`{"title":%q,"seconds":%d}`, releaseTitle, int(expires.Seconds())))
	if err != nil {
		return question{}, err
	}
	q := question{task: task{execution: arn, waits: "waits"}}
	for _, w := range s.app.stack.StepFunctions.Waiting() {
		if w.Execution == arn {
			q.token = w.Token
		}
	}
	if q.token == "" {
		return question{}, errors.New("the execution does not wait for its token")
	}
	s.know(tokenKind, q.token)
	s.say(`the workflow "release" is RUNNING: its function has put an event on the bus, for those who are asked`)
	if q.id, q.page, err = s.app.takeLink(ctx, arn); err != nil {
		return question{}, err
	}
	s.know(linkKind, path.Base(q.page))
	s.say("they get the link %s", q.page)
	return q, nil
}

// takeLink takes the id and the link of an execution's request from the queue of those who are asked. Others are what a scene
// that failed has left behind.
func (a *application) takeLink(ctx context.Context, execution string) (requestID, link string, err error) {
	for {
		for _, m := range a.asked.Receive(ctx, sqs.ReceiveOptions{Wait: time.Second}) {
			if err := a.asked.Delete(m.ReceiptHandle); err != nil {
				return "", "", fmt.Errorf("delete the event: %w", err)
			}
			id, link := linkIn([]byte(m.Body))
			if r, err := a.file.Get(ctx, approval.ID(id)); err == nil && r.Execution == execution {
				return id, link, nil
			}
		}
		if ctx.Err() != nil {
			return "", "", fmt.Errorf("wait for the event with the link: %w", context.Cause(ctx))
		}
	}
}

// linkIn returns the request's id and the link of an event of functions/approval.
func linkIn(event []byte) (requestID, link string) {
	var e struct {
		Detail struct{ RequestID, Link string }
	}
	_ = json.Unmarshal(event, &e)
	return e.Detail.RequestID, e.Detail.Link
}

// form is what a browser sends when somebody presses a button.
func (q question) form(decision, comment string) url.Values {
	return url.Values{approval.FormDecision: {decision}, approval.FormComment: {comment}}
}

// submit sends a form to a page as a browser does, and returns the answer, which for a decision leads to the page.
func (s *stage) submit(ctx context.Context, page string, form url.Values) (reply, error) {
	s.say("somebody sends the form with %s", oneLine(form.Encode()))
	return s.submitFrom(ctx, page, s.caller.url, form)
}

func (s *stage) submitFrom(ctx context.Context, page, origin string, form url.Values) (reply, error) {
	address, err := url.Parse(page)
	if err != nil {
		return reply{}, errors.New("the page's address is none")
	}
	answer, err := s.caller.send(ctx, http.MethodPost, address.RequestURI(), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {origin},
	}, form.Encode())
	if err != nil {
		return answer, err
	}
	s.say("the page answers %d", answer.status)
	if answer.status >= http.StatusInternalServerError {
		return answer, fmt.Errorf("the page answers %s", answer)
	}
	return answer, nil
}

// look opens a page and says nothing.
func (s *stage) look(ctx context.Context, method, page string) (reply, error) {
	address, err := url.Parse(page)
	if err != nil {
		return reply{}, errors.New("the page's address is none")
	}
	return s.caller.send(ctx, method, address.RequestURI(), http.Header{}, "")
}

// shows is the fact on whether a page shows an answer with this comment and takes no other.
func (s *stage) shows(ctx context.Context, q question, comment string) (string, error) {
	answer, err := s.look(ctx, http.MethodGet, q.page)
	switch {
	case err != nil:
		return "", err
	case answer.status != http.StatusOK:
		return fmt.Sprintf("the page is %d", answer.status), nil
	case strings.Contains(answer.body, "<form"):
		return "the page still asks", nil
	case !strings.Contains(answer.body, comment):
		return "the page does not show the answer", nil
	}
	s.say("the page shows what was decided, by whom and when, and asks no more")
	return "the page shows the answer", nil
}

// documented is the fact on whether an answer has the members of docs/approvals.md and nothing else.
func (q question) documented(what, text, decision, comment string) string {
	var got struct {
		Decision string `json:"decision"`
		Approved bool   `json:"approved"`
		Comment  string `json:"comment"`
		Approver struct {
			ID       string `json:"id"`
			Method   string `json:"method"`
			Verified bool   `json:"verified"`
		} `json:"approver"`
		DecidedAt time.Time `json:"decidedAt"`
		RequestID string    `json:"requestId"`
		Channel   string    `json:"channel"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		return what + " is no answer"
	}
	want := got // of what cannot be known before
	want.Decision, want.Approved, want.Comment, want.RequestID, want.Channel = decision, decision == approval.Approve, comment, q.id, "web"
	want.Approver.ID, want.Approver.Method, want.Approver.Verified = "bob@example.com", "link", false
	if got != want || time.Since(got.DecidedAt) > time.Minute {
		return what + " is " + brief(text)
	}
	return what + " as documented"
}
