package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/local/bootstrap"
	"callback-completer/internal/local/lambda"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "lambda-test-")
	if err != nil {
		panic(err)
	}
	executable = sync.OnceValues(func() (string, error) {
		root, err := bootstrap.Root(".")
		if err != nil {
			return "", err
		}
		return filepath.Join(folder, "function"), bootstrap.BuildForTest(context.Background(), root, folder, "./internal/local/lambda/testdata/function")
	})
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

// executable builds the test function once and returns its path. It does so as other tests build functions, so that the go
// command finds most of it compiled.
var executable func() (string, error)

// start runs the test function and returns it with its log.
func start(t *testing.T, c lambda.Config) (*lambda.Process, *logBuffer) {
	t.Helper()
	path, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	log := newLog()
	c.Path, c.Log = path, log
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second // the machine may be busy
	}
	if c.InitTimeout == 0 {
		c.InitTimeout = 30 * time.Second
	}
	p, err := lambda.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, log
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
	up chan struct{} // closed and replaced at each write
}

func newLog() *logBuffer { return &logBuffer{up: make(chan struct{})} }

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.up)
	l.up = make(chan struct{})
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// await waits until the log holds s.
func (l *logBuffer) await(s string) {
	for {
		l.mu.Lock()
		found, up := strings.Contains(l.b.String(), s), l.up
		l.mu.Unlock()
		if found {
			return
		}
		<-up
	}
}

type facts struct {
	PID         int
	RequestID   string
	ARN         string
	TraceID     string
	MillisLeft  int64
	Environment []string
	Folder      string
}

func factsOf(t *testing.T, p *lambda.Process) facts {
	t.Helper()
	answer, err := p.Invoke(t.Context(), []byte(`{"Do":"facts"}`))
	if err != nil {
		t.Fatalf("Invoke: %v", err)
	}
	var f facts
	if err := json.Unmarshal(answer, &f); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	return f
}

// failure invokes and returns the function error that the event has to provoke.
func failure(t *testing.T, p *lambda.Process, event string) *lambda.FunctionError {
	t.Helper()
	answer, err := p.Invoke(t.Context(), []byte(event))
	var failed *lambda.FunctionError
	if !errors.As(err, &failed) {
		t.Fatalf("Invoke(%s) = %q, %v; want a function error", event, answer, err)
	}
	var wire struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(failed.Payload, &wire); err != nil || wire.ErrorType != failed.Type || wire.ErrorMessage != failed.Message {
		t.Errorf("payload %s does not say what the error says (%v)", failed.Payload, err)
	}
	return failed
}

func TestFunctionAnswers(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	answer, err := p.Invoke(t.Context(), []byte(`{"Do":"echo","Text":"héllo"}`))
	if err != nil || string(answer) != `"héllo"` {
		t.Errorf("Invoke = %s, %v", answer, err)
	}
	p.Close() // the log is whole then
	if !strings.Contains(log.String(), "function started\n") {
		t.Errorf("log: %q", log)
	}
}

func TestEnvironmentIsReused(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	first, second := factsOf(t, p), factsOf(t, p)
	if first.PID != second.PID || first.RequestID == second.RequestID {
		t.Errorf("two invocations: %d %s, then %d %s", first.PID, first.RequestID, second.PID, second.RequestID)
	}
	if failed := failure(t, p, `{"Do":"error","Text":"no"}`); failed.Type != "errorString" || failed.Message != "no" {
		t.Errorf("error: %v", failed)
	}
	if third := factsOf(t, p); third.PID != first.PID {
		t.Error("an error ended the environment")
	}
	p.Close() // the log is whole then
	if starts := strings.Count(log.String(), "function started"); starts != 1 {
		t.Errorf("%d processes", starts)
	}
}

func TestBadEventIsTheFunctionsError(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{})
	if failed := failure(t, p, `{"Do":1}`); failed.Type != "UnmarshalTypeError" {
		t.Errorf("got %v", failed)
	}
}

