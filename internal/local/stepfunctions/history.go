package stepfunctions

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Event is one event of an execution's history, in the form of GetExecutionHistory. The member named after its type is set.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
type Event struct {
	ID         int64  `json:"id"` // from 1, without gaps
	PreviousID int64  `json:"previousEventId"`
	Timestamp  Epoch  `json:"timestamp"`
	Type       string `json:"type"` // "TaskScheduled"

	ExecutionStarted   *StartedDetails   `json:"executionStartedEventDetails,omitempty"`
	ExecutionSucceeded *SucceededDetails `json:"executionSucceededEventDetails,omitempty"`
	ExecutionFailed    *FailureDetails   `json:"executionFailedEventDetails,omitempty"`
	ExecutionAborted   *FailureDetails   `json:"executionAbortedEventDetails,omitempty"`
	ExecutionTimedOut  *FailureDetails   `json:"executionTimedOutEventDetails,omitempty"`
	StateEntered       *EnteredDetails   `json:"stateEnteredEventDetails,omitempty"`
	StateExited        *ExitedDetails    `json:"stateExitedEventDetails,omitempty"`
	TaskScheduled      *ScheduledDetails `json:"taskScheduledEventDetails,omitempty"`
	TaskStarted        *TaskDetails      `json:"taskStartedEventDetails,omitempty"`
	TaskSubmitted      *TaskDetails      `json:"taskSubmittedEventDetails,omitempty"`
	TaskSucceeded      *TaskDetails      `json:"taskSucceededEventDetails,omitempty"`
	TaskFailed         *TaskDetails      `json:"taskFailedEventDetails,omitempty"`
	TaskTimedOut       *TaskDetails      `json:"taskTimedOutEventDetails,omitempty"`
}

// Epoch is a time that JSON shows as seconds since 1970, with milliseconds.
type Epoch struct{ time.Time }

// MarshalJSON returns a number.
func (t Epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t.UnixMilli())/1000, 'f', 3, 64), nil
}

// Cut says whether AWS shortened a document; the stand-in never does.
type Cut struct {
	Truncated bool `json:"truncated"`
}

// StartedDetails belong to ExecutionStarted.
type StartedDetails struct {
	Input        string `json:"input,omitempty"`
	InputDetails *Cut   `json:"inputDetails,omitempty"`
	RoleARN      string `json:"roleArn"`
}

// SucceededDetails belong to ExecutionSucceeded.
type SucceededDetails struct{ OutputDocument }

// FailureDetails belong to ExecutionFailed, ExecutionAborted and ExecutionTimedOut.
type FailureDetails struct {
	Error string `json:"error,omitempty"`
	Cause string `json:"cause,omitempty"`
}

// EnteredDetails belong to TaskStateEntered and its like.
type EnteredDetails struct {
	Name         string `json:"name"`
	Input        string `json:"input,omitempty"`
	InputDetails *Cut   `json:"inputDetails,omitempty"`
}

// ExitedDetails belong to TaskStateExited and its like.
type ExitedDetails struct {
	Name string `json:"name"`
	OutputDocument
}

// ScheduledDetails belong to TaskScheduled. Parameters hold the task token, as on AWS.
type ScheduledDetails struct {
	ResourceType string `json:"resourceType"`
	Resource     string `json:"resource"`
	Region       string `json:"region"`
	Parameters   string `json:"parameters"`
	Timeout      int64  `json:"timeoutInSeconds,omitempty"`
	Heartbeat    int64  `json:"heartbeatInSeconds,omitempty"`
}

// TaskDetails belong to the other events of a task.
type TaskDetails struct {
	ResourceType string `json:"resourceType"`
	Resource     string `json:"resource"`
	OutputDocument
	FailureDetails
}

// OutputDocument is an output and whether it is whole.
type OutputDocument struct {
	Output        string `json:"output,omitempty"`
	OutputDetails *Cut   `json:"outputDetails,omitempty"`
}

// History returns an execution's events so far. Errors: ExecutionDoesNotExist, InvalidArn.
func (s *Service) History(arn string) ([]Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.executionLocked(arn)
	if err != nil {
		return nil, err
	}
	return slices.Clone(e.events), nil
}

