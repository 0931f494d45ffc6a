package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"callback-completer/internal/local/awsjson"
)

// maxEvent is the limit of an asynchronous invocation's payload, in bytes.
const maxEvent = 1 << 20

// Async is Lambda's queue in front of a function that is invoked asynchronously: it takes an event, answers at once and
// invokes the function until that succeeds or the event is given up. It is made by NewAsync and is safe for concurrent use.
//
// A function error is retried after the configured delays. Whatever else goes wrong is retried after 1 s, 2 s, 4 s … up to
// five minutes. What is given up becomes a record on the failure destination. Events are in memory and are not in order.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
type Async struct {
	fn     Invoker
	config AsyncConfig

	mu     sync.Mutex
	shut   bool
	closed chan struct{}
	work   sync.WaitGroup // events that have been accepted
}

// NewAsync makes the queue of a function. It refuses, as an *awsjson.Error with Lambda's code
// InvalidParameterValueException, what Lambda refuses of an event invoke configuration.
func NewAsync(fn Invoker, c AsyncConfig) (*Async, error) {
	c, err := c.prepared()
	if err != nil {
		return nil, err
	}
	return &Async{fn: fn, config: c, closed: make(chan struct{})}, nil
}

// Accept takes an event, a JSON document of at most 1 MiB, and returns the request id that all its invocations have.
//
// Errors: RequestTooLargeException and InvalidRequestContentException, both *awsjson.Error; ErrClosed.
func (a *Async) Accept(payload []byte) (requestID string, err error) {
	if len(payload) > maxEvent {
		return "", &awsjson.Error{
			Code: "RequestTooLargeException", Status: http.StatusRequestEntityTooLarge,
			Message: "the payload is too large for the Event invocation type (limit 1048576 bytes)",
		}
	}
	if !json.Valid(payload) {
		return "", awsjson.Errorf("InvalidRequestContentException", "Could not parse request body into json")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.shut {
		return "", ErrClosed
	}
	e := &asyncEvent{id: newRequestID(), payload: payload, accepted: time.Now()}
	a.work.Go(func() { a.deliver(e) })
	return e.id, nil
}

// Close waits for the invocations under way and drops every event that waits for its next one, without a record.
func (a *Async) Close() {
	a.mu.Lock()
	if !a.shut {
		a.shut = true
		close(a.closed)
	}
	a.mu.Unlock()
	a.work.Wait()
}

// asyncEvent is an event on its way. Only its own goroutine has it.
type asyncEvent struct {
	id       string
	payload  []byte
	accepted time.Time
	invoked  int // how often
	failed   int // with a function error
}

func (a *Async) deliver(e *asyncEvent) {
	ctx := context.WithValue(context.Background(), requestIDKey{}, e.id)
	for {
		answer, err := a.fn.Invoke(ctx, e.payload)
		e.invoked++
		if err == nil {
			a.config.observe(AsyncResult{RequestID: e.id, Payload: e.payload, Invocations: e.invoked, Condition: Success, Answer: answer})
			return
		}
		wait, again := a.next(e, err)
		if !again {
			a.giveUp(e, RetriesExhausted, err)
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-a.closed:
			timer.Stop()
			return
		}
		if time.Since(e.accepted) > a.config.MaximumEventAge {
			a.giveUp(e, EventAgeExceeded, err)
			return
		}
	}
}

// next is how long to wait before the next invocation, if there is to be one.
func (a *Async) next(e *asyncEvent, err error) (wait time.Duration, again bool) {
	var failed *FunctionError
	if !errors.As(err, &failed) {
		return backoff(e.invoked - e.failed), true
	}
	e.failed++
	if e.failed > len(a.config.RetryDelays) {
		return 0, false
	}
	return a.config.RetryDelays[e.failed-1], true
}

// backoff is the wait after the nth failure that is not the function's own.
func backoff(n int) time.Duration {
	const longest = 5 * time.Minute
	if n > 9 { // 2^9 s is longer
		return longest
	}
	return min(time.Second<<max(n-1, 0), longest)
}

func (a *Async) giveUp(e *asyncEvent, why Condition, err error) {
	r := AsyncResult{RequestID: e.id, Payload: e.payload, Invocations: e.invoked, Condition: why, Err: err}
	if a.config.OnFailure != nil {
		r.Record = record10(a.config.FunctionARN, r)
		r.Undelivered = a.config.send(r.Record)
	}
	a.config.observe(r)
}

type requestIDKey struct{}

// RequestID returns the request id of an asynchronous invocation's context, the same for all invocations with one event;
// it is empty in any other.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
