package main

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"callback-completer/internal/local"
)

// elsewhere is a client of the stack whose calls to Step Functions end where nobody knows the tokens, in another region say.
type elsewhere struct {
	stack      *local.Stack
	losesFirst bool // the answer to the first of them is lost; to the others, the task is closed

	calls atomic.Int64
}

func (e *elsewhere) Do(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.Header.Get("X-Amz-Target"), "SendTask") {
		return local.Direct{Handler: e.stack.API}.Do(r)
	}
	code := "InvalidToken"
	if e.losesFirst {
		code = "TaskTimedOut"
		if e.calls.Add(1) == 1 {
			_, err := local.Direct{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })}.Do(r)
			return nil, err
		}
	}
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"__type":"` + code + `"}`)),
	}, nil
}
