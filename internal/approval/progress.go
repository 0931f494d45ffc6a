package approval

import (
	"encoding/json"
	"slices"
	"time"
)

// progress is what happened to a request, as its record keeps it sealed.
//
// Step Functions decides between two answers: it takes the first and says of every later one that the task is closed,
// as it does when the task timed out. So an answer is written down before the call that delivers it, and
// what is written down tells afterwards whose answer can have closed the task.
type progress struct {
	Votes    []answer  `json:"votes,omitempty"` // approvals before the last one that is needed
	Attempts []attempt `json:"attempts,omitempty"`
	Last     int       `json:"last,omitempty"` // the number of the newest attempt ever made
	// Closed is when Step Functions first said that the task takes no answer; zero if it never did.
	Closed time.Time `json:"closed,omitzero"`
}

// answer is what somebody decided.
type answer struct {
	By       person    `json:"by"`
	Decision string    `json:"decision"`
	Comment  string    `json:"comment,omitempty"`
	At       time.Time `json:"at"`
}

// same reports whether one person says the same twice.
func (a *answer) same(b *answer) bool {
	return a.By.same(b.By) && a.Decision == b.Decision && a.Comment == b.Comment
}

// attempt is an answer that goes to Step Functions.
type attempt struct {
	answer

	Number int `json:"number"`
	// Calls is how many calls were begun of which nobody knows that they failed: each of them may have been carried out.
	Calls     int  `json:"calls"`
	Delivered bool `json:"delivered,omitempty"` // Step Functions said so
}

const (
	// maxAttempts bounds the record. Attempts that are known to have failed do not count.
	maxAttempts = 32
	// maxComments is how many attempts keep their comment: the newest.
	maxComments = 4
)

func parseProgress(text []byte) (progress, error) {
	var p progress
	if len(text) == 0 {
		return p, nil
	}
	err := json.Unmarshal(text, &p)
	return p, err
}

// begin notes a call that is about to be made for the answer, and returns its attempt. Who says the same again makes
// another call of the same attempt. It fails if there are too many attempts whose end nobody knows.
func (p *progress) begin(a answer) (attempt, bool) {
	for i := range p.Attempts {
		if p.Attempts[i].same(&a) {
			p.Attempts[i].Calls++
			return p.Attempts[i], true
		}
	}
	if len(p.Attempts) >= maxAttempts {
		return attempt{}, false
	}
	p.Last++
	p.Attempts = append(p.Attempts, attempt{answer: a, Number: p.Last, Calls: 1})
	if old := len(p.Attempts) - maxComments - 1; old >= 0 {
		p.Attempts[old].Comment = ""
	}
	return p.Attempts[len(p.Attempts)-1], true
}

// ending is how a call ended.
type ending struct {
	number    int  // the attempt's
	delivered bool // Step Functions took the answer
	closed    bool // the task takes no answer any more
	lost      bool // an earlier try of the call may have been carried out all the same
}

// end notes how a call ended.
func (p *progress) end(e ending, now time.Time) {
	i := slices.IndexFunc(p.Attempts, func(a attempt) bool { return a.Number == e.number })
	if e.closed && p.Closed.IsZero() {
		p.Closed = now
	}
	switch {
	case i < 0: // another answer was delivered
	case e.delivered:
		p.Attempts[i].Delivered = true
		p.Attempts = []attempt{p.Attempts[i]} // no other can have been delivered
	case p.Attempts[i].Delivered || e.lost:
	case p.Attempts[i].Calls > 1:
		p.Attempts[i].Calls--
	default:
		p.Attempts = slices.Delete(p.Attempts, i, i+1)
	}
}

// answered returns the answer that closed the task, if one did. It is certain if Step Functions took it. It is probable
// if the task is closed and this is the only answer that can have closed it.
func (p *progress) answered() (a *answer, certain bool) {
	for i := range p.Attempts {
		if p.Attempts[i].Delivered {
			return &p.Attempts[i].answer, true
		}
	}
	if p.Closed.IsZero() || len(p.Attempts) == 0 {
		return nil, false
	}
	first := &p.Attempts[0].answer
	for i := range p.Attempts {
		if a := &p.Attempts[i].answer; !a.By.same(first.By) || a.Decision != first.Decision {
			return nil, false
		}
	}
	return first, false
}

// voted returns the vote of a person, nil if there is none.
func (p *progress) voted(by person) *answer {
	for i := range p.Votes {
		if p.Votes[i].By.same(by) {
			return &p.Votes[i]
		}
	}
	return nil
}
