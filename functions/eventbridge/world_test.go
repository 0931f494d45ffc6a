package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	lambdaruntime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/telemetry"
)

// world is the function with everything around it that the promise is about: workflows that wait, a bus with a rule, Lambda's
// queue of asynchronous invocations, execution environments that die, and a record of every event.
type world struct {
	*rig.Rig

	environments *rig.Environments[*handler]
	records      *sqs.Queue // Lambda's on-failure destination
	undelivered  *sqs.Queue // the rule's dead-letter queue
	tasks        []rig.Task
	sent         []*sentEvent
	ended        atomic.Int64 // events that Lambda invokes no more for

	disturbed bool // something happened that an event can be dead-lettered for without being wrong
}

// sentEvent is one event and what it tells.
type sentEvent struct {
	id      string
	payload string       // as the function gets it
	answers []rig.Answer // none: it must be dead-lettered
	beat    bool
	copies  int // how often Lambda was handed it
	astray  bool
}

const (
	ruleName   = "answers"
	astrayName = "astray"
	function   = "completer"
)

func newWorld(t *testing.T, mapper callback.Mapper, single bool) *world {
	t.Helper()
	w := &world{Rig: rig.New(t, "", false), disturbed: !single} // two environments do not share their evidence
	w.Timeout = 10 * time.Minute                                // Lambda's retries come after one minute and after three
	concurrency := 2
	if single {
		concurrency = 1
	}
	w.environments = rig.NewEnvironments(w.Stack, concurrency, func(_ context.Context, client aws.HTTPClient) (*handler, error) {
		log := telemetry.NewLogger(&w.Out, w.Settings.LogLevel)
		options := service.Options{Trigger: trigger, Concurrency: 1}
		return &handler{service.New(mapper, w.Settings, options, w.AWS(client), log, &w.Out)}, nil
	})
	w.records, w.undelivered = w.Queue("records", nil), w.Queue("undelivered", nil)
	w.Stack.Functions.Add(function, lambda.Timeout(lambda.InvokerFunc(w.invoke), 30*time.Second))
	if err := w.Stack.Functions.ConfigureAsync(function, lambda.AsyncConfig{
		OnFailure: w.records, Observe: func(lambda.AsyncResult) { w.ended.Add(1) },
	}); err != nil {
		t.Fatal(err)
	}
	w.route(ruleName, function)
	w.route(astrayName, "not-deployed")
	w.Stack.EventBridge.Subscribe(func(payload []byte) { w.sent = append(w.sent, &sentEvent{payload: string(payload)}) })
	w.tasks = w.Tasks(3)
	return w
}

// route sends the events of a source to a function.
func (w *world) route(source, function string) {
	w.T.Helper()
	if _, err := w.Stack.EventBridge.PutRule(eventbridge.Rule{Name: source, EventPattern: fmt.Sprintf(`{"source": [%q]}`, source)}); err != nil {
		w.T.Fatal(err)
	}
	if err := w.Stack.EventBridge.PutTargets(source, []eventbridge.Target{{
		ID: "function", ARN: w.Stack.Functions.ARN(function), DeadLetterARN: w.undelivered.ARN(),
	}}); err != nil {
		w.T.Fatal(err)
	}
}

// put puts an event on the bus, under a source that a rule listens to.
func (w *world) put(e sentEvent, source, detail string) {
	w.T.Helper()
	results, err := w.Stack.EventBridge.PutEvents([]eventbridge.Entry{{Source: source, DetailType: "Answer", Detail: detail}})
	if err != nil || results[0].ErrorCode != "" {
		w.T.Fatal(err, results)
	}
	last := w.sent[len(w.sent)-1]
	e.id, e.payload = results[0].EventID, last.payload
	if e.astray = source == astrayName; !e.astray {
		e.copies = 1
	}
	*last = e
}

// hand gives an event to Lambda itself, with white space that a bus would not keep.
func (w *world) hand(e sentEvent, detail string) {
	w.T.Helper()
	e.id = fmt.Sprintf("by-hand-%d", len(w.sent))
	e.payload = fmt.Sprintf(`{ "version":"0", "id":%q, "source":"x", "detail-type":"Answer", "detail": %s }`, e.id, detail)
	w.sent = append(w.sent, &e)
	w.redeliver(&e)
}

// redeliver hands Lambda an event, perhaps once more: its queue delivers at least once.
func (w *world) redeliver(e *sentEvent) {
	w.T.Helper()
	if _, err := w.Stack.Functions.InvokeAsync(function, []byte(e.payload)); err != nil {
		w.T.Fatal(err)
	}
	e.copies++
}

// invoke is Lambda: it runs the function in an environment, and makes of its error what the function's runtime does.
func (w *world) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	answer, err := w.environments.Invoke(ctx, func(ctx context.Context, h *handler) ([]byte, error) {
		return lambdaruntime.NewHandler(h.handle).Invoke(ctx, payload)
	})
	var died *lambda.FunctionError
	if err == nil || errors.As(err, &died) {
		return answer, err
	}
	failed := &lambda.FunctionError{Type: reflect.TypeOf(err).Elem().Name(), Message: err.Error()}
	failed.Payload, err = json.Marshal(map[string]string{"errorType": failed.Type, "errorMessage": failed.Message})
	if err != nil {
		return nil, err
	}
	_, _ = w.Out.Write(append(failed.Payload, '\n')) // Lambda logs it
	return nil, failed
}

// settle ends all faults and waits until Lambda has ended with every event.
func (w *world) settle() error {
	w.Faults.Clear()
	w.environments.Calm()
	handed := 0
	for _, e := range w.sent {
		handed += e.copies
	}
	for range 10 {
		time.Sleep(time.Minute)
		if int(w.ended.Load()) == handed {
			return nil
		}
	}
	return fmt.Errorf("after ten minutes without a fault, Lambda has ended with %d of %d events", w.ended.Load(), handed)
}
