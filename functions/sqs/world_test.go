package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/callback"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/sqs"
)

// world is the function with everything around it that the promise is about: workflows that wait, a queue that
// delivers at least once, execution environments that die, and a record of every message sent.
type world struct {
	*sqsRig

	environments *rig.Environments[*handler]
	callbacks    *sqs.Queue
	tasks        []rig.Task
	sent         []message

	// What happened that a payload can be dead-lettered for without being wrong.
	disturbed bool
}

// message is one message on the callback queue and what it tells.
type message struct {
	body    string
	answers []rig.Answer // none: it must be dead-lettered
	beat    bool
}

const maxReceives = 5

func newWorld(t *testing.T, mapper callback.Mapper, fifo, single bool) *world {
	t.Helper()
	w := &world{sqsRig: withMapper(rig.New(t, "", fifo), mapper), disturbed: !single} // two environments do not share their evidence
	concurrency := 2
	if single {
		concurrency = 1
	}
	w.environments = rig.NewEnvironments(w.Stack, concurrency, func(_ context.Context, client aws.HTTPClient) (*handler, error) {
		return w.function(client), nil
	})
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
	t.Cleanup(mapping.Close)
	w.tasks = w.Tasks(3)
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
	return w.environments.Invoke(ctx, func(ctx context.Context, h *handler) ([]byte, error) {
		var event events.SQSEvent
		if err := json.Unmarshal(payload, &event); err != nil {
			return nil, err
		}
		response, err := h.handle(ctx, event)
		if err != nil {
			return nil, err
		}
		return json.Marshal(response)
	})
}

// settle ends all faults and waits until the queue is empty: for hours, if need be.
func (w *world) settle() error {
	w.Faults.Clear()
	w.environments.Calm()
	for range 200 {
		time.Sleep(time.Minute)
		if len(w.callbacks.Peek()) == 0 {
			return nil
		}
	}
	return fmt.Errorf("after hours without a fault, %d messages are still on the queue", len(w.callbacks.Peek()))
}

// judge holds what became of every message against the promise.
func (w *world) judge() error {
	closings, err := w.Closings(w.tasks)
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
			won = won && closings[a.Task] == a.Result
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
	if len(w.sent) > 0 && w.Out.String() == "" {
		return errors.New("nothing was logged: there is nothing to look through")
	}
	tokens := make([]string, len(w.tasks))
	for i, t := range w.tasks {
		tokens[i] = t.Token
	}
	return w.Tells(tokens...)
}
