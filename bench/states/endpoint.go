package states

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Behaviour is how the endpoint answers from now on.
type Behaviour struct {
	Latency  time.Duration // from the end of a request to its answer
	Throttle float64       // share of the calls that are throttled, 0 to 1, drawn at random
	Strict   Check         // checks each call; nil checks none
}

// Check tells what is wrong with a call's decoded body.
type Check func(target string, body []byte) error

// Counts are what came since the last Take.
type Counts struct {
	Calls       int64 // complete requests for SendTask*
	Completed   int64 // tasks that were completed for the first time
	Repeated    int64 // answers 200 to a task that was completed already, or that nobody expects
	Throttled   int64
	Connections int64 // handshakes that succeeded
	Bytes       int64 // of request bodies
}

// Endpoint is a running server. It is safe for concurrent use.
type Endpoint struct {
	listener net.Listener
	config   *tls.Config
	secret   []byte // the answer to GetSecretValue

	behaviour atomic.Pointer[Behaviour]
	tasks     atomic.Pointer[tasks]
	fault     atomic.Pointer[error] // the first that Strict found

	calls, completed, repeated, throttled, connections, bytes atomic.Int64

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	shut  bool
	conns sync.WaitGroup
}

// Start serves on a port of the loopback interface until Close; when ctx ends, handshakes fail. GetSecretValue is answered with secret.
func Start(ctx context.Context, certificate tls.Certificate, secret string) (*Endpoint, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the states endpoint: %w", err)
	}
	e := &Endpoint{
		listener: listener, secret: secretAnswer(secret), open: map[net.Conn]struct{}{},
		config: &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}},
	}
	e.behaviour.Store(&Behaviour{})
	e.tasks.Store(&tasks{})
	e.conns.Go(func() { e.accept(ctx) })
	return e, nil
}

// URL is where the endpoint listens.
func (e *Endpoint) URL() string { return "https://" + e.listener.Addr().String() }

// Set changes how calls are answered that come from now on.
func (e *Endpoint) Set(b Behaviour) { e.behaviour.Store(&b) }

// Expect forgets what was completed and waits for the tasks first, first+1 … of the next invocation.
func (e *Endpoint) Expect(first, n int) {
	e.tasks.Store(&tasks{first: first, done: make([]atomic.Bool, n)})
}

// Take returns the counts and begins anew.
func (e *Endpoint) Take() Counts {
	return Counts{
		Calls: e.calls.Swap(0), Completed: e.completed.Swap(0), Repeated: e.repeated.Swap(0),
		Throttled: e.throttled.Swap(0), Connections: e.connections.Swap(0), Bytes: e.bytes.Swap(0),
	}
}

// Fault returns the first thing that was wrong with a request since the last time.
func (e *Endpoint) Fault() error {
	if fault := e.fault.Swap(nil); fault != nil {
		return *fault
	}
	return nil
}

func (e *Endpoint) blame(err error) { e.fault.CompareAndSwap(nil, &err) }

// Close ends every connection and waits for its goroutine.
func (e *Endpoint) Close() {
	_ = e.listener.Close()
	e.mu.Lock()
	e.shut = true
	for c := range e.open {
		_ = c.Close()
	}
	e.mu.Unlock()
	e.conns.Wait()
}

func (e *Endpoint) accept(ctx context.Context) {
	for {
		c, err := e.listener.Accept()
		if err != nil {
			return
		}
		if !e.keep(c) {
			continue
		}
		e.conns.Go(func() {
			defer e.drop(c)
			e.serve(ctx, tls.Server(c, e.config))
		})
	}
}

func (e *Endpoint) keep(c net.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shut {
		_ = c.Close()
		return false
	}
	e.open[c] = struct{}{}
	return true
}

func (e *Endpoint) drop(c net.Conn) {
	_ = c.Close()
	e.mu.Lock()
	delete(e.open, c)
	e.mu.Unlock()
}

// tasks are those of one invocation.
type tasks struct {
	first int
	done  []atomic.Bool
}

// complete tells whether the task is expected and was open until now.
func (t *tasks) complete(number int) bool {
	i := number - t.first
	return i >= 0 && i < len(t.done) && t.done[i].CompareAndSwap(false, true)
}
