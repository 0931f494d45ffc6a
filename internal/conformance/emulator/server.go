package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

const (
	readyWithin = 90 * time.Second // Python on a busy machine needs many seconds to import
	readyPoll   = 50 * time.Millisecond
	stopWithin  = 3 * time.Second // then it is killed
)

// Server is a running emulator. Close it.
type Server struct {
	URL string // "http://127.0.0.1:4566"

	name   string
	client *http.Client
	log    *tail
	stop   context.CancelFunc
	exited chan struct{} // closed when the process has ended; err is set before
	err    error
}

// start runs the server on a free port and returns when it answers. ctx bounds the start, not the server's life.
func start(ctx context.Context, sp spec) (*Server, error) {
	program, err := Find(sp.program)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	args, env := sp.at(port, program)
	cmd := exec.CommandContext(running, program, args...) //nolint:gosec // a pinned tool of ours
	cmd.Dir, cmd.Env = sp.folder, env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopWithin
	s := &Server{
		URL: "http://127.0.0.1:" + port, name: sp.program, log: &tail{}, stop: stop, exited: make(chan struct{}),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{}},
	}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		stop()
		return nil, fmt.Errorf("start %s: %w", sp.program, err)
	}
	go func() {
		defer close(s.exited)
		s.err = cmd.Wait()
	}()
	if err := s.awaitReady(ctx, sp.ready); err != nil {
		s.Close()
		return nil, fmt.Errorf("start %s: %w; its log ends with:\n%s", sp.program, err, s.Log())
	}
	return s, nil
}

// Close ends the process and waits for it.
func (s *Server) Close() {
	s.stop()
	<-s.exited
	s.client.CloseIdleConnections()
}

// Log returns the end of what the server has written to its standard output and error.
func (s *Server) Log() string { return s.log.String() }

func (s *Server) awaitReady(ctx context.Context, ready Request) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	poll := time.NewTicker(readyPoll)
	defer poll.Stop()
	for {
		if _, err := s.Call(ctx, ready); err == nil {
			return nil
		}
		select {
		case <-poll.C:
		case <-s.exited:
			return fmt.Errorf("it ended: %w", errors.Join(s.err, errNotReady))
		case <-ctx.Done():
			return fmt.Errorf("%w within %v", errNotReady, readyWithin)
		}
	}
}

var errNotReady = errors.New("it did not answer")

// freePort returns a port that was free a moment ago.
func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
