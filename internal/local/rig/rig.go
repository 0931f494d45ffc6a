// Package rig puts a function before the stand-in, in process, for the functions' tests: workflows that wait, a
// dead-letter queue, faults, and everything that the function says. In a testing/synctest bubble it waits for nothing.
package rig

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

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
)

// definition is of a workflow that waits for one answer, so many seconds.
const definition = `{"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
	"TimeoutSeconds": %d, "End": true,
	"Parameters": {"QueueUrl": "requests", "MessageBody": {"token.$": "$$.Task.Token"}}}}}`

// Rig is the stand-in with what a function's test needs around it.
type Rig struct {
	T        *testing.T
	Stack    *local.Stack
	Faults   *fault.Injector
	Letters  *sqs.Queue    // the dead-letter queue
	Settings config.Common // for the function
	Timeout  time.Duration // of the tasks that are started, whole seconds; a minute
	Out      Buffer        // the function's log and metrics

	requests *sqs.Queue
}

// Buffer is a buffer that several goroutines write to.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *Buffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *Buffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// New returns a rig that ends with the test. The mapping goes to the function's settings; fifo makes the dead-letter
// queue a FIFO queue.
func New(t *testing.T, mapping string, fifo bool) *Rig {
	t.Helper()
	r := &Rig{T: t, Faults: fault.New(1), Timeout: time.Minute}
	r.Stack = local.New(local.Options{Faults: r.Faults})
	t.Cleanup(r.Stack.Close)
	suffix, attributes := "", map[string]string{}
	if fifo {
		suffix, attributes = ".fifo", map[string]string{"FifoQueue": "true"}
	}
	r.requests = r.Queue("requests", nil)
	r.Letters = r.Queue("letters"+suffix, attributes)
	r.Settings = config.Common{
		DeadLetterQueueURL: r.Letters.URL(), Mapping: mapping, LogLevel: slog.LevelDebug,
		MetricsNamespace: "N", DeadlineMargin: 500 * time.Millisecond,
	}
	return r
}

// Queue makes a queue.
func (r *Rig) Queue(name string, attributes map[string]string) *sqs.Queue {
	r.T.Helper()
	q, err := r.Stack.SQS.CreateQueue(name, attributes)
	if err != nil {
		r.T.Fatal(err)
	}
	return q
}

// Client is the HTTP client of a function that calls the stand-in directly.
func (r *Rig) Client() aws.HTTPClient { return local.Direct{Handler: r.Stack.API} }

// AWS is the AWS configuration of a function whose calls go through client.
func (r *Rig) AWS(client aws.HTTPClient) aws.Config {
	return aws.Config{
		Region: r.Stack.Region(), BaseEndpoint: aws.String(r.Stack.URL()), HTTPClient: client, RetryMaxAttempts: 2,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}
}

// Start begins an execution and returns it with the task token of its waiting state.
func (r *Rig) Start() (execution, token string) {
	r.T.Helper()
	seconds := int(r.Timeout.Seconds())
	machine, err := r.Stack.StepFunctions.CreateStateMachine(fmt.Sprintf("wait-%d", seconds), fmt.Sprintf(definition, seconds))
	if err != nil {
		r.T.Fatal(err)
	}
	execution, err = r.Stack.StepFunctions.StartExecution(machine, "", "")
	if err != nil {
		r.T.Fatal(err)
	}
	messages := r.requests.Receive(r.T.Context(), sqs.ReceiveOptions{Max: 1, Wait: 20 * time.Second})
	if len(messages) != 1 {
		r.T.Fatal("no request arrived")
	}
	if err := r.requests.Delete(messages[0].ReceiptHandle); err != nil {
		r.T.Fatal(err)
	}
	var request struct{ Token string }
	if err := json.Unmarshal([]byte(messages[0].Body), &request); err != nil {
		r.T.Fatal(err)
	}
	return execution, request.Token
}

// Execution describes an execution.
func (r *Rig) Execution(arn string) stepfunctions.Execution {
	r.T.Helper()
	e, err := r.Stack.StepFunctions.DescribeExecution(arn)
	if err != nil {
		r.T.Fatal(err)
	}
	return e
}

// Codes returns the ErrorCode of every dead letter, by body.
func (r *Rig) Codes() map[string]string {
	all := map[string]string{}
	for _, m := range r.Letters.Peek() {
		all[m.Body] = m.Attributes["ErrorCode"].String
	}
	return all
}

// Silent fails the test if any of the texts is in the log, the metrics or a dead letter's attributes.
func (r *Rig) Silent(secrets ...string) {
	r.T.Helper()
	if err := r.Tells(secrets...); err != nil {
		r.T.Error(err)
	}
	if r.Out.String() == "" {
		r.T.Error("nothing was logged; the check sees nothing")
	}
}

// Tells returns an error that says where one of the texts is in the log, the metrics or a dead letter's attributes.
func (r *Rig) Tells(secrets ...string) error {
	var attributes strings.Builder
	for _, m := range r.Letters.Peek() {
		for name, a := range m.Attributes {
			fmt.Fprintln(&attributes, name, a.DataType, a.String, string(a.Binary))
		}
	}
	for where, text := range map[string]string{"the log": r.Out.String(), "a dead letter's attributes": attributes.String()} {
		for _, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				return fmt.Errorf("%s tells a secret: …%s…", where, text[max(0, at-200):at+min(len(secret), 20)])
			}
		}
	}
	return nil
}
