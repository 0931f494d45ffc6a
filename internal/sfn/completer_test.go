package sfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/callback"
	"callback-completer/internal/sfn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "CANARY-TOKEN"

// request is a call as the endpoint saw it.
type request struct {
	Operation string
	Body      map[string]any
}

// endpoint answers attempt after attempt with the steps of a script; the last one repeats.
type endpoint struct {
	url   string
	mu    sync.Mutex
	steps []step
	seen  []request
	conns atomic.Int64
}

type step func(w http.ResponseWriter, r *http.Request)

func serve(t *testing.T, steps ...step) *endpoint {
	t.Helper()
	e := &endpoint{steps: steps}
	s := httptest.NewUnstartedServer(e)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			e.conns.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	e.url = s.URL
	return e
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	seen := request{Operation: strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSStepFunctions.")}
	_ = json.Unmarshal(body, &seen.Body)
	e.mu.Lock()
	e.seen = append(e.seen, seen)
	run := e.steps[min(len(e.seen), len(e.steps))-1]
	e.mu.Unlock()
	run(w, r)
}

func (e *endpoint) attempts() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.seen)
}

func answer(status int, body string) step {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-RequestId", "aws-request-1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func apiError(code string) step {
	return answer(http.StatusBadRequest, fmt.Sprintf(`{"__type":%q,"message":"Value '%s' at 'taskToken' failed"}`, code, canary))
}

func ok() step { return answer(http.StatusOK, `{}`) }

func html() step {
	return answer(http.StatusServiceUnavailable, "<html><body>503</body></html>")
}

// reset reads the request and breaks the connection.
func reset() step {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// half promises more bytes than it sends.
func half() step {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	}
}

// halfThenReset sends the head of an answer, and breaks the connection once the client has it.
func halfThenReset() step {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
		time.Sleep(100 * time.Millisecond) // a reset overtakes what was not read yet
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// hang answers nothing until the client gives up.
func hang() step {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

func completer(t *testing.T, url string, o sfn.Options) *sfn.Completer {
	t.Helper()
	if o.MaxBackoff == 0 {
		o.MaxBackoff = time.Millisecond
	}
	return sfn.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}, o)
}

func parse(t *testing.T, members string) callback.Callback {
	t.Helper()
	c, err := callback.Parse([]byte(`{"taskToken":"` + canary + `",` + members + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalls(t *testing.T) {
	t.Parallel()
	tests := []struct {
		members string
		want    request
	}{
		{`"output": {"z": 1.10, "a": 9007199254740993}`, request{"SendTaskSuccess", map[string]any{"taskToken": canary, "output": `{"z": 1.10, "a": 9007199254740993}`}}},
		{`"outcome": "success"`, request{"SendTaskSuccess", map[string]any{"taskToken": canary, "output": `{}`}}},
		{`"error": "E", "cause": "why"`, request{"SendTaskFailure", map[string]any{"taskToken": canary, "error": "E", "cause": "why"}}},
		{`"error": "E"`, request{"SendTaskFailure", map[string]any{"taskToken": canary, "error": "E"}}},
		{`"outcome": "failure"`, request{"SendTaskFailure", map[string]any{"taskToken": canary}}},
		{`"outcome": "heartbeat"`, request{"SendTaskHeartbeat", map[string]any{"taskToken": canary}}},
	}
	for _, tt := range tests {
		t.Run(tt.members, func(t *testing.T) {
			t.Parallel()
			e := serve(t, ok())
			if err := completer(t, e.url, sfn.Options{}).Complete(t.Context(), parse(t, tt.members)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]request{tt.want}, e.seen); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	const most = 3
	type steps = []step
	tests := []struct {
		name     string
		steps    steps
		kind     callback.Kind
		code     callback.Code
		lost     bool
		attempts int
	}{
		{"TaskTimedOut", steps{apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", false, 1},
		{"TaskTimedOut with a namespace", steps{apiError("com.amazonaws.swf.service.v2.model#TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", false, 1},
		{"InvalidToken", steps{apiError("InvalidToken")}, callback.Permanent, "InvalidToken", false, 1},
		{"InvalidOutput", steps{apiError("InvalidOutput")}, callback.Permanent, "InvalidOutput", false, 1},
		{"TaskDoesNotExist", steps{apiError("TaskDoesNotExist")}, callback.Permanent, "TaskDoesNotExist", false, 1},
		{"ValidationException", steps{apiError("ValidationException")}, callback.Permanent, "ValidationException", false, 1},
		{"AccessDenied", steps{apiError("AccessDeniedException")}, callback.Transient, "AccessDeniedException", false, 1},
		{"expired credentials", steps{apiError("ExpiredTokenException")}, callback.Transient, "ExpiredTokenException", false, 1},
		{"KMS access denied", steps{apiError("KmsAccessDeniedException")}, callback.Transient, "KmsAccessDeniedException", false, 1},
		{"KMS key disabled", steps{apiError("KmsInvalidStateException")}, callback.Transient, "KmsInvalidStateException", false, 1},
		{"unheard of", steps{apiError("BrandNewException")}, callback.Transient, "BrandNewException", false, 1},
		{"a code that is no code", steps{apiError("a b\nc")}, callback.Transient, "HTTPStatus400", false, 1},
		{"throttled throughout", steps{apiError("ThrottlingException")}, callback.Transient, "ThrottlingException", false, most},
		{"KMS throttled throughout", steps{apiError("KmsThrottlingException")}, callback.Transient, "KmsThrottlingException", false, most},
		{"500 throughout", steps{answer(500, `{"__type":"InternalFailure"}`)}, callback.Transient, "InternalFailure", true, most},
		{"503 in HTML throughout", steps{html()}, callback.Transient, "HTTPStatus503", true, most},
		{"429 in HTML throughout", steps{answer(429, "<html>")}, callback.Transient, "HTTPStatus429", false, most},
		{"413 in HTML", steps{answer(413, "<html>")}, callback.Transient, "HTTPStatus413", false, 1},
		{"reset throughout", steps{reset()}, callback.Transient, "NetworkError", true, most},
		{"hanging throughout", steps{hang()}, callback.Transient, "NetworkError", true, most},

		{"reset, then closed", steps{reset(), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", true, 2},
		{"hanging, then closed", steps{hang(), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", true, 2},
		{"500, then closed", steps{answer(500, `{}`), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", true, 2},
		{"503 in HTML, then closed", steps{html(), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", true, 2},
		{"throttled, then closed", steps{apiError("ThrottlingException"), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", false, 2},
		{"KMS throttled, then closed", steps{apiError("KmsThrottlingException"), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", false, 2},
		{"reset, throttled, then closed", steps{reset(), apiError("ThrottlingException"), apiError("TaskTimedOut")}, callback.TaskClosed, "TaskTimedOut", true, 3},
		{"reset, then refused", steps{reset(), apiError("InvalidToken")}, callback.Permanent, "InvalidToken", true, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, tt.steps...)
			c := completer(t, e.url, sfn.Options{MaxAttempts: most, AttemptTimeout: 500 * time.Millisecond})
			err := c.Complete(t.Context(), parse(t, `"output": 1`))
			var got *callback.Error
			if !errors.As(err, &got) {
				t.Fatalf("Complete: %v, want a *callback.Error", err)
			}
			if got.Kind != tt.kind || got.Code != tt.code || got.AnswerLost != tt.lost || e.attempts() != tt.attempts {
				t.Errorf("kind %v, code %s, answer lost %v after %d attempts", got.Kind, got.Code, got.AnswerLost, e.attempts())
			}
			if text := fmt.Sprintf("%v %+v", err, *got); strings.Contains(text, canary) || got.Message == "" {
				t.Errorf("the error quotes the token, or says nothing: %s", text)
			}
		})
	}
}

func TestRetriesSucceed(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{
		"throttled": apiError("ThrottlingException"), "KMS throttled": apiError("KmsThrottlingException"), "503": html(), "reset": reset(), "hanging": hang(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, first, first, ok())
			c := completer(t, e.url, sfn.Options{AttemptTimeout: 500 * time.Millisecond})
			if err := c.Complete(t.Context(), parse(t, `"output": 1`)); err != nil || e.attempts() != 3 {
				t.Errorf("Complete: %v after %d attempts", err, e.attempts())
			}
		})
	}
}

// TestAnAnswerIsItsStatus takes a 200 whose body breaks off for what it is: sent again, it would look closed.
func TestAnAnswerIsItsStatus(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]step{"ends early": half(), "is reset": halfThenReset()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, first, apiError("TaskTimedOut"))
			if err := completer(t, e.url, sfn.Options{}).Complete(t.Context(), parse(t, `"output": 1`)); err != nil || e.attempts() != 1 {
				t.Errorf("Complete: %v after %d attempts", err, e.attempts())
			}
		})
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	err = completer(t, "http://"+l.Addr().String(), sfn.Options{MaxAttempts: 2}).Complete(t.Context(), parse(t, `"output": 1`))
	var got *callback.Error
	if !errors.As(err, &got) || got.Kind != callback.Transient || got.Code != "NetworkError" || got.AnswerLost {
		t.Errorf("Complete: %#v, want a NetworkError whose request was never sent", err)
	}
	if !strings.Contains(got.Detail, "refused") {
		t.Errorf("detail %q does not say what happened", got.Detail)
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	e := serve(t, ok())
	c := sfn.New(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(e.url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("the role is gone")
		}),
	}, sfn.Options{})
	err := c.Complete(t.Context(), parse(t, `"output": 1`))
	var got *callback.Error
	if !errors.As(err, &got) || got.Kind != callback.Transient || got.Code != "UnknownError" || !strings.Contains(got.Detail, "the role is gone") {
		t.Errorf("Complete: %#v, want a transient error that says why", err)
	}
}

func TestRetriesStayInsideTheContext(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]step{"throttled": apiError("ThrottlingException"), "hanging": hang()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, s)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			start := time.Now()
			c := completer(t, e.url, sfn.Options{MaxAttempts: 1000, MaxBackoff: 100 * time.Millisecond})
			err := c.Complete(ctx, parse(t, `"output": 1`))
			var got *callback.Error
			if !errors.As(err, &got) || got.Kind != callback.Transient {
				t.Fatalf("Complete: %v, want a transient error", err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("returned after %v with 300ms to go", took)
			}
		})
	}
}

// TestConnectionsAreReused makes many more calls than connections. net/http may dial one more per caller while
// another's connection comes free; with its default of ten idle ones it dials several hundred here.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	const callers, rounds = 64, 20
	e := serve(t, ok())
	c := completer(t, e.url, sfn.Options{Concurrency: callers})
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range rounds {
				if err := c.Complete(t.Context(), parse(t, `"output": 1`)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := e.conns.Load(); n > 2*callers {
		t.Errorf("%d connections for %d callers", n, callers)
	}
}
