package demo

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/local/stepfunctions"
)

//go:embed definitions/*.asl.json
var definitions embed.FS

// create makes a state machine of one of the definitions, or finds it, and returns its ARN.
func (a *application) create(name string) (arn string, err error) {
	text, err := definitions.ReadFile("definitions/" + name + ".asl.json")
	if err != nil {
		return "", fmt.Errorf("read the definition: %w", err)
	}
	definition := strings.NewReplacer(
		"${RequestQueueUrl}", a.requests.URL(), "${ApprovalFunctionArn}", a.stack.Functions.ARN(approvalFunction),
	).Replace(string(text))
	arn, err = a.stack.StepFunctions.CreateStateMachine(name, definition)
	if err != nil {
		return "", fmt.Errorf("create the state machine %s: %w", name, err)
	}
	return arn, nil
}

// start starts an execution and returns its ARN once it waits for its token: TaskSubmitted is in its history.
func (a *application) start(ctx context.Context, definition, input string) (arn string, err error) {
	machine, err := a.create(definition)
	if err != nil {
		return "", err
	}
	if arn, err = a.stack.StepFunctions.StartExecution(machine, "", input); err != nil { //nolint:contextcheck // it outlives the call
		return "", fmt.Errorf("start an execution: %w", err)
	}
	look := time.NewTicker(5 * time.Millisecond) // executions tell nobody how far they are, here or on AWS
	defer look.Stop()
	for {
		e, err := a.stack.StepFunctions.DescribeExecution(arn)
		if err != nil {
			return "", fmt.Errorf("describe the execution: %w", err)
		}
		history, err := a.stack.StepFunctions.History(arn)
		switch {
		case err != nil:
			return "", fmt.Errorf("read the history: %w", err)
		case slices.ContainsFunc(history, func(e stepfunctions.Event) bool { return e.Type == "TaskSubmitted" }):
			return arn, nil
		case e.Status != stepfunctions.Running:
			return "", fmt.Errorf("it is %s before it waits: %s: %s", e.Status, e.Error, e.Cause)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return "", fmt.Errorf("wait for TaskSubmitted: %w", context.Cause(ctx))
		}
	}
}

// lastState returns the name of the state that an execution entered last.
func (a *application) lastState(arn string) (string, error) {
	history, err := a.stack.StepFunctions.History(arn)
	if err != nil {
		return "", fmt.Errorf("read the history: %w", err)
	}
	for _, e := range slices.Backward(history) {
		if e.StateEntered != nil && strings.HasSuffix(e.Type, "Entered") {
			return e.StateEntered.Name, nil
		}
	}
	return "", nil
}
