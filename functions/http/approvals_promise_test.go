package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"pgregory.net/rapid"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/apigw"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/telemetry"
)

// TestThePromiseToPeople plays people who answer at once, by the link, logged in and in Slack, function instances that die in any
// of their calls, lost answers, throttling, a table that fails, states that time out or are stopped and requests that expire, and
// then demands the promise of what each of them was told: who hears that the workflow has his answer is right; who is redirected finds an answer, or that it is too late;
// who is told to try again has his comment still, and a try without trouble ends the request. A page says for certain only what is
// true, and whatever the workflow was told somebody said, once.
func TestThePromiseToPeople(t *testing.T) {
	t.Parallel()
	mapper, err := service.Mapper(config.Common{}, nil) // outside of every bubble, as for TestThePromise
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		rig.Bubble(t, func(t *testing.T) { t.Helper(); playPeople(t, rt, mapper) })
	})
}

func playPeople(t *testing.T, rt *rapid.T, mapper callback.Mapper) {
	t.Helper()
	w := newPeople(t, rt, mapper)
	calm := rapid.Bool().Draw(rt, "calm")
	disturb := func(rt *rapid.T) {
		if calm {
			rt.Skip("a calm play")
		}
		w.disturbed = true
	}
	begun := time.Now()
	which := rapid.IntRange(0, len(w.asks)-1)
	rt.Repeat(map[string]func(*rapid.T){
		"answer": func(rt *rapid.T) {
			who := rapid.SampledFrom([]string{"ann@example.com", "bob@example.com", holder, holder, slackEve}).Draw(rt, "who")
			w.answer(which.Draw(rt, "request"), who, rapid.SampledFrom([]string{"approve", "reject"}).Draw(rt, "decision"))
		},
		"look": func(rt *rapid.T) { w.look(which.Draw(rt, "request")) },
		"fault": func(rt *rapid.T) {
			disturb(rt)
			rule := rig.DrawFault(rt, "SendTask*", "SendTask*", "SendTask*", "PutItem", "PutItem", "GetItem")
			switch rule.Kind {
			case fault.Throttle, fault.KMSThrottling, fault.AccessDenied:
				rule.Applied = false // who is refused by name is told the truth: a page that doubts it could say nothing
			default:
			}
			w.Faults.Add(rule)
		},
		"crash":   func(rt *rapid.T) { disturb(rt); w.environments.Crash(rig.DrawCrash(rt)) },
		"restart": func(rt *rapid.T) { disturb(rt); w.environments.Restart() },
		"stop": func(rt *rapid.T) {
			disturb(rt)
			a := w.asks[which.Draw(rt, "request")]
			if err := w.Stop(a.Task); err != nil {
				rt.Fatal(err)
			}
		},
		"wait": func(rt *rapid.T) {
			pause := time.Duration(rapid.IntRange(1, 2000).Draw(rt, "milliseconds")) * time.Millisecond
			if rapid.IntRange(0, 4).Draw(rt, "long") == 0 {
				pause *= 20
			}
			if time.Since(begun)+pause > w.limit-10*time.Second {
				disturb(rt)
			}
			time.Sleep(pause)
		},
	})
	if err := w.settle(); err != nil {
		rt.Fatal(err)
	}
}

// people is the function with all that the promise to people is about.
type people struct {
	*askedRig

	slack        *slackChannel
	environments *rig.Environments[*apigw.Adapter]
	function     lambda.Invoker
	needed       int           // approvals
	limit        time.Duration // after which the states time out or the requests expire
	asks         []asked
	clicks       []*click
	under        sync.WaitGroup
	disturbed    bool
}

// Who is neither logged in: holder is somebody who has the link, and slackEve presses buttons.
const (
	holder   = ""
	slackEve = "UEVE"
)

// click is a form that somebody sent, or a button, and what he heard; nothing is a status of 0.
type click struct {
	request                int
	who, decision, comment string
	heard                  heard
	responses              string // where Slack is told what became of a press
}

