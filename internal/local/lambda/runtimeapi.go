package lambda

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Lambda's limits on the payloads of a synchronous invocation, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxRequest  = 6_291_456
	maxResponse = 6_291_556
)

// invocation is one event on its way through an environment.
type invocation struct {
	id       string
	payload  []byte
	answered chan answer   // holds the first answer
	finished chan struct{} // closed when the environment asks for the next one
}

type answer struct {
	payload []byte
	err     *FunctionError
}

func newInvocation(id string, payload []byte) *invocation {
	return &invocation{id: id, payload: payload, answered: make(chan answer, 1), finished: make(chan struct{})}
}

// runtimeAPI is the server that one environment talks to.
type runtimeAPI struct {
	arn     string
	timeout time.Duration
	work    chan *invocation // taken only by a process that asks for the next invocation
	ready   chan struct{}    // closed when it asks for the first

	mu        sync.Mutex
	current   *invocation
	initError *FunctionError
}

func newRuntimeAPI(c Config) *runtimeAPI {
	return &runtimeAPI{arn: c.arn(), timeout: c.Timeout, work: make(chan *invocation), ready: make(chan struct{})}
}

func (a *runtimeAPI) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", a.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", a.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", a.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", a.initFailure)
	return mux
}

// next ends the invocation before, as documented, and blocks until there is another.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.finish()
	select {
	case inv := <-a.work:
		a.mu.Lock()
		a.current = inv
		a.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(a.timeout).UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", a.arn)
		h.Set("Lambda-Runtime-Trace-Id", traceID(inv.id))
		_, _ = w.Write(inv.payload) // a process that has gone is noticed by its exit
	case <-r.Context().Done():
	}
}

// traceID has the form of an X-Ray header; its digits are those of the request id.
func traceID(requestID string) string {
	return "Root=1-" + requestID[:8] + "-" + requestID[9:13] + requestID[14:18] + requestID[19:23] + requestID[24:] + ";Sampled=0"
}

func (a *runtimeAPI) finish() {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case <-a.ready:
	default:
		close(a.ready)
	}
	if a.current == nil {
		return
	}
	a.current.offer(answer{err: functionError("Runtime.NoResponse",
		"RequestId: %s Error: the runtime asked for the next invocation without answering this one", a.current.id)})
	close(a.current.finished)
	a.current = nil
}

// offer keeps the first answer and tells whether this is it.
func (inv *invocation) offer(an answer) bool {
	select {
	case inv.answered <- an:
		return true
	default:
		return false
	}
}

func (a *runtimeAPI) response(w http.ResponseWriter, r *http.Request) {
	payload, err := read(r)
	switch {
	case errors.Is(err, errTooLarge):
		a.settle(w, r, answer{err: functionError("Function.ResponseSizeTooLarge",
			"Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse)}, http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		return // the process broke off; its exit tells the rest
	}
	// A handler that returns a reader may fail after the first byte: the error comes behind the body.
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		body, _ := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		a.settle(w, r, answer{err: readError(body, kind)}, http.StatusAccepted)
		return
	}
	a.settle(w, r, answer{payload: payload}, http.StatusAccepted)
}

func (a *runtimeAPI) failure(w http.ResponseWriter, r *http.Request) {
	payload, _ := read(r)
	a.settle(w, r, answer{err: readError(payload, "Unhandled")}, http.StatusAccepted)
}

// settle gives the answer to whoever waits for it. Only the current invocation can be answered, and only once.
func (a *runtimeAPI) settle(w http.ResponseWriter, r *http.Request, an answer, status int) {
	a.mu.Lock()
	ok := a.current != nil && a.current.id == r.PathValue("id") && a.current.offer(an)
	a.mu.Unlock()
	if !ok {
		reply(w, http.StatusBadRequest, `{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}`)
		return
	}
	reply(w, status, `{"status":"OK"}`)
}

func (a *runtimeAPI) initFailure(w http.ResponseWriter, r *http.Request) {
	payload, _ := read(r)
	a.mu.Lock()
	a.initError = readError(payload, "Runtime.InitError")
	a.mu.Unlock()
	reply(w, http.StatusAccepted, `{"status":"OK"}`)
}

func (a *runtimeAPI) reportedInitError() *FunctionError {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.initError
}

var errTooLarge = errors.New("the answer is over the limit")

// read returns the body, or errTooLarge. What is over the limit is read and dropped, so that the process sees the reply.
func read(r *http.Request) ([]byte, error) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	if err == nil && len(payload) > maxResponse {
		_, _ = io.Copy(io.Discard, r.Body)
		return nil, errTooLarge
	}
	return payload, err
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body+"\n")
}
