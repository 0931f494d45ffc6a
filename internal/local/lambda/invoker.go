package lambda

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Invoker invokes a function and waits for its answer.
type Invoker interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
}

// InvokerFunc makes an Invoker of a Go function.
type InvokerFunc func(ctx context.Context, payload []byte) ([]byte, error)

// Invoke calls f.
func (f InvokerFunc) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return f(ctx, payload)
}

// FunctionError is an invocation that Lambda reports as failed.
type FunctionError struct {
	// Type is what the function named its error, or one of Lambda's own: Runtime.InvalidEntrypoint, Runtime.InitError,
	// Runtime.ExitError, Runtime.NoResponse, Sandbox.Timedout, Function.ResponseSizeTooLarge, RequestTooLargeException.
	Type    string
	Message string
	Payload []byte // the JSON that the caller of Lambda is given
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// wireError is an error in the Runtime API and in the answer to a caller.
type wireError struct {
	Message string `json:"errorMessage"`
	Type    string `json:"errorType"`
}

func functionError(kind, format string, args ...any) *FunctionError {
	e := &FunctionError{Type: kind, Message: fmt.Sprintf(format, args...)}
	e.Payload, _ = json.Marshal(wireError{e.Message, e.Type}) // two strings always encode
	return e
}

// readError takes an error that a function has reported. What is not JSON is kept as the payload alone.
func readError(payload []byte, fallback string) *FunctionError {
	w := wireError{Type: fallback}
	_ = json.Unmarshal(payload, &w)
	return &FunctionError{Type: w.Type, Message: w.Message, Payload: payload}
}

func timedOut(requestID string, after time.Duration) *FunctionError {
	return functionError("Sandbox.Timedout", "RequestId: %s Error: Task timed out after %.2f seconds", requestID, after.Seconds())
}

// Timeout gives every invocation of a function in process the deadline that Lambda would give it. One that overruns it is
// Sandbox.Timedout, whatever it answers; it cannot be killed, so Timeout still waits for it to return.
func Timeout(fn Invoker, d time.Duration) Invoker {
	return InvokerFunc(func(ctx context.Context, payload []byte) ([]byte, error) {
		limited, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		answer, err := fn.Invoke(limited, payload)
		if errors.Is(limited.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
			return nil, timedOut(newRequestID(), d)
		}
		return answer, err
	})
}

// newRequestID returns a random (version 4) UUID.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
