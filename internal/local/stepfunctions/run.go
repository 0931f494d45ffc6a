package stepfunctions

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// action is what a kind of state does.
type action interface {
	run(ctx context.Context, r *runner, f frame) (transition, error)
	// targets lists the states that the action can lead to beside the state's own Next.
	targets() []string
}

// frame is one stay in a state.
type frame struct {
	state   *state
	raw     json.RawMessage // what the state was given
	input   json.RawMessage // after InputPath
	entered time.Time
}

func (f frame) scope(e *execution, retries int, token string) scope {
	return scope{input: f.input, context: func() json.RawMessage {
		return e.contextObject(f.state.name, f.entered, retries, token)
	}}
}

// transition is how a state is left.
type transition struct {
	output json.RawMessage
	next   string // empty: the state's Next
	done   bool   // OutputPath does not apply: the output comes from a Catch
}

// runner runs one execution in one goroutine.
type runner struct {
	s *Service
	e *execution
}

// run carries an execution to its end.
func (s *Service) run(ctx context.Context, e *execution) {
	output, err := (&runner{s, e}).walk(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	var fail *failure
	switch {
	case err == nil:
		s.endLocked(e, Succeeded, output, nil)
	case errors.As(err, &fail):
		s.endLocked(e, Failed, nil, fail)
	case errors.Is(context.Cause(ctx), errMachineTimeout):
		s.endLocked(e, TimedOut, nil, &failure{})
	}
	// In all other cases who ended the execution has said so.
}

func (r *runner) walk(ctx context.Context) (json.RawMessage, error) {
	doc := r.e.input
	for name := r.e.machine.program.startAt; ; {
		st := r.e.machine.program.states[name]
		if err := r.record(enteredEvent(st, doc)); err != nil {
			return nil, err
		}
		t, err := r.visit(ctx, st, doc)
		if err != nil {
			return nil, err
		}
		if err := checkSize(t.output, name); err != nil {
			return nil, err
		}
		if err := r.record(exitedEvent(st, t.output)); err != nil {
			return nil, err
		}
		if t.next == "" {
			return t.output, nil
		}
		name, doc = t.next, t.output
	}
}

// visit runs one state between InputPath and OutputPath.
func (r *runner) visit(ctx context.Context, st *state, doc json.RawMessage) (transition, error) {
	f := frame{state: st, raw: doc, input: doc, entered: time.Now()}
	if st.kind != "Fail" {
		input, err := f.scope(r.e, 0, "").read(st.inputPath, "InputPath")
		if err != nil {
			return transition{}, err
		}
		f.input = input
	}
	t, err := st.action.run(ctx, r, f)
	if err != nil || t.done {
		return t, err
	}
	if t.next == "" {
		t.next = st.next
	}
	f.input = t.output
	t.output, err = f.scope(r.e, 0, "").read(st.outputPath, "OutputPath")
	return t, err
}

func checkSize(doc json.RawMessage, stateName string) error {
	if len(doc) > maxData {
		return failf(errDataLimit,
			"The state/task '%s' returned a result with a size exceeding the maximum number of bytes service limit.", stateName)
	}
	return nil
}

// record adds an event, or says why the execution must not go on.
func (r *runner) record(ev Event) error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.recordLocked(ev)
}

func (r *runner) recordLocked(ev Event) error {
	if r.e.status != Running {
		return errEnded
	}
	if len(r.e.events) >= maxEvents-1 { // one is left for the end
		return failf(errRuntime, "The execution reached the maximum number of history events (%d).", maxEvents)
	}
	r.e.appendLocked(ev)
	return nil
}
