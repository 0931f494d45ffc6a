package rig

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/local"
	"callback-completer/internal/local/lambda"
)

// RequestID is the request id of every invocation.
const RequestID = "r-1"

// Environments are the execution environments of a function F, as Lambda keeps them: each has its own memory, one invocation
// at a time, and may die in any call that it makes.
type Environments[F any] struct {
	stack *local.Stack
	start func(context.Context, aws.HTTPClient) (F, error)
	turns chan struct{} // one for each environment that may run; no mutex: waiting for one would stop the clock

	mu    sync.Mutex
	idle  []*environment[F]
	crash *crash // for the next environment that makes a call
}

// crash ends an environment at one of its calls.
type crash struct {
	calls   int  // that pass before it
	applied bool // whether the call in which it dies is carried out
}

// environment is an execution environment and the client with which it makes its calls.
type environment[F any] struct {
	all      *Environments[F]
	function *F // nil: not started yet
	crash    *crash
	dead     chan struct{}
}

// NewEnvironments returns the environments of a function on a stack, of which so many may be busy at once. What start
// returns lives until the environment ends; its calls go through the client that it is given.
func NewEnvironments[F any](
	stack *local.Stack, concurrency int, start func(context.Context, aws.HTTPClient) (F, error),
) *Environments[F] {
	return &Environments[F]{stack: stack, start: start, turns: make(chan struct{}, concurrency)}
}

// Crash lets an environment die in one of the next calls: so many pass before it. If it is applied, the call in which it dies
// is carried out.
func (e *Environments[F]) Crash(calls int, applied bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.crash = &crash{calls, applied}
}

// Calm takes back a crash that has not come.
func (e *Environments[F]) Calm() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.crash = nil
}

// Restart ends every idle environment: the next invocation starts with an empty memory.
func (e *Environments[F]) Restart() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.idle = nil
}

// Invoke runs one invocation in an idle environment or in a new one, once there may be one more. What an environment would
// still have said after its death is lost: the error is Lambda's Runtime.ExitError then.
func (e *Environments[F]) Invoke(ctx context.Context, run func(context.Context, F) ([]byte, error)) ([]byte, error) {
	select {
	case e.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("the function is busy: %w", context.Cause(ctx))
	}
	defer func() { <-e.turns }()
	one := e.take()
	ctx, cancel := context.WithCancel(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: RequestID}))
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		answer, err := one.run(ctx, run)
		done <- result{answer, err}
	}()
	select {
	case r := <-done:
		e.mu.Lock()
		defer e.mu.Unlock()
		e.idle = append(e.idle, one)
		return r.answer, r.err
	case <-one.dead:
		cancel()
		<-done
		return nil, &lambda.FunctionError{
			Type: "Runtime.ExitError", Message: "Runtime exited", Payload: []byte(`{"errorType":"Runtime.ExitError","errorMessage":"Runtime exited"}`),
		}
	}
}

func (e *Environments[F]) take() *environment[F] {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.idle); n > 0 {
		one := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return one
	}
	return &environment[F]{all: e, dead: make(chan struct{})}
}

func (e *environment[F]) run(ctx context.Context, run func(context.Context, F) ([]byte, error)) ([]byte, error) {
	if e.function == nil {
		f, err := e.all.start(ctx, e)
		if err != nil {
			return nil, err
		}
		e.function = &f
	}
	return run(ctx, *e.function)
}

// Do makes a call of the environment, or ends the environment.
func (e *environment[F]) Do(r *http.Request) (*http.Response, error) {
	direct := local.Direct{Handler: e.all.stack.API}
	switch dies, applied := e.next(); {
	case !dies:
		answer, err := direct.Do(r)
		time.Sleep(10 * time.Millisecond) // a task is closed before the caller knows
		return answer, err
	case applied:
		if answer, err := direct.Do(r); err == nil {
			_ = answer.Body.Close()
		}
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// next counts a call and says whether the environment dies in it, and whether the call is still carried out.
func (e *environment[F]) next() (dies, applied bool) {
	e.all.mu.Lock()
	defer e.all.mu.Unlock()
	select {
	case <-e.dead:
		return true, false
	default:
	}
	if e.crash == nil {
		e.crash, e.all.crash = e.all.crash, nil
	}
	if e.crash == nil {
		return false, false
	}
	if e.crash.calls > 0 {
		e.crash.calls--
		return false, false
	}
	close(e.dead)
	return true, e.crash.applied
}
