package elb_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/elb"
	"callback-completer/internal/login"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "CANARY"

// get fetches from a server that answers so.
func get(t *testing.T, answer http.HandlerFunc) ([]byte, error) {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	return elb.New(client).Fetch(t.Context(), server.URL+"/"+canary)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || r.URL.Path != "/"+canary {
				status = http.StatusTeapot
			}
			w.Header().Set("Location", "/elsewhere/"+canary)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		text   string
		none   bool   // there is no key
		err    string // otherwise
	}{
		"a key":            {says(200, "KEY"), "KEY", false, ""},
		"4 KiB":            {says(200, strings.Repeat("k", 4096)), strings.Repeat("k", 4096), false, ""},
		"more":             {says(200, strings.Repeat("k", 4097)), "", false, "the answer is too long for a public key"},
		"endless":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, endless{}) }, "", false, "the answer is too long for a public key"},
		"none":             {says(404, canary), "", true, ""},
		"none, as S3 says": {says(403, "<Error><Code>AccessDenied</Code></Error>"), "", true, ""},
		"a redirect":       {says(302, canary), "", false, "HTTP status 302"},
		"another for good": {says(301, canary), "", false, "HTTP status 301"},
		"out of order":     {says(503, canary), "", false, "HTTP status 503"},
		"nothing":          {says(204, ""), "", false, "HTTP status 204"},
		"broken off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, canary)
		}, "", false, "the call could not be made, or its answer not be used"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := get(t, tt.answer)
			switch {
			case string(text) != tt.text:
				t.Errorf("%q", text)
			case tt.none != errors.Is(err, login.ErrNoKey):
				t.Error(err)
			case !tt.none && (err == nil) != (tt.err == ""), !tt.none && err != nil && err.Error() != tt.err:
				t.Errorf("%v, want %q", err, tt.err)
			case err != nil && strings.Contains(err.Error(), canary):
				t.Errorf("the error quotes: %v", err)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for want, do := range map[string]transport{
		"dial tcp: connection refused": func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		},
		"context deadline exceeded": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"the call could not be made, or its answer not be used": func(*http.Request) (*http.Response, error) {
			return nil, errors.New(canary)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if text, err := elb.New(&http.Client{Transport: do}).Fetch(ctx, "https://keys.example/"+canary); text != nil || err == nil || err.Error() != want {
				t.Errorf("%q, %v, want %s", text, err, want)
			}
		})
	}
	if _, err := elb.New(&http.Client{}).Fetch(t.Context(), "https://keys.example/\n"+canary); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("an address that is none: %v", err)
	}
}
