// Package awsjson is the server side of the AWS JSON protocols 1.0, which Step Functions, SQS and DynamoDB speak, and 1.1,
// which EventBridge speaks: POST /, the operation in X-Amz-Target, a JSON object in and out, errors as {"__type", "message"}.
// They differ in the content type; the answer has the request's.
//
// Signatures are not checked: the stand-in listens on loopback only and holds nothing.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package awsjson

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callback-completer/internal/local/fault"
)

// maxBody is above every documented request limit (Step Functions 1 MB, SQS 1 MiB plus JSON escapes),
// so that the services answer with their own errors.
const maxBody = 16 << 20

// Error is an API error as it goes over the wire.
type Error struct {
	Code    string // "InvalidToken"
	Message string
	Status  int // HTTP status; 0 is 400
	// QueryError is the code that SQS sends in x-amzn-query-error for old clients; empty sends none.
	QueryError string
	// Members are what the service models beside the message: a ConditionalCheckFailedException of DynamoDB has an Item.
	Members map[string]any
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns a 400 with the given code.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Operation answers one API operation. An error that is no *Error becomes 500 InternalFailure.
type Operation func(ctx context.Context, input []byte) (any, error)

// Op makes an Operation of a typed function. Unknown input members are ignored; a member of the wrong type, and a
// request that is not UTF-8, is a SerializationException.
func Op[In, Out any](f func(context.Context, In) (Out, error)) Operation {
	return func(ctx context.Context, input []byte) (any, error) {
		if !utf8.Valid(input) { // encoding/json would silently mend it
			return nil, Errorf("SerializationException", "the request is not valid UTF-8")
		}
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, Errorf("SerializationException", "the request is not what the operation takes: %v", err)
		}
		return f(ctx, in)
	}
}

// Server serves the operations of one or more services on one address.
type Server struct {
	faults *fault.Injector
	ops    map[string]Operation
}

// NewServer returns a server without operations. A nil injector injects nothing.
func NewServer(faults *fault.Injector) *Server {
	return &Server{faults: faults, ops: map[string]Operation{}}
}

// Register adds the operations of a service under its target prefix, "AWSStepFunctions".
// It must not be called while the server serves.
func (s *Server) Register(prefix string, ops map[string]Operation) {
	for name, op := range ops {
		s.ops[prefix+"."+name] = op
	}
}

// The content types of the two versions.
const (
	version10 = "application/x-amz-json-1.0"
	version11 = "application/x-amz-json-1.1"
)

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", version10)
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == version11 {
		w.Header().Set("Content-Type", version11)
	}
	target := r.Header.Get("X-Amz-Target")
	input, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeError(w, Errorf("RequestEntityTooLargeException", "the request could not be read: %v", err))
		return
	}
	if len(bytes.TrimSpace(input)) == 0 {
		input = []byte("{}")
	}
	op, ok := s.ops[target]
	if !ok {
		writeError(w, Errorf("UnknownOperationException",
			"the stand-in has no operation %q (X-Amz-Target); it speaks the AWS JSON protocol only", target))
		return
	}
	_, name, _ := strings.Cut(target, ".")
	rule, struck := s.faults.Pick(name)
	if struck && rule.Kind == fault.Slow && !rule.Applied {
		wait(r.Context(), rule.Delay)
	}
	spoilt := struck && rule.Kind != fault.Slow
	var out any
	if !spoilt || rule.Applied {
		out, err = op(r.Context(), input)
	}
	if struck && rule.Kind == fault.Slow && rule.Applied {
		wait(r.Context(), rule.Delay)
	}
	switch {
	case spoilt:
		spoil(w, rule.Kind)
	case err != nil:
		writeError(w, err)
	default:
		writeJSON(w, http.StatusOK, out)
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// spoil writes the fault in the place of the answer.
func spoil(w http.ResponseWriter, k fault.Kind) {
	switch k {
	case fault.Reset:
		reset(w)
	case fault.HTMLError:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>\n")
	case fault.ServerError:
		writeError(w, &Error{Code: "InternalFailure", Message: "injected fault", Status: http.StatusInternalServerError})
	case fault.Throttle:
		writeError(w, Errorf("ThrottlingException", "Rate exceeded"))
	case fault.KMSThrottling:
		writeError(w, Errorf("KmsThrottlingException", "injected fault"))
	case fault.KMSAccessDenied:
		writeError(w, Errorf("KmsAccessDeniedException", "injected fault"))
	case fault.KMSInvalidState:
		writeError(w, Errorf("KmsInvalidStateException", "injected fault"))
	case fault.AccessDenied:
		writeError(w, Errorf("AccessDeniedException", "injected fault"))
	case fault.Slow:
		// Carried out around the operation; there is nothing to write.
	}
}

// reset breaks the connection so that the client sees a reset where there is TCP, an end of file elsewhere.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's own way to drop a connection that cannot be hijacked
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func writeError(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Code: "InternalFailure", Message: err.Error(), Status: http.StatusInternalServerError}
	}
	status := e.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	if e.QueryError != "" {
		w.Header().Set("X-Amzn-Query-Error", e.QueryError+";Sender")
	}
	body := map[string]any{"__type": e.Code, "message": e.Message}
	maps.Copy(body, e.Members)
	writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		body, status = []byte(`{"__type":"InternalFailure","message":"the answer cannot be encoded"}`), http.StatusInternalServerError
	}
	if v == nil {
		body = []byte("{}")
	}
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)) // DynamoDB's, whose clients miss it
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
