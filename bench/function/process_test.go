package function_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"callback-completer/bench/function"
)

// TestMain lets the test binary be the function: it echoes its events, and does what some of them say.
func TestMain(m *testing.M) {
	if api := os.Getenv("AWS_LAMBDA_RUNTIME_API"); api != "" {
		serve("http://" + api + "/2018-06-01/runtime/")
	}
	os.Exit(m.Run())
}

func serve(base string) {
	if os.Getenv("BROKEN") != "" {
		fmt.Fprintln(os.Stderr, "broken as asked")
		os.Exit(3)
	}
	for {
		response, err := http.Get(base + "invocation/next")
		if err != nil {
			os.Exit(1)
		}
		event, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		end := "/response"
		switch word, _, _ := strings.Cut(string(event), " "); word {
		case "burn":
			for until := used() + 50*time.Millisecond; used() < until; {
			}
		case "fail":
			end = "/error"
		case "die":
			fmt.Fprintln(os.Stderr, "the last words")
			os.Exit(1)
		}
		response, err = http.Post(base+"invocation/"+response.Header.Get("Lambda-Runtime-Aws-Request-Id")+end, "application/json", bytes.NewReader(event))
		if err != nil {
			os.Exit(1)
		}
		_ = response.Body.Close()
	}
}

// used is the processor time that the process says it has had.
func used() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		os.Exit(1)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func program(env ...string) function.Program {
	return function.Program{Args: []string{os.Args[0]}, Env: env}
}

func start(t *testing.T) *function.Process {
	t.Helper()
	p, err := function.Start(t.Context(), program())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	p := start(t)
	if p.Init <= 0 || p.Init > time.Minute {
		t.Errorf("init %v", p.Init)
	}
	large := strings.Repeat("x", 7<<20) // more than Lambda's limit
	for _, event := range []string{"one", large, "two"} {
		answer, elapsed, err := p.Invoke([]byte(event))
		if err != nil || string(answer) != event || elapsed <= 0 {
			t.Fatalf("%d bytes after %v, %v", len(answer), elapsed, err)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it is measured on Linux only")
	}
	p := start(t)
	before, err := p.CPU()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Invoke([]byte("burn")); err != nil {
		t.Fatal(err)
	}
	after, err := p.CPU()
	if err != nil {
		t.Fatal(err)
	}
	if used := after - before; used < 50*time.Millisecond || used > time.Second {
		t.Errorf("%v of processor time for 50 ms of work", used)
	}
	small, err := p.PeakRSS()
	if err != nil || small < 1<<20 {
		t.Fatalf("%d bytes, %v", small, err)
	}
	if _, _, err := p.Invoke(bytes.Repeat([]byte("x"), 8<<20)); err != nil {
		t.Fatal(err)
	}
	if grown, err := p.PeakRSS(); err != nil || grown < small+8<<20 {
		t.Errorf("%d bytes after %d and an event of 8 MiB, %v", grown, small, err)
	}
}

func TestWhatGoesWrongIsTold(t *testing.T) {
	t.Parallel()
	p := start(t)
	if _, _, err := p.Invoke([]byte("fail now")); err == nil || !strings.Contains(err.Error(), "fail now") {
		t.Errorf("a failure: %v", err)
	}
	if _, _, err := p.Invoke([]byte("die")); err == nil || !strings.Contains(err.Error(), "the last words") {
		t.Errorf("a process that ends: %v", err)
	}
	if _, _, err := p.Invoke([]byte("one")); err == nil {
		t.Error("a process that has ended is invoked")
	}
	if _, err := function.Start(t.Context(), program("BROKEN=1")); err == nil || !strings.Contains(err.Error(), "broken as asked") {
		t.Errorf("a process that does not start: %v", err)
	}
	if _, err := function.Start(t.Context(), function.Program{Args: []string{"/no/such/program"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no program: %v", err)
	}
}

func TestCloseEndsTheProcess(t *testing.T) {
	t.Parallel()
	p, err := function.Start(t.Context(), program())
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if process, err := os.FindProcess(p.PID()); err == nil && process.Signal(os.Interrupt) == nil {
		t.Error("the process is still there")
	}
	p.Close() // again is no harm
}