// appendLocked numbers and dates an event. AWS gives the first two events no predecessor.
func (e *execution) appendLocked(ev Event) {
	ev.ID, ev.Timestamp = int64(len(e.events)+1), Epoch{time.Now()}
	if ev.ID > 2 {
		ev.PreviousID = ev.ID - 1
	}
	e.events = append(e.events, ev)
}

func documentOf(doc json.RawMessage) OutputDocument {
	return OutputDocument{Output: string(doc), OutputDetails: &Cut{}}
}

func startedEvent(e *execution) Event {
	return Event{Type: "ExecutionStarted", ExecutionStarted: &StartedDetails{
		Input: string(e.input), InputDetails: &Cut{}, RoleARN: e.machine.roleARN,
	}}
}

func endedEvent(status Status, output json.RawMessage, f *failure) Event {
	var d *FailureDetails
	if f != nil {
		d = &FailureDetails{Error: f.name, Cause: f.cause}
	}
	switch status {
	case Succeeded:
		return Event{Type: "ExecutionSucceeded", ExecutionSucceeded: &SucceededDetails{documentOf(output)}}
	case Aborted:
		return Event{Type: "ExecutionAborted", ExecutionAborted: d}
	case TimedOut:
		return Event{Type: "ExecutionTimedOut", ExecutionTimedOut: d}
	case Failed, Running: // nothing ends as running
	}
	return Event{Type: "ExecutionFailed", ExecutionFailed: d}
}

func enteredEvent(st *state, input json.RawMessage) Event {
	return Event{Type: st.kind + "StateEntered", StateEntered: &EnteredDetails{
		Name: st.name, Input: string(input), InputDetails: &Cut{},
	}}
}

func exitedEvent(st *state, output json.RawMessage) Event {
	return Event{Type: st.kind + "StateExited", StateExited: &ExitedDetails{Name: st.name, OutputDocument: documentOf(output)}}
}

func scheduledEvent(region string, a *taskAction, params json.RawMessage) Event {
	return Event{Type: "TaskScheduled", TaskScheduled: &ScheduledDetails{
		ResourceType: a.resourceType, Resource: a.resource, Region: region, Parameters: string(params),
		Timeout: int64(a.timeout / time.Second), Heartbeat: int64(a.heartbeat / time.Second),
	}}
}

func (a *taskAction) details() *TaskDetails {
	return &TaskDetails{ResourceType: a.resourceType, Resource: a.resource}
}

func taskStartedEvent(a *taskAction) Event {
	return Event{Type: "TaskStarted", TaskStarted: a.details()}
}

func submittedEvent(a *taskAction, output json.RawMessage) Event {
	d := a.details()
	d.OutputDocument = documentOf(output)
	return Event{Type: "TaskSubmitted", TaskSubmitted: d}
}

func resultEvent(a *taskAction, o outcome) Event {
	d := a.details()
	if o.fail == nil {
		d.OutputDocument = documentOf(o.output)
		return Event{Type: "TaskSucceeded", TaskSucceeded: d}
	}
	d.FailureDetails = FailureDetails{Error: o.fail.name, Cause: o.fail.cause}
	if o.fail.expired {
		return Event{Type: "TaskTimedOut", TaskTimedOut: d}
	}
	return Event{Type: "TaskFailed", TaskFailed: d}
}

// withoutData returns a copy without the documents, for includeExecutionData false.
func (ev Event) withoutData() Event {
	if d := ev.ExecutionStarted; d != nil {
		ev.ExecutionStarted = &StartedDetails{RoleARN: d.RoleARN}
	}
	if ev.ExecutionSucceeded != nil {
		ev.ExecutionSucceeded = &SucceededDetails{}
	}
	if d := ev.StateEntered; d != nil {
		ev.StateEntered = &EnteredDetails{Name: d.Name}
	}
	if d := ev.StateExited; d != nil {
		ev.StateExited = &ExitedDetails{Name: d.Name}
	}
	if d := ev.TaskScheduled; d != nil {
		bare := *d
		bare.Parameters = ""
		ev.TaskScheduled = &bare
	}
	for _, d := range []**TaskDetails{&ev.TaskSubmitted, &ev.TaskSucceeded} {
		if *d != nil {
			*d = &TaskDetails{ResourceType: (*d).ResourceType, Resource: (*d).Resource}
		}
	}
	return ev
}
