package approval

import "time"

// Stage is how a request stands, which depends on the time too.
type Stage string

// The stages. Closed is a request whose task was found to take no answer, though none that is known of closed it: the
// state timed out, the execution ended, or somebody answered by other means.
const (
	StageOpen     Stage = "open"
	StageAnswered Stage = "answered"
	StageClosed   Stage = "closed"
	StageExpired  Stage = "expired"
	StageRevoked  Stage = "revoked"
)

// Standing is what became of a request so far.
type Standing struct {
	Stage Stage
	// Answer is what closed the task, nil unless answered.
	Answer *Answer
	// Certain says that Step Functions confirmed the answer. Without it the task is closed, nobody saw the answer taken,
	// and no other answer can have closed it but one given by other means.
	Certain bool
	// Votes are the approvals so far, where several are needed.
	Votes []Answer
	// Unconfirmed are answers that were sent without anybody knowing whether they arrived. As long as the request is
	// open, answering again is safe.
	Unconfirmed []Answer
}

// Answer is what somebody decided.
type Answer struct {
	Option  Option
	Comment Comment
	By      Approver
	At      time.Time
}

// Approver is who decided.
type Approver struct {
	ID       string // empty if nobody knows
	Method   string // [MethodLink] or how the identity was verified
	Verified bool

	person person
}

// stand tells how a request stands now.
func stand(r *Request, state State, p *progress, now time.Time) Standing {
	s := Standing{Stage: StageOpen, Votes: r.answers(p.Votes)}
	a, certain := p.answered()
	switch {
	case a != nil:
		answered := r.answer(a)
		s.Stage, s.Answer, s.Certain = StageAnswered, &answered, certain
		return s
	case !p.Closed.IsZero():
		s.Stage = StageClosed
	case state == Revoked:
		s.Stage = StageRevoked
	case !now.Before(r.Expires):
		s.Stage = StageExpired
	}
	for i := range p.Attempts {
		s.Unconfirmed = append(s.Unconfirmed, r.answer(&p.Attempts[i].answer))
	}
	return s
}

func (r *Request) answers(all []answer) []Answer {
	var given []Answer
	for i := range all {
		given = append(given, r.answer(&all[i]))
	}
	return given
}

func (r *Request) answer(a *answer) Answer {
	option, _ := r.Option(a.Decision)
	return Answer{
		Option: option, Comment: NewComment(a.Comment), At: a.At,
		By: Approver{ID: a.By.ID, Method: a.By.Method, Verified: a.By.Verified, person: a.By},
	}
}
