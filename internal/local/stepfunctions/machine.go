package stepfunctions

import (
	"time"

	"callback-completer/internal/local/awsjson"
)

// machine is a state machine. It does not change after its creation.
type machine struct {
	arn, name, definition, roleARN string
	created                        time.Time
	program                        *program
}

const defaultRole = "arn:aws:iam::123456789012:role/stand-in"

// CreateStateMachine creates a standard state machine and returns its ARN. The same name with the same definition
// answers the same again.
//
// Errors: InvalidDefinition names everything in the definition that is wrong or that the stand-in does not carry
// out; InvalidName; StateMachineAlreadyExists; ValidationException over a limit (name 1–80, definition 1–1,048,576 bytes).
func (s *Service) CreateStateMachine(name, definition string) (arn string, err error) {
	m, err := s.createMachine(name, definition, defaultRole)
	if err != nil {
		return "", err
	}
	return m.arn, nil
}

func (s *Service) createMachine(name, definition, roleARN string) (*machine, error) {
	var v violations
	v.length("name", name, 1, maxName)
	v.length("definition", definition, 1, maxDefinition)
	v.length("roleArn", roleARN, 1, maxARN)
	if err := v.err(); err != nil {
		return nil, err
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	p, err := parseDefinition(definition, s.integrations)
	if err != nil {
		return nil, err
	}
	m := &machine{
		arn: s.arn("stateMachine", name), name: name, definition: definition, roleARN: roleARN,
		created: time.Now(), program: p,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if old, ok := s.machines.byARN[m.arn]; ok {
		if old.definition == definition && old.roleARN == roleARN {
			return old, nil
		}
		return nil, awsjson.Errorf("StateMachineAlreadyExists", "State Machine Already Exists: '%s'", m.arn)
	}
	s.machines.add(m.arn, m)
	return m, nil
}

// machineLocked finds a state machine by its ARN. The caller holds mu.
func (s *Service) machineLocked(arn string) (*machine, error) {
	if err := checkMachineARN(arn); err != nil {
		return nil, err
	}
	m, ok := s.machines.byARN[arn]
	if !ok {
		return nil, awsjson.Errorf("StateMachineDoesNotExist", "State Machine Does Not Exist: '%s'", arn)
	}
	return m, nil
}

// deleteMachine forgets a state machine; its executions run on to their end. One that is not there is no error.
func (s *Service) deleteMachine(arn string) error {
	if err := checkMachineARN(arn); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.machines.remove(arn, func(m *machine) bool { return m.arn == arn })
	return nil
}
