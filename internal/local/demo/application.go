package demo

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/lambda"
)

// application is what template.yaml deploys with everything switched on, on the stand-in: queues, the table of approvals, the
// functions and what invokes them. The request queues and the partners stand for the user's own part.
type application struct {
	queues
	approvals

	stack     *local.Stack
	faults    *fault.Injector // what Step Functions and SQS suffer
	partners  partners
	functions map[string]*lambda.Process // by name
	mapping   *lambda.Mapping            // from the callback queue to functions/sqs
	api       *local.Server              // API Gateway before functions/http
	deployed  chan struct{}              // closed when there is all that the API needs
	close     func()                     // ends it all and waits for it; may be called again
}

// hooks let a scene or a user look on. Each may be called by several goroutines at once.
type hooks struct {
	log      func(function string) io.Writer         // takes what a function writes
	arrived  func(function string, event []byte)     // before an invocation; may be nil
	failed   func(function string, err error)        // after an invocation that failed; may be nil
	dealt    func(lambda.Batch)                      // after one of functions/sqs
	ended    func(lambda.AsyncResult)                // when Lambda is done with an event
	answered func(method, path string, answer reply) // by the API; may be nil
	asked    func(event []byte)                      // when people are sent a link; may be nil
}

// deploy starts the application. The waits of Lambda's retries are its own where retries is nil. When ctx ends the
// processes are killed; close it all the same.
func deploy(ctx context.Context, o Options, retries []time.Duration, h hooks) (_ *application, err error) {
	a := &application{faults: &fault.Injector{}, functions: map[string]*lambda.Process{}, deployed: make(chan struct{})}
	a.stack, err = local.Start(local.Options{Address: o.Address, Faults: a.faults, Own: a.links}) //nolint:contextcheck // it serves until Close
	if err != nil {
		return nil, err
	}
	a.close = sync.OnceFunc(a.end)
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if a.queues, err = createQueues(a.stack.SQS); err != nil {
		return nil, fmt.Errorf("create the queues: %w", err)
	}
	if a.partners, err = signUp(a.stack.Secrets); err != nil {
		return nil, fmt.Errorf("store the partners' secrets: %w", err)
	}
	if err := a.openApprovals(o.Data); err != nil {
		return nil, err
	}
	if err := a.openAPI(o.API, h); err != nil { //nolint:contextcheck // it serves until Close
		return nil, fmt.Errorf("put an API before its function: %w", err)
	}
	if err := a.startFunctions(ctx, o.Functions, h); err != nil {
		return nil, err
	}
	if err := a.connectQueue(h); err != nil { //nolint:contextcheck // close ends it
		return nil, fmt.Errorf("connect the queue to its function: %w", err)
	}
	if err := a.connectBus(retries, h); err != nil {
		return nil, fmt.Errorf("connect the event bus to its function: %w", err)
	}
	if err := a.connectApprovals(h); err != nil {
		return nil, fmt.Errorf("connect the workflows to the function that asks people: %w", err)
	}
	close(a.deployed)
	return a, nil
}

// end ends everything and waits for it: the processes first, so that no invocation is waited for.
func (a *application) end() {
	for _, fn := range a.functions {
		fn.Close()
	}
	if a.mapping != nil {
		a.mapping.Close()
	}
	if a.api != nil {
		a.api.Close()
	}
	a.stack.Close()
	a.closeApprovals()
}
