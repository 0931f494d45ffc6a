package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/stepfunctions"
)

// approvalScenes are what people do with a link.
func approvalScenes() []scene {
	return []scene{
		{
			name: "approval", about: "A person approves on the page; a mail scanner that opened the link before decided nothing",
			expect: []string{
				"waits", "25 looks: 200", "RUNNING", "approve: 303", "goes to Deploy", "SUCCEEDED", "output as documented", "the page shows the answer",
			},
			play: playApproval,
		},
		{
			name: "second click", about: "Whoever answers a second time, or otherwise, is shown the answer that counts",
			expect: []string{"waits", "approve: 303", "again: 303", "reject: 303", "the page shows the answer", "result unchanged"},
			play:   playSecondClick,
		},
		{
			name: "refusal", about: "A person rejects with a reason, and the workflow catches it",
			expect: []string{
				"waits", "without a reason: 400", "RUNNING", "reject: 303", "goes to Rejected", "ApprovalRejected", "cause as documented",
			},
			play: playRefusal,
		},
		{
			name: "no decision", about: "What is not exactly one decision, or is not sent by the page, decides nothing",
			expect: []string{"waits", "no decision: 400", "two: 400", "by the address: 400", "another site: 403", "altered link: 404", "RUNNING"},
			play:   playNoDecision,
		},
	}
}

// looks is how often a scanner opens a link.
const looks = 25

// askedFor is how long the links of scenes last.
const askedFor = time.Hour

func playApproval(ctx context.Context, s *stage) ([]string, error) {
	q, err := s.askPeople(ctx, askedFor)
	if err != nil {
		return nil, err
	}
	facts := []string{q.waits}
	s.say("a mail scanner opens the link %d times, by GET and by HEAD", looks)
	looked, err := s.scan(ctx, q)
	if err != nil {
		return facts, err
	}
	status, err := s.status(q.execution)
	if err != nil {
		return facts, err
	}
	facts = append(facts, looked, string(status))
	comment := s.comment("Tested on staging, go ahead. Zoë")
	answer, err := s.submit(ctx, q.page, q.form(approval.Approve, comment))
	if err != nil {
		return facts, err
	}
	e, after, err := s.answered(ctx, q)
	facts = append(append(facts, fmt.Sprint("approve: ", answer.status)), after...)
	if err != nil {
		return facts, err
	}
	var output struct{ Approval json.RawMessage }
	if err := json.Unmarshal([]byte(e.Output), &output); err != nil {
		return facts, fmt.Errorf("decode the output: %w", err)
	}
	facts = append(facts, string(e.Status), q.documented("output", string(output.Approval), approval.Approve, comment))
	shown, err := s.shows(ctx, q, comment)
	return append(facts, shown), err
}

// scan is the fact on looks at a page.
func (s *stage) scan(ctx context.Context, q question) (string, error) {
	for n := range looks {
		method := http.MethodGet
		if n%2 == 1 {
			method = http.MethodHead
		}
		answer, err := s.look(ctx, method, q.page)
		if err != nil {
			return "", err
		}
		if asks := strings.Contains(answer.body, releaseTitle); answer.status != http.StatusOK || asks != (method == http.MethodGet) {
			return fmt.Sprintf("look %d: %d", n+1, answer.status), nil
		}
	}
	return fmt.Sprintf("%d looks: %d", looks, http.StatusOK), nil
}

// comment takes note of what somebody writes.
func (s *stage) comment(text string) string {
	s.watch(commentKind, text)
	return text
}

// answered waits for the end of an execution and returns the fact on where it went.
func (s *stage) answered(ctx context.Context, q question) (stepfunctions.Execution, []string, error) {
	e, err := s.end(ctx, q.execution)
	if err != nil {
		return e, nil, err
	}
	state, err := s.app.lastState(q.execution)
	return e, []string{"goes to " + state}, err
}

func playSecondClick(ctx context.Context, s *stage) ([]string, error) {
	q, err := s.askPeople(ctx, askedFor)
	if err != nil {
		return nil, err
	}
	facts := []string{q.waits}
	first := s.comment("Yes, this is the first answer")
	var before stepfunctions.Execution
	for _, click := range []struct{ name, decision, comment string }{
		{"approve", approval.Approve, first},
		{"again", approval.Approve, first},
		{"reject", approval.Reject, s.comment("No, this is the second answer")},
	} {
		answer, err := s.submit(ctx, q.page, q.form(click.decision, click.comment))
		if err != nil {
			return facts, err
		}
		facts = append(facts, fmt.Sprint(click.name, ": ", answer.status))
		if before.ARN == "" {
			if before, err = s.end(ctx, q.execution); err != nil {
				return facts, err
			}
		}
	}
	shown, err := s.shows(ctx, q, first)
	if err != nil {
		return facts, err
	}
	after, err := s.end(ctx, q.execution)
	if err != nil {
		return facts, err
	}
	unchanged := "result changed"
	if after == before {
		unchanged = "result unchanged"
	}
	return append(facts, shown, unchanged), nil
}

func playRefusal(ctx context.Context, s *stage) ([]string, error) {
	q, err := s.askPeople(ctx, askedFor)
	if err != nil {
		return nil, err
	}
	facts := []string{q.waits}
	answer, err := s.submit(ctx, q.page, q.form(approval.Reject, ""))
	if err != nil {
		return facts, err
	}
	status, err := s.status(q.execution)
	if err != nil {
		return facts, err
	}
	facts = append(facts, fmt.Sprint("without a reason: ", answer.status), string(status))
	comment := s.comment("Not on a Friday")
	if answer, err = s.submit(ctx, q.page, q.form(approval.Reject, comment)); err != nil {
		return facts, err
	}
	e, after, err := s.answered(ctx, q)
	facts = append(append(facts, fmt.Sprint("reject: ", answer.status)), after...)
	if err != nil {
		return facts, err
	}
	var output struct{ Approval struct{ Error, Cause string } }
	if err := json.Unmarshal([]byte(e.Output), &output); err != nil {
		return facts, fmt.Errorf("decode the output: %w", err)
	}
	caught := output.Approval
	return append(facts, caught.Error, q.documented("cause", caught.Cause, approval.Reject, comment)), nil
}

func playNoDecision(ctx context.Context, s *stage) ([]string, error) {
	q, err := s.askPeople(ctx, askedFor)
	if err != nil {
		return nil, err
	}
	facts := []string{q.waits}
	approve := q.form(approval.Approve, "")
	last := q.page[len(q.page)-1:]
	other := strings.TrimSuffix(q.page, last) + map[bool]string{true: "B", false: "A"}[last == "A"]
	s.know(linkKind, other[strings.LastIndexByte(other, '/')+1:])
	for _, try := range []struct {
		name, page, origin string
		form               url.Values
	}{
		{"no decision", q.page, s.caller.url, url.Values{}},
		{"two", q.page, s.caller.url, url.Values{approval.FormDecision: {approval.Approve, approval.Reject}}},
		{"by the address", q.page + "?" + approve.Encode(), s.caller.url, url.Values{}},
		{"another site", q.page, "https://example.com", approve},
		{"altered link", other, s.caller.url, approve},
	} {
		s.say("somebody sends a form to the page: %s", try.name)
		answer, err := s.submitFrom(ctx, try.page, try.origin, try.form)
		if err != nil {
			return facts, err
		}
		facts = append(facts, fmt.Sprint(try.name, ": ", answer.status))
	}
	status, err := s.status(q.execution)
	return append(facts, string(status)), err
}
