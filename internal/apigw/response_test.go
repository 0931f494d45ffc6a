package apigw_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/apigw"
)

func TestResponses(t *testing.T) {
	t.Parallel()
	plain := map[string][]string{"Content-Type": {"text/plain; charset=utf-8"}}
	tests := map[string]struct {
		method string
		write  func(w http.ResponseWriter)
		want   result
	}{
		"nothing": {"GET", func(http.ResponseWriter) {}, result{Status: 200, Headers: map[string][]string{}}},
		"HEAD": {"HEAD", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "body")
		}, result{Status: 200, Headers: plain}},
		"refused HEAD": {"HEAD", func(w http.ResponseWriter) { panic("x") }, result{
			Status: 500, Headers: map[string][]string{"Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}},
		}},
		"no content": {"POST", func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "body"); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("write after 204: %v", err)
			}
		}, result{Status: 204, Headers: map[string][]string{}}},
		"first status counts": {"POST", func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusConflict)
			w.WriteHeader(http.StatusOK)
		}, result{Status: 409, Headers: map[string][]string{}}},
		"status that is none": {"POST", func(w http.ResponseWriter) { w.WriteHeader(42) }, result{Status: 500, Headers: map[string][]string{}}},
		"connection headers": {"POST", func(w http.ResponseWriter) {
			for _, name := range []string{"Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Trailer"} {
				w.Header().Set(name, "1")
			}
			w.Header()["lower-case"] = []string{"kept"}
			w.Header()[http.TrailerPrefix+"X"] = []string{"dropped"}
			_, _ = io.WriteString(w, "text")
		}, result{Status: 200, Headers: map[string][]string{"Content-Type": plain["Content-Type"], "Lower-Case": {"kept"}}, Body: "text"}},
		"line break in a header": {"POST", func(w http.ResponseWriter) {
			w.Header()["Location"] = []string{"/a\r\nSet-Cookie: b=1"}
		}, result{Status: 200, Headers: map[string][]string{"Location": {"/a  Set-Cookie: b=1"}}}},
		"line break in a name": {"POST", func(w http.ResponseWriter) {
			w.Header()["X\r\nSet-Cookie"] = []string{"b=1"}
		}, result{Status: 200, Headers: map[string][]string{}}},
		"not UTF-8": {"POST", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte{0xff})
		}, result{Status: 200, Headers: map[string][]string{"Content-Type": {"text/plain"}}, Body: "/w==", Base64: true}},
		"no type wanted": {"POST", func(w http.ResponseWriter) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "text")
		}, result{Status: 200, Headers: map[string][]string{}, Body: "text"}},
		"compressed": {"POST", func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "text")
		}, result{Status: 200, Headers: map[string][]string{"Content-Encoding": {"br"}}, Body: "text"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { test.write(w) }), apigw.Options{})
			if diff := cmp.Diff(test.want, run(t.Context(), t, a, rest(t, map[string]any{"httpMethod": test.method}))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestCookiesWithoutMultiValueHeaders: a target group with single values gets each cookie under its own spelling.
func TestCookiesWithoutMultiValueHeaders(t *testing.T) {
	t.Parallel()
	const cookies = 512
	a := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range cookies {
			w.Header().Add("Set-Cookie", "a=b")
		}
		w.WriteHeader(599)
	}), apigw.Options{})
	document, err := a.Invoke(t.Context(), rest(t, map[string]any{
		"multiValueHeaders": nil, "headers": map[string]any{}, "requestContext": map[string]any{"elb": map[string]any{}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		StatusCode        int
		StatusDescription string
		Headers           map[string]string
		Body              string
		IsBase64Encoded   bool
	}
	read(t, document, &got)
	if got.StatusDescription != "599 Unknown" || len(got.Headers) != cookies {
		t.Errorf("%q, %d headers", got.StatusDescription, len(got.Headers))
	}
	for name := range got.Headers {
		if !strings.EqualFold(name, "Set-Cookie") {
			t.Errorf("header %s", name)
		}
	}
}