func newPeople(t *testing.T, rt *rapid.T, mapper callback.Mapper) *people {
	t.Helper()
	w := &people{
		askedRig: &askedRig{httpRig: &httpRig{Rig: rig.New(t, "", false)}}, limit: time.Minute,
		needed: rapid.SampledFrom([]int{1, 1, 2}).Draw(rt, "approvals"),
	}
	w.lay("approvals")
	deadline := time.Hour
	w.Timeout = w.limit
	if rapid.Bool().Draw(rt, "expires") { // before the state times out
		w.Timeout, deadline = deadline, w.limit
	}
	rejectAs := rapid.SampledFrom([]string{"failure", "success"}).Draw(rt, "rejectAs")
	for range 2 {
		more := fmt.Sprintf(`, "rejectAs": %q`, rejectAs)
		if w.needed > 1 {
			more += fmt.Sprintf(`, "approvals": %d, "approvers": ["ann@example.com", "bob@example.com", %q, "late@example.com", "guest@example.com"]`, w.needed, slackEve)
		}
		w.asks = append(w.asks, w.askFor(deadline, more))
	}
	log := telemetry.NewLogger(&w.Out, w.Settings.LogLevel)
	settings := config.HTTP{
		Common: w.Settings, CallbacksAuthorizer: config.IAMAuthorizer, ApprovalsTable: "approvals",
		WebhookSources: w.sources(map[string]string{"slack": slackKey}, `[{"name": "slack", "scheme": "slack", "secret": "slack"}]`),
	}
	w.slack = &slackChannel{posts: map[string][]string{}}
	w.environments = rig.NewEnvironments(w.Stack, 3, func(ctx context.Context, client aws.HTTPClient) (*apigw.Adapter, error) {
		return build(ctx, mapper, settings, w.AWS(client), &http.Client{Transport: w.slack}, log, &w.Out)
	})
	w.function = lambda.Timeout(lambda.InvokerFunc(func(ctx context.Context, event []byte) ([]byte, error) {
		return w.environments.Invoke(ctx, func(ctx context.Context, a *apigw.Adapter) ([]byte, error) { return a.Invoke(ctx, event) })
	}), 20*time.Second)
	t.Cleanup(w.under.Wait)
	return w
}

// send hands the function a request of somebody, and returns nothing where API Gateway answers for it.
func (w *people) send(who string, request wire) heard {
	sent := doors()[0].event(request)
	if who != holder && who != slackEve {
		sent = by(sent, jwt(map[string]any{"sub": "sub-" + who, "email": who, "email_verified": "true"}))
	}
	event, err := json.Marshal(sent)
	if err != nil {
		return heard{Body: err.Error()}
	}
	document, err := w.function.Invoke(w.T.Context(), event)
	if err != nil {
		return heard{}
	}
	var answer struct {
		StatusCode int
		Headers    map[string]string
		Body       string
	}
	if err := json.Unmarshal(document, &answer); err != nil {
		return heard{Body: err.Error()}
	}
	return heard{Status: answer.StatusCode, Body: answer.Body}
}

func (w *people) answer(request int, who, decision string) {
	c := &click{request: request, who: who, decision: decision, comment: fmt.Sprintf("CANARY-COMMENT-%04d", len(w.clicks))}
	if who == slackEve {
		c.comment, c.responses = "", fmt.Sprintf("https://hooks.slack.com/actions/T1/2/%d", len(w.clicks))
	}
	w.clicks = append(w.clicks, c)
	w.under.Go(func() {
		if who == slackEve {
			c.heard = w.send(who, c.press(w.asks[request].link))
			return
		}
		c.heard = w.send(who, form(w.asks[request].path(), "decision", decision, "comment", c.comment))
	})
}

func (w *people) look(request int) {
	w.under.Go(func() { w.send("guest@example.com", wire{method: http.MethodGet, path: w.asks[request].path()}) })
}

// settle ends all trouble and waits until nothing is under way, judges, has somebody answer what is still open, and judges again.
func (w *people) settle() error {
	w.under.Wait()
	w.Faults.Clear()
	w.environments.Calm()
	w.environments.Restart() // those that would still die
	if w.disturbed {
		time.Sleep(31 * time.Second) // what a function that overran its time still does
	}
	if err := w.judge(); err != nil {
		return err
	}
	for i := range w.asks {
		open := strings.Contains(w.page(i).Body, "<form")
		w.answer(i, "late@example.com", "reject")
		w.under.Wait()
		if last := w.clicks[len(w.clicks)-1]; last.heard.Status != http.StatusSeeOther {
			return fmt.Errorf("without trouble an answer ends with %+v", last.heard)
		}
		if now := w.page(i); open && !strings.Contains(now.Body, certain) && !strings.Contains(now.Body, tooLateText) && !strings.Contains(now.Body, probable) {
			return fmt.Errorf("an answer without trouble does not end the request: %+v", now)
		}
	}
	return w.judge()
}

func (w *people) page(request int) heard {
	return w.send("late@example.com", wire{method: http.MethodGet, path: w.asks[request].path()})
}

// What the pages say.
const (
	certain     = "The workflow has this answer."
	probable    = "It did not confirm this one, but most likely has it."
	unconfirmed = "An answer may be on its way"
	tooLateText = "This request is not open any more"
)

