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
	Calls    int       `json:"calls,omitempty"` // the last number of one
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

	// Calls are the numbers of the calls that were begun and of which nobody knows that they failed: each of them may
	// have been carried out.
	Calls []int `json:"calls"`
	// More says that calls were begun which have no number. What becomes of those that have one says nothing of them, so the
	// attempt stays one that may have been carried out.
	More      bool `json:"more,omitempty"`
	Forgot    bool `json:"forgot,omitempty"`    // its comment is not kept any more
	Delivered bool `json:"delivered,omitempty"` // Step Functions said so
}

const (
	// maxAttempts bounds the record. Those that are known to have failed do not count.
	maxAttempts = 32
	// maxCalls is how many calls of one attempt have a number, of those that are not known to have failed.
	maxCalls = 8
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

// call is a call that was begun.
type call struct {
	answer

	number int // from 1; 0: it has none
}

// begin notes that a call is about to be made for the answer. Who says the same again makes another call of the same
// attempt, with its time, however often. It fails if there are too many different answers of which nobody knows the end.
func (p *progress) begin(a answer) (call, bool) {
	i := slices.IndexFunc(p.Attempts, func(b attempt) bool { return b.says(&a) })
	if i < 0 {
		if i = len(p.Attempts); i >= maxAttempts {
			return call{}, false
		}
		p.Attempts = append(p.Attempts, attempt{answer: a})
	}
	mine := &p.Attempts[i]
	begun := call{answer: mine.answer}
	if len(mine.Calls) < maxCalls {
		p.Calls++
		begun.number = p.Calls
		mine.Calls = append(mine.Calls, p.Calls)
	} else {
		mine.More = true
	}
	if old := len(p.Attempts) - maxComments - 1; old >= 0 && p.Attempts[old].Comment != "" {
		p.Attempts[old].Comment, p.Attempts[old].Forgot = "", true
	}
	return begun, true
}

// says reports whether it is known to be this answer.
func (b *attempt) says(a *answer) bool { return !b.Forgot && b.same(a) }

// closedBy reports whether this answer closed the task and no other can have, not even one of the same person with another
// comment.
func (p *progress) closedBy(a *answer) bool {
	closing, certain := p.answered()
	if certain {
		return closing.same(a)
	}
	return closing != nil && !slices.ContainsFunc(p.Attempts, func(b attempt) bool { return !b.says(a) })
}

// ending is how a call ended.
type ending struct {
	call      call
	delivered bool // Step Functions took the answer
	closed    bool // the task takes no answer any more
	lost      bool // an earlier try of the call may have been carried out all the same
}

// end notes how a call ended. To note it twice does no harm: the write before may have been done though it seemed to fail.
func (p *progress) end(e ending, now time.Time) {
	if e.closed && p.Closed.IsZero() {
		p.Closed = now
	}
	switch {
	case e.delivered: // and so no other was
		p.Attempts = []attempt{{answer: e.call.answer, Calls: []int{e.call.number}, Delivered: true}}
	case !e.lost:
		p.Attempts = slices.DeleteFunc(p.Attempts, func(a attempt) bool {
			return !a.Delivered && !a.More && len(a.Calls) == 1 && a.Calls[0] == e.call.number
		})
		for i := range p.Attempts {
			p.Attempts[i].Calls = slices.DeleteFunc(p.Attempts[i].Calls, func(n int) bool { return n == e.call.number })
		}
	}
}

// answered returns the answer that closed the task, if one did. It is certain if Step Functions took it. It is probable
// if the task is closed and this is the only answer that can have closed it. Where one person gave the same one with several
// comments, it has none: nobody knows which.
func (p *progress) answered() (a *answer, certain bool) {
	for i := range p.Attempts {
		if p.Attempts[i].Delivered {
			return &p.Attempts[i].answer, true
		}
	}
	if p.Closed.IsZero() || len(p.Attempts) == 0 {
		return nil, false
	}
	first := p.Attempts[0].answer
	for i := range p.Attempts {
		a := &p.Attempts[i].answer
		if !a.By.same(first.By) || a.Decision != first.Decision {
			return nil, false
		}
		if a.Comment != first.Comment {
			first.Comment = ""
		}
	}
	return &first, false
}

// voted reports whether an approval is kept already, with its comment.
func (p *progress) voted(a answer) bool {
	return slices.ContainsFunc(p.Votes, func(vote answer) bool { return vote.same(&a) })
}
