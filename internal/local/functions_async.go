package local

import (
	"context"
	"fmt"
	"net/http"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
)

var _ eventbridge.Functions = (*Functions)(nil)

// ARN returns the ARN that a function of that name has.
func (f *Functions) ARN(name string) string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", f.region, f.account, name)
}

// ConfigureAsync sets how a function is invoked asynchronously from now on; without it Lambda's defaults hold. Events that
// have been accepted before keep to what held then. An empty FunctionARN becomes the function's own.
func (f *Functions) ConfigureAsync(name string, c lambda.AsyncConfig) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	former, ok := f.queues[name]
	if _, err := f.configureLocked(name, c); err != nil {
		return err
	}
	if ok {
		f.former = append(f.former, former)
	}
	return nil
}

// InvokeAsync hands an event to the queue of a function, which is named or given by its ARN, and returns the request id.
//
// Errors: ResourceNotFoundException and what [lambda.Async.Accept] returns.
func (f *Functions) InvokeAsync(ref string, event []byte) (requestID string, err error) {
	name := nameOf(ref)
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.byName[name]; !ok {
		return "", &awsjson.Error{
			Code: "ResourceNotFoundException", Message: "Function not found: " + f.ARN(name), Status: http.StatusNotFound,
		}
	}
	q, ok := f.queues[name]
	if !ok {
		if q, err = f.configureLocked(name, lambda.AsyncConfig{}); err != nil {
			return "", err
		}
	}
	return q.Accept(event)
}

func (f *Functions) configureLocked(name string, c lambda.AsyncConfig) (*lambda.Async, error) {
	if f.shut {
		return nil, lambda.ErrClosed
	}
	if c.FunctionARN == "" {
		c.FunctionARN = f.ARN(name)
	}
	// The function is looked up at each invocation: another one may have taken its place.
	q, err := lambda.NewAsync(lambda.InvokerFunc(func(ctx context.Context, event []byte) ([]byte, error) {
		fn, ok := f.find(name)
		if !ok {
			return nil, fmt.Errorf("invoke %s: there is no such function", name)
		}
		return fn.Invoke(ctx, event)
	}), c)
	if err != nil {
		return nil, fmt.Errorf("configure %s: %w", name, err)
	}
	if f.queues == nil {
		f.queues = map[string]*lambda.Async{}
	}
	f.queues[name] = q
	return q, nil
}

// close ends the asynchronous invocations, as [lambda.Async.Close] does.
func (f *Functions) close() {
	f.mu.Lock()
	f.shut = true
	queues := f.former
	for _, q := range f.queues {
		queues = append(queues, q)
	}
	f.mu.Unlock()
	for _, q := range queues {
		q.Close()
	}
}
