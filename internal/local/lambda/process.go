package lambda

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed is the error of an invocation that Close has ended or refused.
var ErrClosed = errors.New("the function has been closed")

// Process is a function that runs as operating system processes, its execution environments. They are started when an
// invocation needs one and kept for the next; one that has ended is replaced. It is safe for concurrent use.
type Process struct {
	config Config
	slots  chan struct{} // one for each environment that may work
	closed chan struct{}
	detach func() bool // from the context of Start

	mu   sync.Mutex
	shut bool
	idle []*environment // the latest used last
	all  map[*environment]bool
	work sync.WaitGroup // invocations under way
}

var _ Invoker = (*Process)(nil)

// Start makes a function. No process is started before the first invocation. When ctx ends the function is closed.
func Start(ctx context.Context, c Config) (*Process, error) {
	c, err := c.prepared()
	if err != nil {
		return nil, err
	}
	p := &Process{
		config: c, slots: make(chan struct{}, c.MaxEnvironments), closed: make(chan struct{}), all: map[*environment]bool{},
	}
	p.detach = context.AfterFunc(ctx, p.shutDown)
	return p, nil
}

// Invoke runs one invocation, waiting for an environment if all are at work. A function that fails, in whatever way, is a
// *FunctionError. When ctx ends, Invoke returns its error; the invocation itself goes on, as on Lambda, until its timeout.
func (p *Process) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if len(payload) > maxRequest {
		return nil, functionError("RequestTooLargeException",
			"%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)", len(payload), maxRequest)
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("invoke %s: %w", p.config.Name, ctx.Err())
	case <-p.closed:
		return nil, ErrClosed
	}
	if !p.begin() {
		<-p.slots
		return nil, ErrClosed
	}
	type outcome struct {
		answer []byte
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer p.work.Done()
		defer func() { <-p.slots }()
		answer, err := p.run(context.WithoutCancel(ctx), payload)
		done <- outcome{answer, err}
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("invoke %s: %w", p.config.Name, ctx.Err())
	}
}

func (p *Process) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.shut {
		p.work.Add(1)
	}
	return !p.shut
}

func (p *Process) run(ctx context.Context, payload []byte) ([]byte, error) {
	requestID := RequestID(ctx)
	if requestID == "" {
		requestID = newRequestID()
	}
	for {
		e, used, err := p.take(ctx)
		if err != nil {
			return nil, err
		}
		inv := newInvocation(requestID, payload)
		answer, err := e.invoke(inv, p.config.Timeout)
		p.put(e)
		select {
		case <-p.closed:
			if err != nil {
				return nil, ErrClosed
			}
		default:
		}
		switch {
		case !errors.Is(err, errGone):
			return answer, err
		case !used:
			return nil, functionError("Runtime.ExitError", "RequestId: %s Error: %s", inv.id, e.exitReason())
		}
	}
}

// take returns an environment that no one else has; used tells that it has worked before.
func (p *Process) take(ctx context.Context) (e *environment, used bool, err error) {
	for {
		p.mu.Lock()
		if len(p.idle) == 0 {
			p.mu.Unlock()
			break
		}
		e = p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		p.mu.Unlock()
		if e.alive() {
			return e, true, nil
		}
		p.put(e)
	}
	if e, err = startEnvironment(ctx, p.config); err != nil {
		return nil, false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[e] = true
	if p.shut {
		e.kill() // Close has looked for what to kill already
	}
	return e, false, nil
}

// put gives an environment back, or clears up after one that has ended.
func (p *Process) put(e *environment) {
	p.mu.Lock()
	keep := e.alive() && !p.shut
	if keep {
		p.idle = append(p.idle, e)
	} else {
		delete(p.all, e)
	}
	p.mu.Unlock()
	if !keep {
		e.stop()
	}
}

// Kill ends every process at once, as a crash would, and waits until they have ended. Invocations under way fail with
// Runtime.ExitError; the next one starts a new process.
func (p *Process) Kill() {
	p.mu.Lock()
	var doomed []*environment
	for e := range p.all {
		e.kill()
		doomed = append(doomed, e)
	}
	p.mu.Unlock()
	for _, e := range doomed {
		<-e.exited
	}
}

// Close ends every process that this function has started and waits until they have ended. It may be called again.
func (p *Process) Close() {
	p.detach()
	p.shutDown()
}

func (p *Process) shutDown() {
	p.mu.Lock()
	if !p.shut {
		p.shut = true
		close(p.closed)
	}
	p.mu.Unlock()
	p.Kill()
	p.work.Wait()
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, e := range idle {
		e.stop()
	}
}
