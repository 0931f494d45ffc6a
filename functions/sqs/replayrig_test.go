package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/api"
	"callback-completer/internal/callback"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/telemetry"
	"callback-completer/internal/webhook"
)

// replayRig is the function at the callback queue, and what else leaves dead letters.
type replayRig struct {
	*sqsRig

	callbacks *sqs.Queue // its redrive policy leads to Letters
	others    *sqs.Queue // the dead letters of EventBridge and the records of Lambda
}

// The mapping of texts whose token is in a message attribute, and the webhook sources, each with a mapping that takes only
// what comes from it.
const (
	textMapping = `select(type == "string") | {taskToken: $meta.messageAttributes.Token, output: .}`

	replaySources = `[
		{"name": "acme", "scheme": "github", "secret": "arn:aws:ssm:us-east-1:000000000000:parameter/acme", "mapping": "{taskToken: .job.token, output: .job.result}"},
		{"name": "forms", "scheme": "slack", "secret": "arn:aws:ssm:us-east-1:000000000000:parameter/forms", "mapping": "{taskToken: .state, output: {answer: .answer}}"}
	]`
)

func newReplayRig(t *testing.T) *replayRig {
	t.Helper()
	base := rig.New(t, textMapping, false)
	base.Timeout = time.Hour // Lambda and SQS try for minutes before they give up
	sources, err := webhook.ParseSources(replaySources)
	if err != nil {
		t.Fatal(err)
	}
	mapper, err := service.Mapper(base.Settings, sources)
	if err != nil {
		t.Fatal(err)
	}
	r := &replayRig{sqsRig: withMapper(base, mapper)}
	r.others = r.Queue("others", nil)
	r.callbacks = r.Queue("callbacks", map[string]string{
		"VisibilityTimeout": "60", "RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn": %q, "maxReceiveCount": 3}`, r.Letters.ARN()),
	})
	polling, err := lambda.Map(r.callbacks, lambda.InvokerFunc(r.invoke), lambda.MappingConfig{ReportBatchItemFailures: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(polling.Close)
	return r
}

func (r *replayRig) invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.SQSEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	response, err := r.handler.handle(ctx, event)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

// astray is the service of a function whose calls to Step Functions end elsewhere, so that they are dead-lettered.
func (r *replayRig) astray(trigger string, other *elsewhere) *service.Service {
	other.stack = r.Stack
	log := telemetry.NewLogger(&r.Out, r.Settings.LogLevel)
	return service.New(r.mapper, r.Settings, service.Options{Trigger: trigger, Concurrency: 1}, r.AWS(other), log, &r.Out)
}

// trusting is a sender whose every request is to be believed: the signature is not what these tests are about.
type trusting struct{}

func (trusting) Verify(context.Context, http.Header, []byte) (webhook.Delivery, error) {
	return webhook.Delivery{ID: "msg_1"}, nil
}

func (trusting) Greeting(http.Header, []byte) (string, bool) { return "", false }

// post sends a request to the API of a function that goes astray, and expects an answer.
func (r *replayRig) post(other *elsewhere, path, mediaType, body string, status int) *sqs.Queue {
	r.T.Helper()
	h := &api.API{
		Callbacks: r.astray(api.TriggerCallbacks, other), Webhooks: r.astray(api.TriggerWebhooks, other),
		Senders:   map[string]api.Sender{"acme": trusting{}, "forms": trusting{}, "plain": trusting{}},
		RequestID: telemetry.RequestID, Now: time.Now,
	}
	request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	request.Header.Set("Content-Type", mediaType)
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, request)
	if answer.Code != status {
		r.T.Errorf("%s: %d %s, want %d", path, answer.Code, answer.Body, status)
	}
	return r.Letters
}

const (
	mediaTypeJSON = "application/json"
	mediaTypeForm = "application/x-www-form-urlencoded"
)

// publish puts an event on the bus, to a function that is there or not.
func (r *replayRig) publish(event string) {
	r.T.Helper()
	if _, err := r.Stack.EventBridge.PutRule(eventbridge.Rule{Name: "answers", EventPattern: `{"source": [{"exists": true}]}`}); err != nil {
		r.T.Fatal(err)
	}
	target := eventbridge.Target{ID: "f", ARN: r.Stack.Functions.ARN("completer"), DeadLetterARN: r.others.ARN()}
	if err := r.Stack.EventBridge.PutTargets("answers", []eventbridge.Target{target}); err != nil {
		r.T.Fatal(err)
	}
	if err := r.Stack.EventBridge.Publish([]byte(event)); err != nil {
		r.T.Fatal(err)
	}
}

// fail makes a record of an event that a function failed three times.
func (r *replayRig) fail(event string) *sqs.Queue {
	r.T.Helper()
	r.Stack.Functions.Add("completer", lambda.InvokerFunc(func(context.Context, []byte) ([]byte, error) {
		return nil, &lambda.FunctionError{Type: "CallbackRetryError", Payload: []byte(`{"errorType":"CallbackRetryError","errorMessage":"m"}`)}
	}))
	if err := r.Stack.Functions.ConfigureAsync("completer", lambda.AsyncConfig{OnFailure: r.others}); err != nil {
		r.T.Fatal(err)
	}
	r.publish(event)
	time.Sleep(4 * time.Minute)
	return r.others
}

// notify wraps what lies in a queue as SNS does for a subscription without raw delivery.
func (r *replayRig) notify(q *sqs.Queue) *sqs.Queue {
	r.T.Helper()
	topic := r.Queue("topic", nil)
	for _, m := range r.take(q) {
		text, err := json.Marshal(map[string]string{
			"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn:aws:sns:us-east-1:000000000000:failures", "Message": m.Body,
			"Timestamp": "2026-11-23T10:00:00.000Z", "SignatureVersion": "1", "Signature": "S", "SigningCertURL": "u", "UnsubscribeURL": "u",
		})
		if err != nil {
			r.T.Fatal(err)
		}
		if _, err := topic.Send(sqs.Message{Body: string(text)}); err != nil {
			r.T.Fatal(err)
		}
	}
	return topic
}

// redrive sends a message that the function cannot deliver until SQS puts it aside.
func (r *replayRig) redrive(m sqs.Message) *sqs.Queue {
	r.T.Helper()
	r.Faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.AccessDenied, Rate: 1})
	r.send(m)
	time.Sleep(5 * time.Minute)
	r.Faults.Clear()
	return r.Letters
}

func (r *replayRig) send(m sqs.Message) {
	r.T.Helper()
	if _, err := r.callbacks.Send(m); err != nil {
		r.T.Fatal(err)
	}
}

// take empties a queue.
func (r *replayRig) take(q *sqs.Queue) []sqs.Received {
	r.T.Helper()
	taken := q.Receive(r.T.Context(), sqs.ReceiveOptions{Max: 10})
	for _, m := range taken {
		if err := q.Delete(m.ReceiptHandle); err != nil {
			r.T.Fatal(err)
		}
	}
	return taken
}

// completes waits until the callback queue was polled, and expects the execution's end and empty queues.
func (r *replayRig) completes(arn string, want stepfunctions.Execution) {
	r.T.Helper()
	time.Sleep(30 * time.Second)
	synctest.Wait()
	got := r.Execution(arn)
	if got.Status != want.Status || got.Output != want.Output || got.Error != want.Error || got.Cause != want.Cause {
		r.T.Errorf("execution %v %q %q %q", got.Status, got.Output, got.Error, got.Cause)
	}
	if left := len(r.callbacks.Peek()) + len(r.Letters.Peek()) + len(r.others.Peek()); left > 0 {
		r.T.Errorf("%d messages are left, dead letters %v", left, r.Codes())
	}
}

// decoded is what the function makes of a message.
func decoded(t *testing.T, m events.SQSMessage) []callback.Delivery {
	t.Helper()
	event, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{m}})
	if err != nil {
		t.Fatal(err)
	}
	messages, err := read(event)
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := decode(messages, rig.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	return deliveries
}
