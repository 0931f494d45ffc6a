package stepfunctions

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// pass is a Pass state.
type pass struct {
	result     json.RawMessage // nil: none
	parameters *template
	resultPath *path
}

func parsePass(n *node) action {
	p := pass{parameters: n.template("Parameters"), resultPath: n.resultPath()}
	if raw, ok := n.take("Result"); ok {
		p.result = raw
	}
	return p
}

func (pass) targets() []string { return nil }

func (p pass) run(_ context.Context, r *runner, f frame) (transition, error) {
	result := f.input
	switch {
	case p.result != nil:
		result = p.result
	case p.parameters != nil:
		var err error
		if result, err = p.parameters.render(f.scope(r.e, 0, "")); err != nil {
			return transition{}, err
		}
	}
	output, err := combine(p.resultPath, f.raw, result)
	return transition{output: output}, err
}

// waiting is a Wait state with Seconds or SecondsPath.
type waiting struct {
	seconds int64
	from    *path // nil: seconds
}

func parseWait(n *node) action {
	fixed, dynamic := n.has("Seconds"), n.has("SecondsPath")
	if fixed == dynamic {
		n.refuse("", "a Wait has either Seconds or SecondsPath")
	}
	w := waiting{seconds: n.whole("Seconds", 0, 0)}
	if dynamic {
		if w.from = n.path("SecondsPath"); w.from == nil {
			n.refuse("SecondsPath", "must be a path")
		}
	}
	return w
}

func (waiting) targets() []string { return nil }

func (w waiting) run(ctx context.Context, r *runner, f frame) (transition, error) {
	seconds := w.seconds
	if w.from != nil {
		raw, ok := f.scope(r.e, 0, "").find(*w.from)
		if !ok {
			return transition{}, failf(errRuntime, "The SecondsPath %s leads nowhere", w.from.text)
		}
		var err error
		seconds, err = strconv.ParseInt(string(raw), 10, 64)
		if err != nil || seconds < 0 || seconds > maxSeconds {
			return transition{}, failf(errRuntime,
				"The SecondsPath %s does not lead to a whole number from 0 to %d", w.from.text, maxSeconds)
		}
	}
	if err := sleep(ctx, time.Duration(seconds)*time.Second); err != nil {
		return transition{}, err
	}
	return transition{output: f.input}, nil
}

// succeed is a Succeed state.
type succeed struct{}

func (succeed) targets() []string { return nil }

func (succeed) run(_ context.Context, _ *runner, f frame) (transition, error) {
	return transition{output: f.input}, nil
}

// fail is a Fail state.
type fail struct{ name, cause string }

func (fail) targets() []string { return nil }

func (s fail) run(context.Context, *runner, frame) (transition, error) {
	return transition{}, &failure{name: s.name, cause: s.cause}
}
