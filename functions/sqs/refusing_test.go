package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"callback-completer/internal/local"
)

// refusing is a client of the stack that no call about one token gets through.
type refusing struct {
	stack *local.Stack
	token string
}

func (f refusing) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if strings.Contains(string(body), f.token) && strings.Contains(r.Header.Get("X-Amz-Target"), "SendTask") {
		return &http.Response{
			StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader("<html>")),
		}, nil
	}
	return local.Direct{Handler: f.stack.API}.Do(r)
}
