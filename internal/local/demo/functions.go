package demo

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
)

// The functions, by the names of their executables.
const (
	sqsFunction         = "sqs"
	eventBridgeFunction = "eventbridge"
	httpFunction        = "http"
	approvalFunction    = "approval"
)

func functionNames() []string {
	return []string{sqsFunction, eventBridgeFunction, httpFunction, approvalFunction}
}

// Packages returns the packages of the functions' executables, as package bootstrap builds them.
func Packages() []string {
	var all []string
	for _, name := range functionNames() {
		all = append(all, "./functions/"+name)
	}
	return all
}

// As the template deploys them with its smallest FunctionTimeout, so that a function that hangs is soon found out.
const (
	functionTimeout     = 10 * time.Second
	httpFunctionTimeout = 29 * time.Second
)

// startFunction makes a function whose executable lies in folder. Its process starts with the first invocation.
func (a *application) startFunction(ctx context.Context, folder, name string, timeout time.Duration, log io.Writer, env ...string) error {
	fn, err := lambda.Start(ctx, lambda.Config{
		Name: "callback-completer-" + name, Path: filepath.Join(folder, name), Timeout: timeout, Log: log,
		// Duplicates are recognised by the memory of the environment that delivered the first: here there is only one.
		MaxEnvironments: 1,
		Env:             append(a.stack.Env(), append(env, "DEAD_LETTER_QUEUE_URL="+a.deadLetters.URL(), "LOG_LEVEL=debug")...),
	})
	if err != nil {
		return fmt.Errorf("functions/%s: %w", name, err)
	}
	a.functions[name] = fn
	return nil
}

func (a *application) startFunctions(ctx context.Context, folder string, h hooks) error {
	sources := "WEBHOOK_SOURCES=" + a.partners.sources()
	if err := a.startFunction(ctx, folder, sqsFunction, functionTimeout, h.log(sqsFunction), sources); err != nil {
		return err
	}
	if err := a.startFunction(ctx, folder, eventBridgeFunction, functionTimeout, h.log(eventBridgeFunction)); err != nil {
		return err
	}
	if err := a.startFunction(ctx, folder, approvalFunction, functionTimeout, h.log(approvalFunction),
		"APPROVALS_TABLE="+approvalsTable, "APPROVAL_BASE_URL="+a.api.URL(), "APPROVAL_EVENT_BUS="+eventbridge.Bus); err != nil {
		return err
	}
	return a.startFunction(ctx, folder, httpFunction, httpFunctionTimeout, h.log(httpFunction),
		sources, "CALLBACK_QUEUE_URL="+a.callbacks.URL(), "CALLBACKS_AUTHORIZER=iam", "APPROVALS_TABLE="+approvalsTable)
}

// watched is a function of whose invocations h is told.
func (a *application) watched(name string, h hooks) lambda.Invoker {
	return lambda.InvokerFunc(func(ctx context.Context, event []byte) ([]byte, error) {
		if h.arrived != nil {
			h.arrived(name, event)
		}
		answer, err := a.functions[name].Invoke(ctx, event)
		if err != nil && h.failed != nil {
			h.failed(name, err)
		}
		return answer, err
	})
}
