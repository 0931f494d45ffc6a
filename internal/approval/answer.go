package approval

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Show returns what somebody sees who opens a link. It only reads: no mail scanner and no preview changes anything.
func (s *Service) Show(ctx context.Context, linkText string, actor Actor) View {
	i, err := s.find(ctx, linkText)
	if err != nil {
		return s.lost(ctx, err, Submission{})
	}
	return s.look(i, actor)
}

func (s *Service) look(i *item, actor Actor) View {
	now := s.Now()
	return look(i.record.ID, &i.request, i.stand(now), actor, now)
}

// Decide takes a form that somebody sent. The form must be the body's alone, and its caller must have refused what comes
// from another site.
//
// An answer is recorded as an attempt, sent to Step Functions, and its end is recorded. Whoever is told that the workflow
// has his answer is right. Whoever is told that it most likely has, is told so because the task is closed and no other
// answer that is known can have closed it. After a crash anywhere between, the next click goes on.
func (s *Service) Decide(ctx context.Context, linkText string, actor Actor, form url.Values) View {
	for range maxTurns {
		i, err := s.find(ctx, linkText)
		if err != nil {
			v := s.lost(ctx, err, comment(form))
			v.Outcome = map[Screen]Outcome{ScreenMissing: OutcomeMissing, ScreenUnavailable: OutcomeRetry}[v.Screen]
			return v
		}
		view := s.look(i, actor)
		said, problems := ParseSubmission(&i.request, form)
		if v, refused := refuse(i, view, actor, said, problems); refused {
			return v
		}
		v, err := s.take(ctx, i, actor, said, view)
		if !errors.Is(err, ErrConflict) {
			return v
		}
	}
	s.Log.WarnContext(ctx, "an answer could not be recorded, as its record changes all the time")
	v := unavailable(s.Now(), comment(form))
	v.Outcome = OutcomeRetry
	return v
}

// refuse returns what somebody sees whose form is not taken. Who sends the same once more, because he pressed twice, is
// told of the first.
func refuse(i *item, view View, actor Actor, said Submission, problems []Problem) (View, bool) {
	switch {
	case view.Reason == NotOpen && i.link.Sealed():
		view.Outcome = OutcomeLate
		return view, true
	case view.Reason == NotOpen:
		return view.again(OutcomeLate), true
	case view.Reason == VotedAlready && len(problems) == 0 && i.progress.voted(said.by(actor.person(&i.request), view.Now)):
		return view.again(OutcomeVoted), true
	case view.Reason.Forbids(said.Option):
		return view.with(http.StatusForbidden, OutcomeRefused, Submission{}), true
	case len(problems) > 0:
		return view.with(http.StatusBadRequest, OutcomeInvalid, said, problems...), true
	default:
		return View{}, false
	}
}

// by returns what a form says as somebody's answer.
func (s *Submission) by(who person, at time.Time) answer {
	return answer{By: who, Decision: s.Option.Value, Comment: s.Comment.Text(), At: at}
}

// take takes an answer that may be given: as a vote, if more are needed, or to Step Functions. The error is [ErrConflict]
// if the record was changed meanwhile, and the answer must be looked at anew.
func (s *Service) take(ctx context.Context, i *item, actor Actor, said Submission, view View) (View, error) {
	a := said.by(actor.person(&i.request), s.now())
	// Who rejects no longer approves, whatever becomes of the rejection.
	before, approved := view, len(i.progress.Votes)
	if said.Option.Rejects {
		i.progress.Votes = slices.DeleteFunc(i.progress.Votes, func(vote answer) bool { return vote.By.same(a.By) })
	}
	if len(i.progress.Votes) < approved {
		view = s.look(i, actor)
	}
	isVote := !said.Option.Rejects && len(i.progress.Votes)+1 < i.request.Approvals
	var begun call
	if isVote {
		i.progress.Votes = append(i.progress.Votes, a)
	} else {
		var ok bool
		if begun, ok = i.progress.begin(a); !ok {
			return before.with(http.StatusServiceUnavailable, OutcomeRetry, said, ProblemTooManyAttempts), nil
		}
	}
	err := s.save(ctx, i)
	switch {
	case errors.Is(err, ErrConflict):
		return View{}, err
	case err != nil:
		s.Log.WarnContext(ctx, "an answer could not be recorded", "approvalId", i.record.ID, "error", err)
		return before.with(http.StatusServiceUnavailable, OutcomeRetry, said, ProblemUnavailable), nil
	case isVote:
		return view.again(OutcomeVoted), nil
	default:
		return s.deliver(ctx, i, begun, said, view), nil
	}
}