func TestPanicEndsTheEnvironment(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	before := factsOf(t, p)
	if failed := failure(t, p, `{"Do":"panic","Text":"oops"}`); failed.Type != "string" || failed.Message != "oops" {
		t.Errorf("got %v", failed)
	}
	if after := factsOf(t, p); after.PID == before.PID {
		t.Error("the process that panicked is still used")
	}
	p.Close() // the log is whole then
	if starts := strings.Count(log.String(), "function started"); starts != 2 {
		t.Errorf("%d processes", starts)
	}
}

func TestExitIsAnExitError(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{})
	failed := failure(t, p, `{"Do":"exit"}`)
	if failed.Type != "Runtime.ExitError" || !strings.HasSuffix(failed.Message, "Error: Runtime exited with error: exit status 7") {
		t.Errorf("got %v", failed)
	}
	factsOf(t, p)
}

func TestExitAtInitShowsStderr(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{Env: []string{"AT_INIT=exit"}})
	failed := failure(t, p, `{"Do":"echo"}`)
	if failed.Type != "Runtime.InitError" ||
		!strings.HasSuffix(failed.Message, "Runtime exited with error: exit status 3 during init: MAPPING: no such field") {
		t.Errorf("got %v", failed)
	}
}

func TestHangAtInit(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{Env: []string{"AT_INIT=hang"}, InitTimeout: 50 * time.Millisecond})
	if failed := failure(t, p, `{"Do":"echo"}`); failed.Type != "Sandbox.Timedout" {
		t.Errorf("got %v", failed)
	}
}

func TestTimeoutKillsTheProcess(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{Timeout: time.Second})
	before := factsOf(t, p)
	failed := failure(t, p, `{"Do":"hang"}`)
	if failed.Type != "Sandbox.Timedout" || !strings.HasSuffix(failed.Message, "Error: Task timed out after 1.00 seconds") {
		t.Errorf("got %v", failed)
	}
	if after := factsOf(t, p); after.PID == before.PID {
		t.Error("the process that hung is still used")
	}
}

func TestKillBetweenInvocationsGoesUnnoticed(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	factsOf(t, p)
	p.Kill()
	factsOf(t, p)
	p.Close() // the log is whole then
	if starts := strings.Count(log.String(), "function started"); starts != 2 {
		t.Errorf("%d processes", starts)
	}
}

// hang starts an invocation that does not end by itself, waits until the function works on it and returns its error.
func hang(ctx context.Context, p *lambda.Process, log *logBuffer) <-chan error {
	failed := make(chan error, 1)
	go func() {
		_, err := p.Invoke(ctx, []byte(`{"Do":"hang"}`))
		failed <- err
	}()
	log.await("function hangs")
	return failed
}

func TestKillFailsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	failed := hang(t.Context(), p, log)
	p.Kill()
	err := <-failed
	var function *lambda.FunctionError
	if !errors.As(err, &function) || function.Type != "Runtime.ExitError" ||
		!strings.HasSuffix(function.Message, "Runtime exited with error: signal: killed") {
		t.Errorf("got %v", err)
	}
	factsOf(t, p)
}

func TestInvokeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{MaxEnvironments: 1})
	ctx, cancel := context.WithCancel(t.Context())
	failed := hang(ctx, p, log)
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("under way: %v", err)
	}
	// The invocation goes on, so the only environment is taken.
	if _, err := p.Invoke(ctx, []byte(`{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for an environment: %v", err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{})
	failed := hang(t.Context(), p, log)
	p.Close()
	if err := <-failed; !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("under way: %v", err)
	}
	if _, err := p.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("after: %v", err)
	}
	p.Close()
}

func TestConcurrentInvocations(t *testing.T) {
	t.Parallel()
	p, log := start(t, lambda.Config{MaxEnvironments: 3})
	pids := make(chan string, 9)
	var group sync.WaitGroup
	for range 9 {
		group.Go(func() {
			answer, err := p.Invoke(t.Context(), []byte(`{"Do":"wait"}`))
			if err != nil {
				t.Errorf("Invoke: %v", err)
			}
			pids <- string(answer)
		})
	}
	group.Wait()
	close(pids)
	count := map[string]int{}
	for pid := range pids {
		count[pid]++
	}
	if len(count) != 3 {
		t.Errorf("9 invocations were shared like this: %v, want 3 processes", count)
	}
	p.Close() // the log is whole then
	if starts := strings.Count(log.String(), "function started"); starts != 3 {
		t.Errorf("%d processes", starts)
	}
}

func TestPayloadLimits(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{})
	fits := []byte(`{"Do":"echo","Text":"` + strings.Repeat("x", 6_291_456-23) + `"}`)
	answer, err := p.Invoke(t.Context(), fits)
	if want := 6_291_456 - 23 + 2; err != nil || len(answer) != want {
		t.Errorf("request of %d bytes: %d bytes, %v; want %d bytes", len(fits), len(answer), err, want)
	}
	if failed := failure(t, p, string(fits)+" "); failed.Type != "RequestTooLargeException" {
		t.Errorf("request of 6,291,457 bytes: %v", failed)
	}
	answer, err = p.Invoke(t.Context(), []byte(`{"Do":"large","Bytes":6291554}`)) // and two quotes
	if err != nil || len(answer) != 6_291_556 {
		t.Errorf("answer of 6,291,556 bytes: %d bytes, %v", len(answer), err)
	}
	if failed := failure(t, p, `{"Do":"large","Bytes":6291555}`); failed.Type != "Function.ResponseSizeTooLarge" {
		t.Errorf("answer of 6,291,557 bytes: %v", failed)
	}
	factsOf(t, p)
}

func TestAnswerThatBreaksOff(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{})
	if failed := failure(t, p, `{"Do":"stream"}`); failed.Type != "errorString" || failed.Message != "the other half is missing" {
		t.Errorf("got %v", failed)
	}
}

func TestContextOfStartClosesTheFunction(t *testing.T) {
	t.Parallel()
	path, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p, err := lambda.Start(ctx, lambda.Config{Path: path, Timeout: 30 * time.Second, InitTimeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	factsOf(t, p)
	cancel()
	p.Close() // waits for what cancel has begun
	if _, err := p.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("after: %v", err)
	}
}

func TestStartChecksThePath(t *testing.T) {
	t.Parallel()
	if _, err := lambda.Start(t.Context(), lambda.Config{Path: filepath.Join(t.TempDir(), "bootstrap")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := lambda.Start(t.Context(), lambda.Config{Path: t.TempDir()}); err == nil {
		t.Error("a folder was taken for an executable")
	}
}

func TestFileThatIsNotExecutable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, []byte("not a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := lambda.Start(t.Context(), lambda.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if failed := failure(t, p, `{}`); failed.Type != "Runtime.InvalidEntrypoint" {
		t.Errorf("got %v", failed)
	}
}

func TestWhatTheFunctionSees(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{
		Name: "sqs", MemoryMB: 512, Timeout: 45 * time.Second, Env: []string{"QUEUE=q", "AWS_REGION=eu-west-1", "AWS_LAMBDA_FUNCTION_NAME=mine"},
	})
	f := factsOf(t, p)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid.MatchString(f.RequestID) {
		t.Errorf("request id %q", f.RequestID)
	}
	if want := "arn:aws:lambda:eu-west-1:000000000000:function:sqs"; f.ARN != want {
		t.Errorf("ARN %q, want %q", f.ARN, want)
	}
	if !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$`).MatchString(f.TraceID) {
		t.Errorf("trace id %q", f.TraceID)
	}
	if f.MillisLeft <= 15_000 || f.MillisLeft > 45_000 {
		t.Errorf("%d ms left of 45 s", f.MillisLeft)
	}
	path, _ := executable()
	folder := filepath.Dir(path)
	if f.Folder != folder {
		t.Errorf("working directory %q, want %q", f.Folder, folder)
	}
	var got []string
	for _, pair := range f.Environment {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "_X_AMZN_TRACE_ID":
			pair = name
		case "PWD": // set by os/exec with the working directory
			continue
		}
		got = append(got, pair)
	}
	want := []string{
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_LAMBDA_FUNCTION_NAME=sqs",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/sqs",
		"AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_LAMBDA_RUNTIME_API",
		"AWS_REGION=eu-west-1",
		"LAMBDA_TASK_ROOT=" + folder,
		"QUEUE=q",
		"TZ=:UTC",
		"_HANDLER=bootstrap",
		"_X_AMZN_TRACE_ID",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}