// judge holds what everybody was told, and what the pages say, against what the workflow was told.
func (w *people) judge() error {
	var tasks []rig.Task
	for _, a := range w.asks {
		tasks = append(tasks, a.Task)
	}
	closings, err := w.Closings(tasks)
	if err != nil {
		return err
	}
	for i, closing := range closings {
		result, err := w.result(i, closing)
		if err != nil {
			return err
		}
		if err := w.judgePage(i, result); err != nil {
			return fmt.Errorf("request %d, closed by %q: %w", i, closing, err)
		}
	}
	return w.Tells(append(w.secrets, "CANARY-COMMENT")...)
}

// result returns the click that closed a task, nil if none did. The workflow must have been told what was said.
func (w *people) result(request int, closing string) (*click, error) {
	text, isOutput := strings.CutPrefix(closing, "output ")
	if !isOutput {
		var isError bool
		if text, isError = strings.CutPrefix(closing, "error ApprovalRejected "); !isError {
			return nil, nil //nolint:nilnil // nobody closed it
		}
	}
	var got struct {
		said

		Approvers []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		return nil, fmt.Errorf("the workflow was told %q: %w", closing, err)
	}
	if got.Approved && w.needed > 1 {
		people := map[string]bool{}
		for _, a := range got.Approvers {
			people[a.ID] = true
			if !w.said(request, a.ID, "approve") {
				return nil, fmt.Errorf("%s did not approve: %q", a.ID, closing)
			}
		}
		if len(people) != w.needed {
			return nil, fmt.Errorf("%d people approved, want %d: %q", len(people), w.needed, closing)
		}
	}
	for _, c := range w.clicks {
		if c.request == request && c.who == got.Approver.ID && c.decision == got.Decision && c.comment == got.Comment {
			return c, nil
		}
	}
	return nil, fmt.Errorf("nobody said what the workflow was told: %q", closing)
}

func (w *people) said(request int, who, decision string) bool {
	for _, c := range w.clicks {
		if c.request == request && c.who == who && c.decision == decision {
			return true
		}
	}
	return false
}

var pageAnswers = regexp.MustCompile(`<dt>Decision</dt><dd[^>]*><bdi>(\w+)</bdi></dd>\s*<dt>Decided by</dt><dd>(?:<bdi>([^<]*)</bdi>)?`)

func (w *people) judgePage(request int, result *click) error {
	page := w.page(request)
	answers := pageAnswers.FindAllStringSubmatch(page.Body, -1)
	tells := func(n int) bool { // whether the n answers that the page has first tell the result
		for _, a := range answers[:min(n, len(answers))] {
			if result != nil && strings.EqualFold(a[1], result.decision) && a[2] == result.who {
				return true
			}
		}
		return false
	}
	switch {
	case strings.Contains(page.Body, certain):
		if !tells(1) || !strings.Contains(page.Body, result.comment) {
			return fmt.Errorf("the page is certain of another answer: %q", answers)
		}
	case strings.Contains(page.Body, probable):
		if result != nil && !tells(1) {
			return fmt.Errorf("the page takes another answer for the likely one: %q", answers)
		}
		if !w.disturbed {
			return errors.New("nothing went wrong, and the page is not certain")
		}
	case result != nil && (!strings.Contains(page.Body, unconfirmed) || !tells(len(answers))):
		return fmt.Errorf("the page knows nothing of it: %+v", page)
	}
	for _, c := range w.clicks {
		if c.request == request {
			if err := w.judgeClick(c, result, page); err != nil {
				return fmt.Errorf("%s, who said %s with %s and heard %d: %w", c.who, c.decision, c.comment, c.heard.Status, err)
			}
		}
	}
	return nil
}

func (w *people) judgeClick(c, result *click, page heard) error {
	if c.who == slackEve && c.heard.Status != 0 {
		return w.judgePress(c, result, page)
	}
	isVote := w.needed > 1 && c.decision == "approve"
	switch c.heard.Status {
	case 0: // API Gateway's answer, which promises nothing
		if !w.disturbed {
			return errors.New("nothing went wrong, and nothing was heard")
		}
	case http.StatusOK:
		if !strings.Contains(c.heard.Body, certain) || result != c {
			return errors.New("this is not the answer that the workflow has")
		}
	case http.StatusSeeOther:
		if strings.Contains(page.Body, "<form") && !isVote {
			return errors.New("the request is open all the same")
		}
	case http.StatusForbidden:
		if w.needed == 1 {
			return errors.New("everybody may decide")
		}
	case http.StatusServiceUnavailable:
		if !strings.Contains(c.heard.Body, c.comment) {
			return errors.New("the comment is lost")
		}
		if !w.disturbed {
			return errors.New("nothing went wrong")
		}
	default:
		return errors.New("this is no answer to a form")
	}
	return nil
}
