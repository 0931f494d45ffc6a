package apigw

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
)

// Limits of a request where [Options] names none.
const (
	// DefaultMaxBodyBytes is the most that a load balancer passes on to Lambda. API Gateway passes on up to 10 MB.
	DefaultMaxBodyBytes = 1 << 20

	// DefaultMaxHeaderBytes leaves room for the 10,240 bytes of request line and headers that API Gateway accepts and
	// for the headers that front doors add. A load balancer accepts 64 KiB.
	DefaultMaxHeaderBytes = 16 << 10
)

// Options are what an [Adapter] may be told. The zero value is usable.
type Options struct {
	MaxBodyBytes   int // after base64; 0 means DefaultMaxBodyBytes, more is answered 413
	MaxHeaderBytes int // path, query, header names and values together; 0 means DefaultMaxHeaderBytes, more is answered 431

	// Refuse writes the answer to a request that the handler never sees (400, 413, 431) or panicked over (500). The
	// default is a problem document (RFC 9457) of type about:blank.
	Refuse func(w http.ResponseWriter, status int)

	Log *slog.Logger // for panics; nil means nowhere
}

// Adapter serves Lambda invocations with an http.Handler. It is a lambda.Handler of aws-lambda-go, and safe for
// concurrent use.
type Adapter struct {
	handler http.Handler
	options Options
}

// New returns an adapter that serves with h.
func New(h http.Handler, o Options) *Adapter {
	if o.MaxBodyBytes <= 0 {
		o.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if o.MaxHeaderBytes <= 0 {
		o.MaxHeaderBytes = DefaultMaxHeaderBytes
	}
	if o.Refuse == nil {
		o.Refuse = problem
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Adapter{handler: h, options: o}
}

// Invoke serves the HTTP request in an event and returns the response document of its front door. The request's
// context is ctx, so it ends with the invocation's deadline; the handler answers before that, since a front door makes
// a 502 of an invocation that timed out.
//
// The error is ErrNotHTTP, wrapped, for an event that holds no HTTP request. Everything else becomes a response.
func (a *Adapter) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e, err := parse(payload)
	if err != nil {
		return nil, err
	}
	var w *response
	if r, status := a.request(ctx, e); r != nil {
		w = a.serve(ctx, r)
	} else {
		w = a.refuse(e.method(), status)
	}
	answer, err := json.Marshal(w.document(e))
	if err != nil {
		return nil, fmt.Errorf("encode the response: %w", err)
	}
	return answer, nil
}

func (a *Adapter) serve(ctx context.Context, r *http.Request) (w *response) {
	defer func() {
		if v := recover(); v != nil {
			a.logPanic(ctx, v)
			w = a.refuse(r.Method, http.StatusInternalServerError)
		}
	}()
	w = newResponse(r.Method)
	a.handler.ServeHTTP(w, r)
	return w
}

func (a *Adapter) refuse(method string, status int) *response {
	w := newResponse(method)
	a.options.Refuse(w, status)
	return w
}

// logPanic logs where it happened. The value of a panic may quote the request, so only its type is logged, and its
// text where the Go runtime wrote it.
func (a *Adapter) logPanic(ctx context.Context, v any) {
	text := ""
	if err, ok := v.(runtime.Error); ok {
		text = err.Error()
	}
	a.options.Log.ErrorContext(ctx, "panic; the client is told of an internal error",
		"type", fmt.Sprintf("%T", v), "text", text, "stack", string(debug.Stack()))
}

func problem(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A response is kept in memory: writing it does not fail.
	_, _ = fmt.Fprintf(w, `{"type":"about:blank","title":%q,"status":%d}`, http.StatusText(status), status)
}
