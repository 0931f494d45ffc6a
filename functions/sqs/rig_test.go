package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/goleak"

	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// machine is a workflow that waits for one answer.
const machine = `{"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
	"TimeoutSeconds": 60, "End": true,
	"Parameters": {"QueueUrl": "requests", "MessageBody": {"token.$": "$$.Task.Token"}}}}}`

// rig is the function before the stand-in, in process: a test in a synctest bubble waits for nothing.
type rig struct {
	t        *testing.T
	stack    *local.Stack
	faults   *fault.Injector
	requests *sqs.Queue
	letters  *sqs.Queue
	machine  string
	settings config.SQS
	handler  *handler
	out      syncBuffer // log and metrics
}

// syncBuffer is a buffer that several goroutines write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newRig(t *testing.T, mapping string, fifo bool) *rig {
	t.Helper()
	r := &rig{t: t, faults: fault.New(1)}
	r.stack = local.New(local.Options{Faults: r.faults})
	t.Cleanup(r.stack.Close)
	suffix, attributes := "", map[string]string{}
	if fifo {
		suffix, attributes = ".fifo", map[string]string{"FifoQueue": "true"}
	}
	r.requests = r.queue("requests", nil)
	r.letters = r.queue("letters"+suffix, attributes)
	arn, err := r.stack.StepFunctions.CreateStateMachine("machine", machine)
	if err != nil {
		t.Fatal(err)
	}
	r.machine = arn
	r.settings = config.SQS{Concurrency: 32, Common: config.Common{
		DeadLetterQueueURL: r.letters.URL(), Mapping: mapping, LogLevel: slog.LevelDebug,
		MetricsNamespace: "N", DeadlineMargin: 500 * time.Millisecond,
	}}
	r.handler = r.function(local.Direct{Handler: r.stack.API})
	return r
}

func (r *rig) queue(name string, attributes map[string]string) *sqs.Queue {
	r.t.Helper()
	q, err := r.stack.SQS.CreateQueue(name, attributes)
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

// function is a new execution environment whose calls go through client.
func (r *rig) function(client aws.HTTPClient) *handler {
	r.t.Helper()
	cfg := aws.Config{
		Region: r.stack.Region(), BaseEndpoint: aws.String(r.stack.URL()), HTTPClient: client, RetryMaxAttempts: 2,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}
	h, err := assemble(r.settings, cfg, telemetry.NewLogger(&r.out, r.settings.LogLevel), &r.out)
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}

// start begins an execution and returns it with its task token.
func (r *rig) start() (execution, token string) {
	r.t.Helper()
	execution, err := r.stack.StepFunctions.StartExecution(r.machine, "", "")
	if err != nil {
		r.t.Fatal(err)
	}
	messages := r.requests.Receive(r.t.Context(), sqs.ReceiveOptions{Max: 1, Wait: 20 * time.Second})
	if len(messages) != 1 {
		r.t.Fatal("no request arrived")
	}
	if err := r.requests.Delete(messages[0].ReceiptHandle); err != nil {
		r.t.Fatal(err)
	}
	var request struct{ Token string }
	if err := json.Unmarshal([]byte(messages[0].Body), &request); err != nil {
		r.t.Fatal(err)
	}
	return execution, request.Token
}

func (r *rig) execution(arn string) stepfunctions.Execution {
	r.t.Helper()
	e, err := r.stack.StepFunctions.DescribeExecution(arn)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

const queueARN = "arn:aws:sqs:us-east-1:000000000000:callbacks"

// sqsEvent makes an event of bodies. A body "group|text" belongs to a message group of a FIFO queue.
func sqsEvent(fifo bool, bodies ...string) events.SQSEvent {
	var e events.SQSEvent
	for i, body := range bodies {
		m := events.SQSMessage{
			MessageId: fmt.Sprintf("m-%d", i), Body: body, EventSource: "aws:sqs", EventSourceARN: queueARN,
			Attributes: map[string]string{"SentTimestamp": fmt.Sprint(time.Now().Add(-time.Second).UnixMilli())},
		}
		if fifo {
			group, text, _ := strings.Cut(body, "|")
			m.Body, m.EventSourceARN = text, queueARN+".fifo"
			m.Attributes["MessageGroupId"] = group
		}
		e.Records = append(e.Records, m)
	}
	return e
}

// handle invokes the function and returns the ids of the messages to retry.
func (r *rig) handle(ctx context.Context, e events.SQSEvent) []string {
	r.t.Helper()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	response, err := r.handler.handle(ctx, e)
	if err != nil {
		r.t.Fatal(err)
	}
	ids := []string{}
	for _, f := range response.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}

// codes returns the ErrorCode of every dead letter, by body.
func (r *rig) codes() map[string]string {
	all := map[string]string{}
	for _, m := range r.letters.Peek() {
		all[m.Body] = m.Attributes["ErrorCode"].String
	}
	return all
}

// silent fails the test if any of the texts is in the log, the metrics or a dead letter's attributes.
func (r *rig) silent(secrets ...string) {
	r.t.Helper()
	var attributes strings.Builder
	for _, m := range r.letters.Peek() {
		for name, a := range m.Attributes {
			fmt.Fprintln(&attributes, name, a.DataType, a.String, string(a.Binary))
		}
	}
	for _, secret := range secrets {
		for where, text := range map[string]string{"the log": r.out.String(), "a dead letter's attributes": attributes.String()} {
			if at := strings.Index(text, secret); at >= 0 {
				r.t.Errorf("%s tells a secret: …%s…", where, text[max(0, at-200):at+min(len(secret), 20)])
			}
		}
	}
	if r.out.String() == "" {
		r.t.Error("nothing was logged; the check sees nothing")
	}
}
