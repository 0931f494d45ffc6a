package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Region is where the emulators' resources are.
const Region = "us-east-1"

// Request is a call of a service for which the project has no SDK client.
type Request struct {
	Service     string // "events", as in the signature's scope; empty for the emulator's own API
	Method      string
	Path        string // with its query
	ContentType string // "application/json" when empty
	Target      string // X-Amz-Target of the JSON protocols
	Body        []byte
}

// Call sends a request and returns the answer's body. An answer that is not 2xx is an error that holds the body.
func (s *Server) Call(ctx context.Context, in Request) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, in.Method, s.URL+in.Path, bytes.NewReader(in.Body))
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", s.name, err)
	}
	if in.ContentType == "" {
		in.ContentType = "application/json"
	}
	r.Header.Set("Content-Type", in.ContentType)
	if in.Target != "" {
		r.Header.Set("X-Amz-Target", in.Target)
	}
	if in.Service != "" { // emulators read the scope and do not check the signature
		r.Header.Set("Authorization", fmt.Sprintf(
			"AWS4-HMAC-SHA256 Credential=test/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", Region, in.Service))
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", s.name, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", s.name, err)
	}
	if answer.StatusCode/100 != 2 {
		return nil, fmt.Errorf("call %s: %s %s%s: %s: %s", s.name, in.Method, in.Path, in.Target, answer.Status, body)
	}
	return body, nil
}

// CallJSON calls an operation of a service that speaks AWS JSON 1.1 and drops the answer.
func (s *Server) CallJSON(ctx context.Context, service, target string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode the input of %s: %w", target, err)
	}
	_, err = s.Call(ctx, Request{
		Service: service, Method: http.MethodPost, Path: "/", ContentType: "application/x-amz-json-1.1", Target: target, Body: body,
	})
	return err
}
