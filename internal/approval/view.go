package approval

import (
	"net/http"
	"net/url"
	"time"
)

// Screen is which page a person sees.
type Screen string

// The screens. ScreenMissing is for every link that leads nowhere, whatever the cause, and always the same.
const (
	ScreenRequest     Screen = "request"     // what is asked, with the form or with why there is none
	ScreenRefused     Screen = "refused"     // the request is for others and is not shown
	ScreenAnswered    Screen = "answered"    // who decided what
	ScreenEnded       Screen = "ended"       // expired, closed or revoked
	ScreenMissing     Screen = "missing"     // there is no such request
	ScreenUnavailable Screen = "unavailable" // nothing can be said at the moment
)

// Outcome is what became of a form, for logs and metrics. It is empty where nobody sent one.
type Outcome string

// The outcomes of a form.
const (
	OutcomeAnswered Outcome = "answered" // the workflow has the answer
	OutcomeProbable Outcome = "probable" // the task is closed, most likely by this answer
	OutcomeVoted    Outcome = "voted"    // the approval is kept, more are needed
	OutcomeLate     Outcome = "late"     // the request was not open any more
	OutcomeRefused  Outcome = "refused"  // the person may not decide
	OutcomeInvalid  Outcome = "invalid"  // the form has problems
	OutcomeMissing  Outcome = "missing"  // there is no such request
	OutcomeRetry    Outcome = "retry"    // another try may succeed
	OutcomeFailed   Outcome = "failed"   // Step Functions refuses the answer
)

// View is what a person is shown, and the status that goes with it. [Pages] renders it.
type View struct {
	Screen Screen
	// Status is the HTTP status. [net/http.StatusSeeOther] sends the person to the same address by GET, and nothing
	// is rendered.
	Status int
	// Outcome is of a form alone.
	Outcome  Outcome
	ID       ID        // of the request, if there is one
	Request  *Request  // nil unless the screen shows it
	Asked    []string  // on ScreenRefused: who may answer
	Standing *Standing // of Request
	Reason   Reason    // why there is no form
	Problems []Problem // of the form
	Kept     Submission
	Now      time.Time
}

// again sends the person to the page by GET, so that going back or reloading does not send the form once more.
func (v View) again(o Outcome) View {
	v.Status, v.Outcome = http.StatusSeeOther, o
	return v
}

// with shows the form once more, with what was filled in and what is wrong.
func (v View) with(status int, o Outcome, kept Submission, problems ...Problem) View {
	v.Status, v.Outcome, v.Kept, v.Problems = status, o, kept, problems
	return v
}

func missing(now time.Time) View {
	return View{Screen: ScreenMissing, Status: http.StatusNotFound, Now: now}
}

func unavailable(now time.Time, kept Submission) View {
	return View{Screen: ScreenUnavailable, Status: http.StatusServiceUnavailable, Kept: kept, Now: now}
}

// Unbelieved is what everybody sees whose login is not to be believed, whatever his link and whatever he sent.
func Unbelieved(now time.Time) View {
	return View{Screen: ScreenRefused, Status: http.StatusForbidden, Outcome: OutcomeRefused, Reason: LoginRefused, Now: now}
}

// Unidentified is what everybody sees whose login cannot be checked at the moment, with the comment that he sent.
func Unidentified(now time.Time, form url.Values) View {
	v := unavailable(now, comment(form))
	v.Outcome = OutcomeRetry
	return v
}

// look returns what a person sees who only looks.
func look(id ID, r *Request, s Standing, actor Actor, now time.Time) View {
	v := View{ID: id, Now: now, Reason: May(r, &s, actor), Status: http.StatusOK}
	if v.Reason.Hides() {
		v.Screen, v.Status, v.Asked = ScreenRefused, http.StatusForbidden, r.Approvers
		return v
	}
	v.Request, v.Standing = r, &s
	switch s.Stage {
	case StageOpen:
		v.Screen = ScreenRequest
	case StageAnswered:
		v.Screen = ScreenAnswered
	case StageClosed, StageExpired, StageRevoked:
		v.Screen, v.Status = ScreenEnded, http.StatusGone
	}
	return v
}
