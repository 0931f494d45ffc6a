package stepfunctions

import (
	"encoding/json"
	"fmt"
)

// Error names that the interpreter itself gives.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const (
	errAll             = "States.ALL"
	errTimeout         = "States.Timeout"
	errHeartbeat       = "States.HeartbeatTimeout"
	errTaskFailed      = "States.TaskFailed"
	errRuntime         = "States.Runtime"
	errDataLimit       = "States.DataLimitExceeded"
	errParameterPath   = "States.ParameterPathFailure"
	errResultPathMatch = "States.ResultPathMatchFailure"
	errNoChoice        = "States.NoChoiceMatched"
)

// failure is how a state, and an execution, fails.
type failure struct {
	name, cause string
	expired     bool // by the task's own clock, not by a caller who chose the name States.Timeout
	heartbeat   bool // a missed heartbeat: reported as States.Timeout, matched by States.HeartbeatTimeout too
}

func (f *failure) Error() string { return f.name + ": " + f.cause }

func failf(name, format string, args ...any) *failure {
	return &failure{name: name, cause: fmt.Sprintf(format, args...)}
}

// output is what a Catch puts into the document. Recordings of AWS show an empty Cause, not a missing one.
func (f *failure) output() json.RawMessage {
	var w objectWriter
	w.putText("Error", f.name)
	w.putText("Cause", f.cause)
	return w.object()
}

// matchedBy says whether a Retry or Catch with these ErrorEquals takes the failure. States.Runtime and
// States.DataLimitExceeded always end the execution.
func (f *failure) matchedBy(errorEquals []string) bool {
	if f.name == errRuntime || f.name == errDataLimit {
		return false
	}
	for _, name := range errorEquals {
		switch {
		case name == errAll, name == f.name:
			return true
		case name == errTaskFailed && f.name != errTimeout:
			return true
		case name == errHeartbeat && f.heartbeat:
			return true
		}
	}
	return false
}
