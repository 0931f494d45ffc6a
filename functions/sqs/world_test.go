package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"callback-completer/internal/callback"
	"callback-completer/internal/local"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/sqs"
)

// world is the function with everything around it that the promise is about: workflows that wait, a queue that
// delivers at least once, execution environments that die, and a record of every message sent.
type world struct {
	*sqsRig

	callbacks *sqs.Queue
	mapping   *lambda.Mapping
	tasks     []task
	sent      []message
	turns     chan struct{} // one for each environment that may run; no mutex: waiting for one would stop the clock

	mu     sync.Mutex
	single bool
	idle   []*environment
	crash  *crash // for the next environment that makes a call

	// What happened that a payload can be dead-lettered for without being wrong.
	disturbed bool
}

// task is one waiting state.
type task struct {
	execution, token string
}

// message is one message on the callback queue and what it tells.
type message struct {
	body    string
	answers []answer // none: it must be dead-lettered
	beat    bool
}

// answer is a result for a task, in the form in which the history shows it.
type answer struct {
	task   int
	result string
}

// crash ends an environment at one of its calls.
type crash struct {
	calls   int  // that pass before it
	applied bool // whether the call in which it dies is carried out
}

// environment is an execution environment of the function: its memory, and the calls that it makes.
type environment struct {
	world   *world
	handler *handler
	crash   *crash
	dead    chan struct{}
}

const maxReceives = 5

func newWorld(t *testing.T, mapper callback.Mapper, fifo, single bool) *world {
	t.Helper()
	w := &world{sqsRig: withMapper(rig.New(t, "", fifo), mapper), single: single, turns: make(chan struct{}, 2)}
	if single {
		w.turns = make(chan struct{}, 1)
	}
	suffix, attributes := "", map[string]string{
		"VisibilityTimeout": "180",
		"RedrivePolicy":     fmt.Sprintf(`{"deadLetterTargetArn": %q, "maxReceiveCount": %d}`, w.Letters.ARN(), maxReceives),
	}
	if fifo {
		suffix, attributes["FifoQueue"] = ".fifo", "true"
	}
	w.callbacks = w.Queue("callbacks"+suffix, attributes)
	mapping, err := lambda.Map(w.callbacks, lambda.Timeout(lambda.InvokerFunc(w.invoke), 30*time.Second), lambda.MappingConfig{
		BatchSize: 10, MaximumConcurrency: 2, ReportBatchItemFailures: true, FunctionTimeout: 30 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.mapping = mapping
	t.Cleanup(mapping.Close)
	for range 3 {
		execution, token := w.Start()
		w.tasks = append(w.tasks, task{execution, token})
	}
	return w
}

// send puts a message on the callback queue. The group matters on a FIFO queue only.
func (w *world) send(m message, group string) {
	w.T.Helper()
	out := sqs.Message{Body: m.body}
	if w.callbacks.FIFO() {
		out.GroupID, out.DeduplicationID = group, fmt.Sprint(len(w.sent))
	}
	if _, err := w.callbacks.Send(out); err != nil {
		w.T.Fatal(err)
	}
	w.sent = append(w.sent, m)
}

// invoke is Lambda: it hands the event to an idle environment or to a new one, and sees it answer or die.
func (w *world) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	w.turns <- struct{}{}
	defer func() { <-w.turns }()
	e := w.take()
	ctx, cancel := context.WithCancel(lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "r-1"}))
	defer cancel()
	type result struct {
		response events.SQSEventResponse
		err      error
	}
	done := make(chan result, 1)
	go func() {
		var event events.SQSEvent
		if err := json.Unmarshal(payload, &event); err != nil {
			done <- result{err: err}
			return
		}
		response, err := e.handler.handle(ctx, event)
		done <- result{response, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, r.err
		}
		w.mu.Lock()
		w.idle = append(w.idle, e)
		w.mu.Unlock()
		return json.Marshal(r.response)
	case <-e.dead:
		cancel()
		<-done // what it would still have said is lost
		return nil, errors.New("the environment died")
	}
}

func (w *world) take() *environment {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.idle); n > 0 {
		e := w.idle[n-1]
		w.idle = w.idle[:n-1]
		return e
	}
	e := &environment{world: w, dead: make(chan struct{})}
	e.handler = w.function(e)
	return e
}

