package callback

import (
	"context"
	"log/slog"
	"time"
)

// Service takes payloads to their verdicts. It is safe for concurrent use.
type Service struct {
	Mapper      Mapper
	Completer   Completer
	DeadLetters DeadLetters
	Queue       Queue // nil if there is none
	Ledger      Ledger
	Now         func() time.Time
	Log         *slog.Logger

	tasks turnstile
}

// Handle maps the payload, completes its tasks and returns the verdict. A payload with several callbacks gets
// the verdict that needs the most attention; nothing is sent to Step Functions unless all of them are valid.
//
// It sends no dead letters and puts nothing on the callback queue: that is [Service.Settle], so that a batch can send
// them together.
func (s *Service) Handle(ctx context.Context, d Delivery) Report {
	mapped, err := s.Mapper.Map(ctx, d.Payload, d.Meta)
	report := Report{Mapping: mapped.Mapping, Envelopes: mapped.Envelopes, Callbacks: len(mapped.Callbacks)}
	if err != nil {
		report.Decision = Decide(0, err, NoEvidence)
		return s.finish(report, d)
	}
	report.Verdict = Ignored
	var later postponed
	for i := range mapped.Callbacks {
		c := &mapped.Callbacks[i]
		report.Cuts = append(report.Cuts, c.Cuts...)
		decision, failure := s.deliver(ctx, c)
		end := ending{decision, c.Token.Fingerprint(), failure}
		if i == 0 || end.Verdict.outranks(report.Verdict) {
			report.end(end)
		}
		later.add(*c, end)
	}
	if d.Deferred && s.Queue != nil && len(later.callbacks) > 0 {
		report.postponed = &later
	}
	return s.finish(report, d)
}

// ending is how the call of one callback ended.
type ending struct {
	Decision

	fingerprint string
	failure     *Error
}

func (r *Report) end(e ending) {
	r.Decision, r.Fingerprint, r.Failure = e.Decision, e.fingerprint, e.failure
}

func (s *Service) finish(r Report, d Delivery) Report {
	now := s.Now()
	if !d.SentAt.IsZero() {
		r.Latency = max(0, now.Sub(d.SentAt))
	}
	if r.Verdict.DeadLettered() {
		r.FailedAt = now
	}
	return r
}

// deliver completes one task. Results for the same task take turns, so that the second of two knows what became
// of the first.
func (s *Service) deliver(ctx context.Context, c *Callback) (Decision, *Error) {
	token := c.Token.Digest()
	if c.Outcome != Heartbeat { // heartbeats neither are evidence nor need any
		leave, err := s.tasks.enter(ctx, token)
		if err != nil {
			return Decision{Retry, CodeOutOfTime, "The invocation ended before the callback's turn came."}, nil
		}
		defer leave()
	}
	err := s.complete(ctx, c)
	if err == nil {
		s.record(ctx, token, c)
		return Decision{Verdict: Delivered}, nil
	}
	e := instruction(err)
	known := NoEvidence
	if e.Kind == TaskClosed && c.Outcome != Heartbeat {
		if known, err = s.evidence(ctx, token, c); err != nil {
			return Decision{Retry, CodeLedgerUnavailable, "The record of deliveries could not be read."}, e
		}
	}
	return Decide(c.Outcome, e, known), e
}

// complete makes the call. A heartbeat that fails for the moment is tried once more, at once: later it is worth
// nothing.
func (s *Service) complete(ctx context.Context, c *Callback) error {
	err := s.Completer.Complete(ctx, *c)
	if err != nil && c.Outcome == Heartbeat && instruction(err).Kind == Transient {
		err = s.Completer.Complete(ctx, *c)
	}
	return err
}

func (s *Service) record(ctx context.Context, token Digest, c *Callback) {
	if c.Outcome == Heartbeat {
		return
	}
	if err := s.Ledger.Record(ctx, token, c.ResultDigest()); err != nil {
		s.Log.WarnContext(ctx, "the delivery could not be recorded; a duplicate of it will look closed",
			"fingerprint", c.Token.Fingerprint(), "error", err)
	}
}

func (s *Service) evidence(ctx context.Context, token Digest, c *Callback) (Evidence, error) {
	result, known, err := s.Ledger.Delivered(ctx, token)
	switch {
	case err != nil || !known:
		return NoEvidence, err
	case result == c.ResultDigest():
		return SameResult, nil
	default:
		return DifferentResult, nil
	}
}
