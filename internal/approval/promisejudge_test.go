package approval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"callback-completer/internal/approval"
)

// by is who gave an answer, as workflows and pages tell of him.
type by struct {
	id, method string
	verified   bool
}

func byActor(a approval.Actor) by {
	if !a.Verified {
		return by{method: approval.MethodLink}
	}
	return by{a.ID, a.Method, true}
}

// word is an answer as people and the workflow know it.
type word struct {
	by                by
	decision, comment string
}

// result returns what the workflow was told, if it was.
func (p *play) result() (said word, taken bool) {
	told := p.taken()
	if told == nil {
		return word{}, false
	}
	approver, _ := told["approver"].(map[string]any)
	verified, _ := approver["verified"].(bool)
	return word{by{fmt.Sprint(approver["id"]), fmt.Sprint(approver["method"]), verified}, fmt.Sprint(told["decision"]), fmt.Sprint(told["comment"])}, true
}

// judge holds what somebody was told against what is true.
func (p *play) judge(c *click) {
	if c.view == nil {
		return
	}
	said, taken := p.result()
	own := word{byActor(c.who), c.decision, c.comment}
	mine := taken && said == own
	switch c.view.Outcome {
	case approval.OutcomeAnswered:
		if !mine {
			p.t.Fatalf("%+v was told that it is answered, but the workflow has %+v, taken %v", own, said, taken)
		}
	case approval.OutcomeProbable:
		if !p.closed() || taken && !mine {
			p.t.Fatalf("%+v was told that it is most likely answered, but the workflow has %+v", own, said)
		}
	case approval.OutcomeRetry, approval.OutcomeFailed:
		if got := c.view.Kept.Comment.Text(); got != c.comment {
			p.t.Fatalf("%+v is told to try again, and what is left of the comment is %q", own, got)
		}
	case approval.OutcomeVoted:
		if p.request.Approvals < 2 || c.decision != "approve" || !c.who.Verified {
			p.t.Fatalf("%+v counts as a vote", own)
		}
		p.kept(own)
	default:
	}
}

// kept demands that the vote of somebody who was told that it is kept is on the page.
func (p *play) kept(own word) {
	view := p.Show(context.Background(), p.link, known("guest"))
	if !slices.ContainsFunc(view.Standing.Votes, func(a approval.Answer) bool { return wordOf(a) == own }) {
		p.t.Fatalf("%+v was told that it is kept, and the votes are %+v", own, view.Standing.Votes)
	}
}

func wordOf(a approval.Answer) word {
	return word{by{a.By.ID, a.By.Method, a.By.Verified}, a.Option.Value, a.Comment.Text()}
}

func (p *play) closed() bool {
	p.tasks.mu.Lock()
	defer p.tasks.mu.Unlock()
	return p.tasks.closed[p.request.Token.Fingerprint()]
}

// see holds the page against what is true. Of answers that may have arrived it may have forgotten the comment.
func (p *play) see() approval.View {
	view := p.Show(context.Background(), p.link, known("guest"))
	s := view.Standing
	said, taken := p.result()
	says := func(a approval.Answer) bool {
		w := wordOf(a)
		return w.by == said.by && w.decision == said.decision && (w.comment == said.comment || w.comment == "" && !s.Certain)
	}
	switch s.Stage {
	case approval.StageAnswered:
		if (s.Certain || taken) && (!taken || !says(*s.Answer)) {
			p.t.Fatalf("the page says %+v, certain %v; the workflow has %+v, taken %v", wordOf(*s.Answer), s.Certain, said, taken)
		}
		if !s.Certain && !p.closed() {
			p.t.Fatal("the page says that the task is closed, and it is open")
		}
	default:
		if taken && !slices.ContainsFunc(s.Unconfirmed, says) {
			p.t.Fatalf("the workflow has %+v, and the page, which is %s, knows nothing of it", said, s.Stage)
		}
	}
	return view
}

// fair checks that what was taken was allowed.
func (p *play) fair() {
	said := p.taken()
	if said == nil || p.request.Approvals == 1 || said["decision"] == "reject" {
		return
	}
	text, _ := json.Marshal(said["approvers"])
	var approvers []struct{ ID string }
	_ = json.Unmarshal(text, &approvers)
	approved := map[string]bool{}
	for _, a := range approvers {
		approved[a.ID] = slices.ContainsFunc(p.clicks, func(c *click) bool { return c.who.ID == a.ID && c.decision == "approve" })
		if !approved[a.ID] {
			p.t.Fatalf("%s counts and did not approve", a.ID)
		}
	}
	if len(approved) != p.request.Approvals || len(approvers) != p.request.Approvals {
		p.t.Fatalf("%s approved, want %d people", text, p.request.Approvals)
	}
}
