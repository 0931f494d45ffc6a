package function

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Program is what is run.
type Program struct {
	Args []string // the executable first
	Dir  string
	Env  []string // the whole environment but for the Runtime API's address
	// Cgroup is a folder of the cgroup file system in which the process is to run; empty for the caller's.
	Cgroup string
}

const (
	initTimeout = time.Minute
	// Timeout is Lambda's longest, so that every contender ends in its own time.
	timeout = 15 * time.Minute
)

// Process is a running contender. One goroutine may use it.
type Process struct {
	// Init is the time from exec to the first request for work.
	Init time.Duration

	cmd      *exec.Cmd
	server   *http.Server
	served   chan struct{}
	exited   chan struct{} // closed when the process has ended; exitErr is set before
	exitErr  error
	output   output
	asked    chan time.Time // one for each request for work
	work     chan []byte    // the answer to it
	answered chan answer    // what the process made of it
	sequence int
}

type answer struct {
	payload []byte
	failed  bool
	at      time.Time
}

// Start runs a program and waits until it asks for work. Close ends it.
func Start(ctx context.Context, p Program) (*Process, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the Runtime API: %w", err)
	}
	f := &Process{
		served: make(chan struct{}), exited: make(chan struct{}),
		asked: make(chan time.Time, 1), work: make(chan []byte), answered: make(chan answer, 1),
	}
	f.server = &http.Server{Handler: f.api(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(f.served)
		_ = f.server.Serve(listener) // ends by Close
	}()
	args := p.Args
	if p.Cgroup != "" {
		args = append([]string{"/bin/sh", "-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, p.Cgroup}, args...)
	}
	f.cmd = exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // to run contenders is the purpose
	f.cmd.Dir = p.Dir
	f.cmd.Env = append(append([]string{}, p.Env...), "AWS_LAMBDA_RUNTIME_API="+listener.Addr().String())
	f.cmd.Stdout, f.cmd.Stderr = &f.output, &f.output
	f.cmd.WaitDelay = time.Second
	started := time.Now()
	if err := f.cmd.Start(); err != nil {
		_ = f.server.Close()
		<-f.served
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	go func() {
		defer close(f.exited)
		f.exitErr = f.cmd.Wait()
	}()
	limit := time.NewTimer(initTimeout)
	defer limit.Stop()
	select {
	case at := <-f.asked:
		f.Init = at.Sub(started)
		return f, nil
	case <-f.exited:
		err = fmt.Errorf("%s ended before it asked for work: %w\n%s", p.Args[0], f.exitErr, f.output.last())
	case <-limit.C:
		err = fmt.Errorf("%s did not ask for work within %v\n%s", p.Args[0], initTimeout, f.output.last())
	}
	f.Close()
	return nil, err
}

func (f *Process) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", f.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", f.response(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", f.response(true))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(&f.output, r.Body)
		w.WriteHeader(http.StatusAccepted)
	})
	return mux
}

func (f *Process) next(w http.ResponseWriter, r *http.Request) {
	select {
	case f.asked <- time.Now():
	case <-r.Context().Done():
		return
	}
	select {
	case payload := <-f.work:
		f.sequence++
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(payload)))
		h.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("00000000-0000-4000-8000-%012d", f.sequence))
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(timeout).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:bench")
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
		_, _ = w.Write(payload) // a process that has gone is noticed by its exit
	case <-r.Context().Done():
	}
}

func (f *Process) response(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		at := time.Now()
		if err != nil {
			return
		}
		w.WriteHeader(http.StatusAccepted)
		select {
		case f.answered <- answer{payload, failed, at}:
		default: // a second answer to the same event; the first counts
		}
	}
}

// Invoke hands the process an event and waits until it asks for the next one. The time ends with the answer.
func (f *Process) Invoke(payload []byte) ([]byte, time.Duration, error) {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	started := time.Now()
	select {
	case f.work <- payload:
	case <-f.exited:
		return nil, 0, f.gone()
	}
	var an answer
	select {
	case an = <-f.answered:
	case <-f.exited:
		return nil, 0, f.gone()
	case <-limit.C:
		return nil, 0, errors.New("no answer within Lambda's longest timeout")
	}
	select {
	case <-f.asked:
	case <-f.exited:
		return nil, 0, f.gone()
	case <-limit.C:
		return nil, 0, errors.New("no request for more work within Lambda's longest timeout")
	}
	if an.failed {
		return nil, 0, fmt.Errorf("the function failed: %s\n%s", an.payload, f.output.last())
	}
	return an.payload, an.at.Sub(started), nil
}

func (f *Process) gone() error {
	return fmt.Errorf("the process has ended: %w\n%s", f.exitErr, f.output.last())
}

// PID is the process's id.
func (f *Process) PID() int { return f.cmd.Process.Pid }

// Logged is how many bytes the process has written to stdout and stderr.
func (f *Process) Logged() int64 { return f.output.n.Load() }

// Last returns the end of what the process has written.
func (f *Process) Last() string { return f.output.last() }

// End sends the process a signal upon which it ends by itself, and waits for that.
func (f *Process) End(signal os.Signal) error {
	if err := f.cmd.Process.Signal(signal); err != nil {
		return fmt.Errorf("end the process: %w", err)
	}
	limit := time.NewTimer(initTimeout)
	defer limit.Stop()
	select {
	case <-f.exited:
		return f.exitErr
	case <-limit.C:
		return errors.New("the process does not end")
	}
}

// Close ends the process and its Runtime API.
func (f *Process) Close() {
	_ = f.cmd.Process.Kill() // the only error is that it has ended
	<-f.exited
	_ = f.server.Close()
	<-f.served
}

// output counts what a process writes and keeps the end of it.
type output struct {
	n    atomic.Int64
	mu   sync.Mutex
	tail []byte
}

const keep = 4 << 10

func (o *output) Write(p []byte) (int, error) {
	o.n.Add(int64(len(p)))
	o.mu.Lock()
	defer o.mu.Unlock()
	end := p[max(0, len(p)-keep):]
	o.tail = append(o.tail[:copy(o.tail, o.tail[max(0, len(o.tail)+len(end)-keep):])], end...)
	return len(p), nil
}

func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.tail)
}
