package approval

import (
	"context"
	"errors"
	"net/http"

	"callback-completer/internal/callback"
)

// deliver sends an answer whose attempt is recorded, records how that ended, and returns what its author sees.
func (s *Service) deliver(ctx context.Context, i *item, begun call, said Submission, view View) View {
	decision, e := s.call(ctx, i, begun)
	if decision.Verdict == callback.Retry && e.lost {
		// The attempt stays as it is: nobody knows its end.
		return view.with(http.StatusServiceUnavailable, OutcomeRetry, said, ProblemUnavailable)
	}
	fresh, err := s.settle(ctx, i, e)
	switch {
	case err == nil:
		i = fresh
	case e.delivered:
		i.progress.end(e, s.now()) // not recorded, but certain
	default:
		return view.with(http.StatusServiceUnavailable, OutcomeRetry, said, ProblemUnavailable)
	}
	switch {
	case e.delivered || e.closed:
		now := s.Now()
		seen := look(i.record.ID, &i.request, i.stand(now), begun.By.actor(), now)
		seen.Outcome = outcome(&i.progress, &begun.answer)
		if err == nil && !i.link.Sealed() {
			seen.Status = http.StatusSeeOther
		}
		return seen
	case decision.Verdict == callback.Retry:
		return view.with(http.StatusServiceUnavailable, OutcomeRetry, said, ProblemUnavailable)
	default:
		return view.with(http.StatusInternalServerError, OutcomeFailed, said, ProblemCannotBeAnswered)
	}
}

// maybeCarriedOut reports whether a call that failed may have been carried out all the same.
func maybeCarriedOut(err error) bool {
	var e *callback.Error
	return !errors.As(err, &e) || e.AnswerLost
}

// call completes the task and says how that ended.
func (s *Service) call(ctx context.Context, i *item, begun call) (callback.Decision, ending) {
	c := i.request.callback(&begun.answer, i.progress.Votes, i.record.ID)
	err := s.Completer.Complete(ctx, c)
	decision := callback.Decide(c.Outcome, err, callback.NoEvidence)
	e := ending{
		call:      begun,
		delivered: decision.Verdict == callback.Delivered,
		closed:    decision.Verdict == callback.Closed || decision.Verdict == callback.Unconfirmed,
		lost:      err != nil && maybeCarriedOut(err),
	}
	log := s.Log.With("approvalId", i.record.ID, "fingerprint", c.Token.Fingerprint(), "outcome", c.Outcome.String(),
		"method", begun.By.Method, "verdict", decision.Verdict.String())
	switch decision.Verdict {
	case callback.Delivered:
		log.InfoContext(ctx, "an approval was answered")
	case callback.Rejected:
		log.ErrorContext(ctx, "Step Functions refuses the answer to an approval", "code", decision.Code, "reason", decision.Message)
	default:
		log.WarnContext(ctx, "the answer to an approval was not taken", "code", decision.Code, "reason", decision.Message)
	}
	return decision, e
}

// settle records how a call ended, even if whoever asked has gone: what Step Functions said cannot be asked again.
func (s *Service) settle(ctx context.Context, i *item, e ending) (*item, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	now := s.now()
	if i.link.Sealed() {
		i.progress.end(e, now)
		return i, nil
	}
	fresh, err := s.change(ctx, i.link, func(i *item) { i.progress.end(e, now) })
	if err != nil {
		s.Log.ErrorContext(ctx, "the end of an answer's call could not be recorded",
			"approvalId", i.record.ID, "delivered", e.delivered, "closed", e.closed, "error", err)
	}
	return fresh, err
}

// outcome tells what became of an answer after which the task is closed. All who only hold the link are one person as far as
// anybody knows, so that the comment too says whose answer it is.
func outcome(p *progress, mine *answer) Outcome {
	_, certain := p.answered()
	switch {
	case !p.closedBy(mine):
		return OutcomeLate
	case certain:
		return OutcomeAnswered
	default:
		return OutcomeProbable
	}
}
