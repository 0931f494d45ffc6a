package stepfunctions

import (
	"context"
	"strings"

	"callback-completer/internal/local/awsjson"
)

// createMachineInput leaves out what has no effect here: logging, tracing, tags and encryption.
type createMachineInput struct {
	Name       *string `json:"name"`
	Definition *string `json:"definition"`
	RoleARN    *string `json:"roleArn"`
	Type       string  `json:"type"`
	Publish    bool    `json:"publish"`
}

type machineItem struct {
	ARN      string `json:"stateMachineArn"`
	Name     string `json:"name,omitempty"`
	Type     string `json:"type,omitempty"`
	Creation Epoch  `json:"creationDate"`
}

func (m *machine) item() machineItem {
	return machineItem{ARN: m.arn, Name: m.name, Type: "STANDARD", Creation: Epoch{m.created}}
}

func (s *Service) opCreateStateMachine(_ context.Context, in createMachineInput) (machineItem, error) {
	err := present(requiredMember{"name", in.Name}, requiredMember{"definition", in.Definition}, requiredMember{"roleArn", in.RoleARN})
	if err != nil {
		return machineItem{}, err
	}
	if in.Type != "" && in.Type != "STANDARD" {
		return machineItem{}, awsjson.Errorf("StateMachineTypeNotSupported",
			"The stand-in has no state machines of type %q; express workflows cannot wait for a task token", in.Type)
	}
	if in.Publish {
		return machineItem{}, awsjson.Errorf("ValidationException", "The stand-in has no state machine versions (publish)")
	}
	if !strings.HasPrefix(*in.RoleARN, "arn:") {
		return machineItem{}, awsjson.Errorf("InvalidArn", "Invalid Role Arn: '%s'", *in.RoleARN)
	}
	m, err := s.createMachine(*in.Name, *in.Definition, *in.RoleARN)
	if err != nil {
		return machineItem{}, err
	}
	return machineItem{ARN: m.arn, Creation: Epoch{m.created}}, nil
}

type machineInput struct {
	ARN *string `json:"stateMachineArn"`
}

type describeMachineOutput struct {
	machineItem
	Status     string `json:"status"`
	Definition string `json:"definition"`
	RoleARN    string `json:"roleArn"`
}

func (s *Service) opDescribeStateMachine(_ context.Context, in machineInput) (describeMachineOutput, error) {
	if err := present(requiredMember{"stateMachineArn", in.ARN}); err != nil {
		return describeMachineOutput{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.machineLocked(*in.ARN)
	if err != nil {
		return describeMachineOutput{}, err
	}
	return describeMachineOutput{m.item(), "ACTIVE", m.definition, m.roleARN}, nil
}

func (s *Service) opDeleteStateMachine(_ context.Context, in machineInput) (empty, error) {
	if err := present(requiredMember{"stateMachineArn", in.ARN}); err != nil {
		return empty{}, err
	}
	return empty{}, s.deleteMachine(*in.ARN)
}

type listMachinesOutput struct {
	Machines  []machineItem `json:"stateMachines"`
	NextToken string        `json:"nextToken,omitempty"`
}

func (s *Service) opListStateMachines(_ context.Context, in page) (listMachinesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	machines, next, err := pageOf(in, s.machines.inOrder)
	if err != nil {
		return listMachinesOutput{}, err
	}
	out := listMachinesOutput{Machines: []machineItem{}, NextToken: next}
	for _, m := range machines {
		out.Machines = append(out.Machines, m.item())
	}
	return out, nil
}
