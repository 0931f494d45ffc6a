package trial

import (
	"context"
	"errors"
	"fmt"
	"io"

	"callback-completer/internal/callback"
	"callback-completer/internal/mapping"
)

// ErrNoCallback says that at least one payload of the event gives no valid callback.
var ErrNoCallback = errors.New("the event gives no valid callback")

// Options describe a trial.
type Options struct {
	Event    []byte
	Trigger  string // one of Triggers, or empty: told from the event
	Programs []mapping.Program
	Out      io.Writer
}

// Run tells what would become of the event. It returns ErrNoCallback unless every payload gives a valid callback, an
// error of the mappings if one does not compile, and one of Out if it cannot be written to.
func Run(ctx context.Context, o Options) error {
	engine, err := mapping.New(o.Programs...)
	if err != nil {
		return err
	}
	trigger, payloads, err := read(ctx, o.Event, o.Trigger)
	if err != nil {
		return err
	}
	s := &screen{w: o.Out}
	s.line("event       %d bytes, %s", len(o.Event), describe(trigger, payloads))
	valid := true
	for _, p := range payloads {
		if p.name != "" {
			s.line("")
			s.line("%s", p.name)
		}
		valid = s.payload(ctx, engine, p, trigger) && valid
	}
	if s.err != nil {
		return fmt.Errorf("write: %w", s.err)
	}
	if !valid {
		return ErrNoCallback
	}
	return nil
}

func describe(trigger string, payloads []payload) string {
	switch trigger {
	case SQS:
		return "as Amazon SQS hands it to the function"
	case EventBridge:
		return "as Amazon EventBridge hands it to the function"
	case HTTP:
		if payloads[0].http.bare {
			return "as the body of a request"
		}
		return "as a front door hands it to the function"
	default:
		return "a payload as it is"
	}
}

// payload tells of one payload and reports whether it gives a valid callback.
func (s *screen) payload(ctx context.Context, engine *mapping.Engine, p payload, trigger string) bool {
	if p.http != nil {
		s.request(p.http)
		if p.http.delivery == nil {
			s.line("verdict     answered before any mapping is tried")
			s.answers(ctx, p.http, callback.Decision{}, nil)
			return false
		}
	}
	trial, err := engine.Try(ctx, p.text, p.meta)
	s.line("payload     %d bytes, envelopes opened: %s", len(p.text), names(trial.Envelopes))
	var callbacks []callback.Callback
	if err == nil {
		if trial.Plain != "" {
			s.line("            %s", trial.Plain)
		}
		for _, a := range trial.Attempts {
			s.attempt(a)
		}
		var mapped callback.Mapped
		mapped, err = engine.Map(ctx, p.text, p.meta)
		callbacks = mapped.Callbacks
	}
	decision := s.verdict(err, trial, callbacks)
	if p.http != nil {
		s.answers(ctx, p.http, decision, callbacks)
	} else {
		s.triggers(decision.Verdict, trigger)
	}
	if trigger == "" { // it could be posted as well
		if x, failure := post(ctx, []byte(p.text)); failure == nil {
			s.answers(ctx, x, decision, callbacks)
		}
	}
	return err == nil && len(callbacks) > 0
}

// verdict tells what comes of the payload. A callback that is valid counts as delivered.
func (s *screen) verdict(err error, trial mapping.Trial, callbacks []callback.Callback) callback.Decision {
	for _, c := range callbacks {
		s.callback(c)
	}
	decision := callback.Decide(0, err, callback.NoEvidence)
	switch {
	case err != nil:
		s.line("verdict     %s, ErrorCode %s: %s", decision.Verdict, decision.Code, decision.Message)
		s.tokens(trial.Payload)
	case len(callbacks) == 0:
		decision.Verdict = callback.Ignored
		s.line("verdict     ignored: a mapping says that there is nothing to complete yet")
	default:
		s.line("verdict     valid: Step Functions decides")
	}
	return decision
}
