package eventbridge_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/sqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// functions is a Lambda with one function, which answers an event as told.
type functions struct {
	accept func(n int) error // nil accepts

	mu     sync.Mutex
	events []string
}

const functionARN = "arn:aws:lambda:us-east-1:000000000000:function:f"

func (f *functions) InvokeAsync(arn string, event []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if arn != functionARN {
		return "", &awsjson.Error{Code: "ResourceNotFoundException", Message: "Function not found", Status: http.StatusNotFound}
	}
	f.events = append(f.events, string(event))
	if f.accept != nil {
		return "", f.accept(len(f.events))
	}
	return "id", nil
}

// bench is a bus with queues and a function, and the API in front of it.
type bench struct {
	t         *testing.T
	bus       *eventbridge.Service
	queues    *sqs.Service
	functions *functions
	api       http.Handler
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, queues: sqs.New(sqs.Options{}), functions: &functions{}}
	b.bus = eventbridge.New(eventbridge.Options{Queues: b.queues, Functions: b.functions})
	t.Cleanup(b.bus.Close)
	server := awsjson.NewServer(nil)
	server.Register(eventbridge.TargetPrefix, b.bus.Operations())
	b.api = server
	return b
}

func (b *bench) queue(name string, attributes map[string]string) *sqs.Queue {
	b.t.Helper()
	q, err := b.queues.CreateQueue(name, attributes)
	if err != nil {
		b.t.Fatal(err)
	}
	return q
}

// rule puts a rule for the source "s" with targets.
func (b *bench) rule(name string, targets ...eventbridge.Target) {
	b.t.Helper()
	if _, err := b.bus.PutRule(eventbridge.Rule{Name: name, EventPattern: `{"source": ["s"]}`}); err != nil {
		b.t.Fatal(err)
	}
	if err := b.bus.PutTargets(name, targets); err != nil {
		b.t.Fatal(err)
	}
}

// put puts an event with the source "s" and the detail {"n":1}.
func (b *bench) put() {
	b.t.Helper()
	results, err := b.bus.PutEvents([]eventbridge.Entry{{Source: "s", DetailType: "d", Detail: `{"n":1}`}})
	if err != nil || results[0].EventID == "" {
		b.t.Fatal(results, err)
	}
}

// call makes an API call as the documentation shows it and returns the answer.
func (b *bench) call(operation, input string) (status int, output string) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, "/", strings.NewReader(input))
	r.Header.Set("X-Amz-Target", "AWSEvents."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	w := httptest.NewRecorder()
	b.api.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); got != "application/x-amz-json-1.1" {
		b.t.Errorf("%s: answered as %s", operation, got)
	}
	body, err := io.ReadAll(w.Body)
	if err != nil || !json.Valid(body) {
		b.t.Errorf("%s: answered %q, %v", operation, body, err)
	}
	return w.Code, string(body)
}

// want makes a call and compares its whole answer.
func (b *bench) want(operation, input string, status int, output string) {
	b.t.Helper()
	if gotStatus, got := b.call(operation, input); gotStatus != status || got != output {
		b.t.Errorf("%s %.200s:\n got %d %s\nwant %d %s", operation, input, gotStatus, got, status, output)
	}
}