// Do makes a call of the environment, or ends the environment.
func (e *environment) Do(r *http.Request) (*http.Response, error) {
	direct := local.Direct{Handler: e.world.Stack.API}
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
func (e *environment) next() (dies, applied bool) {
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	select {
	case <-e.dead:
		return true, false
	default:
	}
	if e.crash == nil {
		e.crash, e.world.crash = e.world.crash, nil
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

// settle ends all faults and waits until the queue is empty: for hours, if need be.
func (w *world) settle() error {
	w.Faults.Clear()
	w.mu.Lock()
	w.crash = nil
	w.mu.Unlock()
	for range 200 {
		time.Sleep(time.Minute)
		if len(w.callbacks.Peek()) == 0 {
			return nil
		}
	}
	return fmt.Errorf("after hours without a fault, %d messages are still on the queue", len(w.callbacks.Peek()))
}

// closings returns how each task was closed: what its history says of its one state.
func (w *world) closings() ([]string, error) {
	all := make([]string, len(w.tasks))
	for i, t := range w.tasks {
		history, err := w.Stack.StepFunctions.History(t.execution)
		if err != nil {
			return nil, err
		}
		var ends []string
		for _, e := range history {
			switch {
			case e.TaskSucceeded != nil:
				ends = append(ends, "output "+e.TaskSucceeded.Output)
			case e.TaskFailed != nil:
				ends = append(ends, "error "+e.TaskFailed.Error+" "+e.TaskFailed.Cause)
			case e.TaskTimedOut != nil:
				ends = append(ends, "timed out")
			}
		}
		if len(ends) > 1 {
			return nil, fmt.Errorf("task %d was closed more than once: %q", i, ends)
		}
		all[i] = strings.Join(ends, "")
	}
	return all, nil
}

// judge holds what became of every message against the promise.
func (w *world) judge() error {
	closings, err := w.closings()
	if err != nil {
		return err
	}
	letters := map[string]int{}
	for _, m := range w.Letters.Peek() {
		letters[m.Body]++
		if m.System["DeadLetterQueueSourceArn"] == "" && (m.Attributes["ErrorCode"].String == "" || m.Attributes["ErrorMessage"].String == "") {
			return fmt.Errorf("the dead letter %.60q has no reason: %v", m.Body, m.Attributes)
		}
	}
	copies := map[string]int{}
	for _, m := range w.sent {
		copies[m.body]++
	}
	for _, m := range w.sent {
		if m.beat {
			continue
		}
		lost := letters[m.body]
		if len(m.answers) == 0 && lost == 0 {
			return fmt.Errorf("%q can go nowhere, and is not in the dead-letter queue", m.body)
		}
		won := len(m.answers) > 0
		for _, a := range m.answers {
			won = won && closings[a.task] == a.result
		}
		if lost < copies[m.body] && !won {
			return fmt.Errorf("%.60q is gone: %d of %d copies are dead-lettered, and its task ended with %q", m.body, lost, copies[m.body], closings)
		}
		if lost > 0 && won && !w.disturbed {
			return fmt.Errorf("%.60q is in the dead-letter queue although it was delivered and nothing disturbed it", m.body)
		}
	}
	for body := range letters {
		if copies[body] == 0 {
			return fmt.Errorf("%q is in the dead-letter queue and was never sent", body)
		}
	}
	return w.secrets()
}

// secrets looks for task tokens where none may be.
func (w *world) secrets() error {
	var said strings.Builder
	said.WriteString(w.Out.String())
	for _, m := range w.Letters.Peek() {
		for name, a := range m.Attributes {
			said.WriteString(name + a.String + string(a.Binary))
		}
	}
	if said.Len() == 0 && len(w.sent) > 0 {
		return errors.New("nothing was logged or dead-lettered: there is nothing to look through")
	}
	for i, t := range w.tasks {
		if strings.Contains(said.String(), t.token) {
			return fmt.Errorf("the token of task %d is in the log, the metrics or an attribute", i)
		}
	}
	return nil
}

// restart ends every idle environment: the next invocation starts with an empty memory.
func (w *world) restart() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = nil
}

// stop aborts an execution while nothing is under way. In the very instant of an answer, the answer can close the task
// and the stop still end the execution, so that its history shows neither.
func (w *world) stop(i int) error {
	synctest.Wait()
	return w.Stack.StepFunctions.StopExecution(w.tasks[i].execution, "", "")
}
