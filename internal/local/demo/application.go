package demo

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"callback-completer/internal/local"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

// As the template deploys them with its smallest FunctionTimeout, so that a function that hangs is soon found out.
const (
	functionTimeout   = 10 * time.Second
	visibilitySeconds = "60"
	maxReceiveCount   = 5
)

// application is what template.yaml deploys, on the stand-in: the callback queue with its dead-letter queue, the function
// and the event source mapping between them. The request queue stands for the user's own part.
type application struct {
	stack                            *local.Stack
	requests, callbacks, deadLetters *sqs.Queue
	function                         *lambda.Process
	mapping                          *lambda.Mapping
	close                            func() // ends it all and waits for it; may be called again
}

// hooks let a scene or a user look on. Each may be called by several goroutines at once.
type hooks struct {
	log     io.Writer          // what the function writes
	arrived func(event []byte) // before an invocation
	dealt   func(lambda.Batch) // after it
}

// deploy starts the application. When ctx ends its processes are killed; close it all the same.
func deploy(ctx context.Context, o Options, h hooks) (_ *application, err error) {
	stack, err := local.Start(local.Options{Address: o.Address}) //nolint:contextcheck // it serves until Close
	if err != nil {
		return nil, err
	}
	a := &application{stack: stack}
	a.close = sync.OnceFunc(a.end)
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if err := a.createQueues(); err != nil {
		return nil, fmt.Errorf("create the queues: %w", err)
	}
	a.function, err = lambda.Start(ctx, lambda.Config{
		Name: "callback-completer-sqs", Path: o.Bootstrap, Timeout: functionTimeout, Log: h.log,
		// Duplicates are recognised by the memory of the environment that delivered the first: here there is only one.
		MaxEnvironments: 1,
		Env:             append(stack.Env(), "DEAD_LETTER_QUEUE_URL="+a.deadLetters.URL(), "LOG_LEVEL=debug"),
	})
	if err != nil {
		return nil, err
	}
	a.mapping, err = lambda.Map(a.callbacks, announced(a.function, h.arrived), lambda.MappingConfig{ //nolint:contextcheck // close ends it
		ReportBatchItemFailures: true, FunctionTimeout: functionTimeout, Observe: h.dealt,
	})
	if err != nil {
		return nil, fmt.Errorf("connect the queue to the function: %w", err)
	}
	return a, nil
}

func (a *application) createQueues() (err error) {
	if a.requests, err = a.stack.SQS.CreateQueue("requests", nil); err != nil {
		return err
	}
	if a.deadLetters, err = a.stack.SQS.CreateQueue("callbacks-dead-letters", nil); err != nil {
		return err
	}
	a.callbacks, err = a.stack.SQS.CreateQueue("callbacks", map[string]string{
		"VisibilityTimeout": visibilitySeconds,
		"RedrivePolicy":     fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, a.deadLetters.ARN(), maxReceiveCount),
	})
	return err
}

// announced tells of every event before fn is invoked with it.
func announced(fn lambda.Invoker, tell func(event []byte)) lambda.Invoker {
	if tell == nil {
		return fn
	}
	return lambda.InvokerFunc(func(ctx context.Context, event []byte) ([]byte, error) {
		tell(event)
		return fn.Invoke(ctx, event)
	})
}

// end ends everything and waits for it: the processes first, so that no invocation is waited for.
func (a *application) end() {
	if a.function != nil {
		a.function.Close()
	}
	if a.mapping != nil {
		a.mapping.Close()
	}
	a.stack.Close()
}
