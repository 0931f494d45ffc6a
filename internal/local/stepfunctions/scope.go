package stepfunctions

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// scope is where paths look: `$` in the state's input, `$$` in the context object.
type scope struct {
	input   json.RawMessage
	context func() json.RawMessage
}

func (sc scope) find(p path) (json.RawMessage, bool) {
	if p.context {
		return p.find(sc.context())
	}
	return p.find(sc.input)
}

// read applies InputPath or OutputPath; a null path gives an empty object.
func (sc scope) read(p *path, field string) (json.RawMessage, error) {
	if p == nil {
		return json.RawMessage(`{}`), nil
	}
	value, ok := sc.find(*p)
	if !ok {
		return nil, failf(errRuntime, "Invalid path '%s': the %s leads nowhere", p.text, field)
	}
	return value, nil
}

// known says whether a path into the context object names something that the interpreter gives.
func (p path) known() bool {
	if !p.context || len(p.steps) == 0 {
		return true
	}
	first := p.steps[0].name
	members, ok := map[string][]string{
		"Execution":    {"Id", "Input", "Name", "RoleArn", "StartTime"},
		"State":        {"EnteredTime", "Name", "RetryCount"},
		"StateMachine": {"Id", "Name"},
		"Task":         {"Token"},
	}[first]
	return ok && (len(p.steps) == 1 || slices.Contains(members, p.steps[1].name))
}

// contextObject is the execution as `$$` shows it. token is empty outside a Task.
// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
func (e *execution) contextObject(stateName string, entered time.Time, retries int, token string) json.RawMessage {
	var exec, st, machine, all objectWriter
	exec.putText("Id", e.arn)
	exec.put(quote("Input"), e.input)
	exec.putText("Name", e.name)
	exec.putText("RoleArn", e.machine.roleARN)
	exec.putText("StartTime", contextTime(e.started))
	st.putText("EnteredTime", contextTime(entered))
	st.putText("Name", stateName)
	st.put(quote("RetryCount"), json.RawMessage(strconv.Itoa(retries)))
	machine.putText("Id", e.machine.arn)
	machine.putText("Name", e.machine.name)
	all.put(quote("Execution"), exec.object())
	all.put(quote("State"), st.object())
	all.put(quote("StateMachine"), machine.object())
	if token != "" {
		var task objectWriter
		task.putText("Token", token)
		all.put(quote("Task"), task.object())
	}
	return all.object()
}

func contextTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
