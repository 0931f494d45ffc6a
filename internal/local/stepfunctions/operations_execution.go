package stepfunctions

import (
	"context"
	"slices"

	"callback-completer/internal/local/awsjson"
)

type startInput struct {
	MachineARN *string `json:"stateMachineArn"`
	Name       *string `json:"name"`
	Input      *string `json:"input"`
}

type startOutput struct {
	ARN   string `json:"executionArn"`
	Start Epoch  `json:"startDate"`
}

func (s *Service) opStartExecution(_ context.Context, in startInput) (startOutput, error) {
	if err := present(requiredMember{"stateMachineArn", in.MachineARN}); err != nil {
		return startOutput{}, err
	}
	if in.Name != nil && *in.Name == "" { // absent makes one up, empty is wrong
		var v violations
		v.length("name", "", 1, maxName)
		return startOutput{}, v.err()
	}
	e, err := s.start(*in.MachineARN, value(in.Name), value(in.Input)) //nolint:contextcheck // an execution outlives the call that starts it
	if err != nil {
		return startOutput{}, err
	}
	return startOutput{e.arn, Epoch{e.started}}, nil
}

type executionInput struct {
	ARN   *string `json:"executionArn"`
	Error *string `json:"error"`
	Cause *string `json:"cause"`
}

type stopOutput struct {
	Stop Epoch `json:"stopDate"`
}

func (s *Service) opStopExecution(_ context.Context, in executionInput) (stopOutput, error) {
	if err := present(requiredMember{"executionArn", in.ARN}); err != nil {
		return stopOutput{}, err
	}
	at, err := s.stop(*in.ARN, value(in.Error), value(in.Cause))
	return stopOutput{Epoch{at}}, err
}

type executionItem struct {
	ARN        string `json:"executionArn"`
	MachineARN string `json:"stateMachineArn"`
	Name       string `json:"name"`
	Status     Status `json:"status"`
	Start      Epoch  `json:"startDate"`
	Stop       *Epoch `json:"stopDate,omitempty"`
}

func (d Execution) item() executionItem {
	item := executionItem{ARN: d.ARN, MachineARN: d.MachineARN, Name: d.Name, Status: d.Status, Start: Epoch{d.Started}}
	if !d.Stopped.IsZero() {
		item.Stop = &Epoch{d.Stopped}
	}
	return item
}

// included says that a document is there whole.
type included struct {
	Included bool `json:"included"`
}

type describeExecutionOutput struct {
	executionItem
	Input         string    `json:"input"`
	InputDetails  included  `json:"inputDetails"`
	Output        string    `json:"output,omitempty"`
	OutputDetails *included `json:"outputDetails,omitempty"`
	Error         string    `json:"error,omitempty"`
	Cause         string    `json:"cause,omitempty"`
}

func (s *Service) opDescribeExecution(_ context.Context, in executionInput) (describeExecutionOutput, error) {
	if err := present(requiredMember{"executionArn", in.ARN}); err != nil {
		return describeExecutionOutput{}, err
	}
	d, err := s.DescribeExecution(*in.ARN)
	if err != nil {
		return describeExecutionOutput{}, err
	}
	out := describeExecutionOutput{
		executionItem: d.item(), Input: d.Input, InputDetails: included{true},
		Output: d.Output, Error: d.Error, Cause: d.Cause,
	}
	if d.Output != "" {
		out.OutputDetails = &included{true}
	}
	return out, nil
}

type listExecutionsInput struct {
	page
	MachineARN *string `json:"stateMachineArn"`
	Status     Status  `json:"statusFilter"`
}

type listExecutionsOutput struct {
	Executions []executionItem `json:"executions"`
	NextToken  string          `json:"nextToken,omitempty"`
}

// opListExecutions lists the newest first, as AWS does.
func (s *Service) opListExecutions(_ context.Context, in listExecutionsInput) (listExecutionsOutput, error) {
	if err := present(requiredMember{"stateMachineArn", in.MachineARN}); err != nil {
		return listExecutionsOutput{}, err
	}
	if in.Status != "" && !slices.Contains([]Status{Running, Succeeded, Failed, TimedOut, Aborted}, in.Status) {
		return listExecutionsOutput{}, awsjson.Errorf("ValidationException", "The stand-in has no executions of status %q", in.Status)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.machineLocked(*in.MachineARN)
	if err != nil {
		return listExecutionsOutput{}, err
	}
	all := []executionItem{}
	for _, e := range slices.Backward(s.executions.inOrder) {
		if e.machine == m && (in.Status == "" || in.Status == e.status) {
			all = append(all, e.describeLocked().item())
		}
	}
	items, next, err := pageOf(in.page, all)
	return listExecutionsOutput{items, next}, err
}

type historyInput struct {
	page
	ARN     *string `json:"executionArn"`
	Reverse bool    `json:"reverseOrder"`
	Data    *bool   `json:"includeExecutionData"` // absent is true
}

type historyOutput struct {
	Events    []Event `json:"events"`
	NextToken string  `json:"nextToken,omitempty"`
}

func (s *Service) opGetExecutionHistory(_ context.Context, in historyInput) (historyOutput, error) {
	if err := present(requiredMember{"executionArn", in.ARN}); err != nil {
		return historyOutput{}, err
	}
	events, err := s.History(*in.ARN)
	if err != nil {
		return historyOutput{}, err
	}
	if in.Reverse {
		slices.Reverse(events)
	}
	events, next, err := pageOf(in.page, events)
	if in.Data != nil && !*in.Data {
		for i := range events {
			events[i] = events[i].withoutData()
		}
	}
	return historyOutput{events, next}, err
}
