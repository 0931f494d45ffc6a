package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"
)

// errGone is an environment that ended while it was idle: another one can take the invocation.
var errGone = errors.New("the execution environment has ended")

// environment is a process and the Runtime API server that it talks to.
type environment struct {
	api     *runtimeAPI
	server  *http.Server
	served  chan struct{} // closed when the server has stopped
	cmd     *exec.Cmd
	stderr  *tail
	exited  chan struct{} // closed when the process has ended; exitErr is set before
	exitErr error

	initTimeout time.Duration
}

// startEnvironment starts a process. It does not wait for it to be ready.
func startEnvironment(ctx context.Context, c Config) (*environment, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the Runtime API: %w", err)
	}
	api := newRuntimeAPI(c)
	e := &environment{
		api: api, served: make(chan struct{}), exited: make(chan struct{}), stderr: &tail{}, initTimeout: c.InitTimeout,
		server: &http.Server{Handler: api.handler(), ReadHeaderTimeout: 10 * time.Second},
	}
	stream := time.Now().UTC().Format("2006/01/02") + "/[$LATEST]" + newRequestID()
	// Not CommandContext: the process outlives the invocation that starts it, until Kill or Close.
	e.cmd = exec.Command(c.Path) //nolint:gosec,noctx // running the developer's own binary is the purpose
	e.cmd.Dir = filepath.Dir(c.Path)
	e.cmd.Env = c.environ(listener.Addr().String(), stream)
	e.cmd.Stdout = c.Log
	e.cmd.Stderr = io.MultiWriter(c.Log, e.stderr)
	e.cmd.WaitDelay = time.Second // for a grandchild that keeps the pipes open
	if err := e.cmd.Start(); err != nil {
		_ = listener.Close()
		return nil, functionError("Runtime.InvalidEntrypoint", "the executable cannot be started: %v", err)
	}
	go func() {
		defer close(e.served)
		_ = e.server.Serve(listener) // ends by Close
	}()
	go func() {
		defer close(e.exited)
		e.exitErr = e.cmd.Wait()
	}()
	return e, nil
}

// invoke works through one invocation. The environment can be used again if it has not exited then.
func (e *environment) invoke(inv *invocation, timeout time.Duration) ([]byte, error) {
	if err := e.handOver(inv); err != nil {
		return nil, err
	}
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	an, answered := answer{}, false
	select {
	case an = <-inv.answered:
		answered = true
	case <-e.exited:
	case <-limit.C:
		e.kill()
		<-e.exited
		return nil, timedOut(inv.id, timeout)
	}
	if !answered {
		select {
		case an = <-inv.answered: // it answered, then ended
		default:
			return nil, functionError("Runtime.ExitError", "RequestId: %s Error: %s", inv.id, e.exitReason())
		}
	}
	select { // an invocation is over when the next one is asked for
	case <-inv.finished:
	case <-e.exited:
	case <-limit.C:
		e.kill()
		<-e.exited
	}
	if an.err != nil {
		return nil, an.err
	}
	return an.payload, nil
}

// handOver waits until the process takes the invocation.
func (e *environment) handOver(inv *invocation) error {
	limit := time.NewTimer(e.initTimeout)
	defer limit.Stop()
	select {
	case e.api.work <- inv:
		return nil
	case <-e.exited:
		return e.exitedBefore(inv)
	case <-limit.C:
		e.kill()
		<-e.exited
		return timedOut(inv.id, e.initTimeout)
	}
}

func (e *environment) exitedBefore(inv *invocation) error {
	if reported := e.api.reportedInitError(); reported != nil {
		return reported
	}
	select {
	case <-e.api.ready:
		return errGone
	default:
		return functionError("Runtime.InitError", "RequestId: %s Error: %s during init: %s", inv.id, e.exitReason(), e.stderr)
	}
}

// exitReason is in Lambda's words. The process has ended.
func (e *environment) exitReason() string {
	if e.exitErr == nil {
		return "Runtime exited without providing a reason"
	}
	return "Runtime exited with error: " + e.exitErr.Error()
}

func (e *environment) alive() bool {
	select {
	case <-e.exited:
		return false
	default:
		return true
	}
}

// kill ends the process at once and does not wait for it.
func (e *environment) kill() { _ = e.cmd.Process.Kill() } // the only error is that it has ended

// stop ends the process and the server and waits for both.
func (e *environment) stop() {
	e.kill()
	<-e.exited
	_ = e.server.Close()
	<-e.served
}
