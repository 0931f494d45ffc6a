package stepfunctions

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"callback-completer/internal/local/awsjson"
)

// Status is an execution's status.
type Status string

// The statuses of a standard execution, without redrives.
const (
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	TimedOut  Status = "TIMED_OUT"
	Aborted   Status = "ABORTED"
)

// Execution is what DescribeExecution says.
type Execution struct {
	ARN, MachineARN, Name string
	Status                Status
	Started               time.Time
	Stopped               time.Time // zero while it runs
	Input                 string
	Output                string // only of a succeeded execution; never decoded on its way
	Error, Cause          string // only of one that failed or was stopped
}

type execution struct {
	arn, name string
	machine   *machine
	input     json.RawMessage
	started   time.Time
	deadline  time.Time // by the machine's TimeoutSeconds; zero is none
	cancel    context.CancelFunc
	ended     chan struct{} // closed with the execution

	// Guarded by Service.mu.
	status  Status
	stopped time.Time
	output  json.RawMessage
	failed  *failure
	events  []Event
	open    *task // the task that waits, if any
}

// errMachineTimeout is the cause of a context that the state machine's TimeoutSeconds ended.
var errMachineTimeout = errors.New("the state machine's TimeoutSeconds are over")

// errEnded says that the execution has been ended by somebody else.
var errEnded = errors.New("the execution has ended")

// StartExecution starts an execution and returns its ARN. An empty name makes one up; an empty input is {}. The name
// of a running execution with the same input answers that execution again.
//
// Errors: StateMachineDoesNotExist, InvalidArn, InvalidName, InvalidExecutionInput (not JSON),
// ExecutionAlreadyExists, ValidationException over a limit (name ≤ 80, input ≤ 262,144 bytes).
func (s *Service) StartExecution(machineARN, name, input string) (arn string, err error) {
	e, err := s.start(machineARN, name, input)
	if err != nil {
		return "", err
	}
	return e.arn, nil
}

func (s *Service) start(machineARN, name, input string) (*execution, error) {
	if name == "" {
		name = rand.Text()
	}
	if input == "" {
		input = "{}"
	}
	if err := checkStart(machineARN, name, input); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.machineLocked(machineARN)
	if err != nil {
		return nil, err
	}
	if s.closed {
		return nil, errClosed
	}
	arn := s.arn("execution", m.name+":"+name)
	if old, ok := s.executions.byARN[arn]; ok {
		if old.status == Running && string(old.input) == input && old.machine == m {
			return old, nil
		}
		return nil, awsjson.Errorf("ExecutionAlreadyExists", "Execution Already Exists: '%s'", arn)
	}
	e := &execution{
		arn: arn, name: name, machine: m, input: json.RawMessage(input), started: time.Now(),
		ended: make(chan struct{}), status: Running,
	}
	ctx := e.prepare()
	e.appendLocked(startedEvent(e))
	s.executions.add(arn, e)
	s.wg.Go(func() { s.run(ctx, e) })
	return e, nil
}

// prepare makes the context that ends with the execution, at the latest at its deadline.
func (e *execution) prepare() context.Context {
	limit := e.machine.program.timeout
	if limit == 0 {
		ctx, cancel := context.WithCancel(context.Background())
		e.cancel = cancel
		return ctx
	}
	e.deadline = e.started.Add(limit)
	ctx, cancel := context.WithDeadlineCause(context.Background(), e.deadline, errMachineTimeout)
	e.cancel = cancel
	return ctx
}

func checkStart(machineARN, name, input string) error {
	var v violations
	v.length("stateMachineArn", machineARN, 1, maxARN)
	v.length("name", name, 1, maxName)
	v.length("input", input, 0, maxData)
	if err := v.err(); err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if !validJSON(input) {
		return awsjson.Errorf("InvalidExecutionInput", "Invalid State Machine Execution Input: 'the input is not valid JSON'")
	}
	return nil
}

// DescribeExecution returns an execution as it is now. Errors: ExecutionDoesNotExist, InvalidArn.
func (s *Service) DescribeExecution(arn string) (Execution, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.executionLocked(arn)
	if err != nil {
		return Execution{}, err
	}
	return e.describeLocked(), nil
}

func (e *execution) describeLocked() Execution {
	d := Execution{
		ARN: e.arn, MachineARN: e.machine.arn, Name: e.name, Status: e.status,
		Started: e.started, Stopped: e.stopped, Input: string(e.input), Output: string(e.output),
	}
	if e.failed != nil {
		d.Error, d.Cause = e.failed.name, e.failed.cause
	}
	return d
}

func (s *Service) executionLocked(arn string) (*execution, error) {
	if err := checkExecutionARN(arn); err != nil {
		return nil, err
	}
	e, ok := s.executions.byARN[arn]
	if !ok {
		return nil, awsjson.Errorf("ExecutionDoesNotExist", "Execution Does Not Exist: '%s'", arn)
	}
	return e, nil
}

// Wait returns the execution once it has ended, or ctx's error. It is not part of AWS's API.
func (s *Service) Wait(ctx context.Context, arn string) (Execution, error) {
	s.mu.Lock()
	e, err := s.executionLocked(arn)
	s.mu.Unlock()
	if err != nil {
		return Execution{}, err
	}
	select {
	case <-e.ended:
		return s.DescribeExecution(arn)
	case <-ctx.Done():
		return Execution{}, fmt.Errorf("waiting for the end of %s: %w", arn, ctx.Err())
	}
}

// StopExecution aborts a running execution and closes its token before it returns. One that has ended stays as it is.
//
// Errors: ExecutionDoesNotExist, InvalidArn, ValidationException over a limit (error ≤ 256, cause ≤ 32,768 bytes).
func (s *Service) StopExecution(arn, errorName, cause string) error {
	_, err := s.stop(arn, errorName, cause)
	return err
}

func (s *Service) stop(arn, errorName, cause string) (time.Time, error) {
	var v violations
	v.length("executionArn", arn, 1, maxARN)
	v.length("error", errorName, 0, maxError)
	v.length("cause", cause, 0, maxCause)
	if err := v.err(); err != nil {
		return time.Time{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.executionLocked(arn)
	if err != nil {
		return time.Time{}, err
	}
	s.endLocked(e, Aborted, nil, &failure{name: errorName, cause: cause})
	return e.stopped, nil
}

// endLocked ends an execution that still runs: first come, first served.
func (s *Service) endLocked(e *execution, status Status, output json.RawMessage, f *failure) {
	if e.status != Running {
		return
	}
	e.appendLocked(endedEvent(status, output, f))
	e.status, e.stopped, e.output, e.failed = status, time.Now(), output, f
	if e.open != nil {
		e.open.closeLocked(outcome{})
	}
	e.cancel()
	close(e.ended)
}
