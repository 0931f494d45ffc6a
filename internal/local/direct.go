package local

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"syscall"
)

// Direct is an HTTP client that hands each request to a handler in process. It takes the place of an SDK's client in
// tests with thousands of runs, and in testing/synctest bubbles, where a socket would stop the clock.
type Direct struct {
	Handler http.Handler
}

// Do returns the handler's answer, or a reset connection where the handler gives up with [http.ErrAbortHandler].
// It reports to the request's [httptrace.ClientTrace] what a client on a socket would.
func (d Direct) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		if trace.GotConn != nil {
			trace.GotConn(httptrace.GotConnInfo{})
		}
		if trace.WroteHeaders != nil {
			trace.WroteHeaders()
		}
	}
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	w := &answer{header: http.Header{}, done: make(chan struct{})}
	go w.serve(d.Handler, served)
	select {
	case <-w.done:
	case <-r.Context().Done(): // the handler hears of it too, and goes on or not
		return nil, r.Context().Err()
	}
	if w.aborted {
		return nil, syscall.ECONNRESET
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// answer is the http.ResponseWriter of one request. It is read only after done.
type answer struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	aborted bool
	done    chan struct{}
}

func (a *answer) serve(h http.Handler, r *http.Request) {
	defer close(a.done)
	defer func() {
		if v := recover(); v != nil {
			err, ok := v.(error)
			if !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(v) //nolint:forbidigo // the handler's own, passed on as net/http would
			}
			a.aborted = true
		}
	}()
	h.ServeHTTP(a, r)
	a.WriteHeader(http.StatusOK)
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
