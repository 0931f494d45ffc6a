package apigw_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"callback-completer/internal/apigw"
)

// FuzzInvoke: whatever the event, the answer is an error about it or a document that a front door takes, and what
// reaches the handler is a request that net/http could have read.
func FuzzInvoke(f *testing.F) {
	files, err := filepath.Glob("../../events/http-*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d sample events, %v", len(files), err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		a := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			check(t, r)
			for name, values := range r.Header {
				w.Header()[name] = values
			}
			_, _ = io.Copy(w, r.Body)
		}), apigw.Options{})
		document, err := a.Invoke(t.Context(), payload)
		if err != nil {
			if !errors.Is(err, apigw.ErrNotHTTP) || len(err.Error()) > 200 {
				t.Fatalf("error %v", err)
			}
			return
		}
		var got struct{ StatusCode int }
		if err := json.Unmarshal(document, &got); err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		switch got.StatusCode {
		case 200, 400, 413, 431:
		default:
			t.Fatalf("status %d", got.StatusCode)
		}
	})
}

func check(t *testing.T, r *http.Request) {
	t.Helper()
	if !strings.HasPrefix(r.URL.Path, "/") || r.URL.RequestURI() != r.RequestURI || strings.Contains(r.URL.EscapedPath(), "?") {
		t.Errorf("path %q, target %q", r.URL.Path, r.RequestURI)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || int64(len(body)) != r.ContentLength || len(body) > apigw.DefaultMaxBodyBytes {
		t.Errorf("%d bytes of %d, %v", len(body), r.ContentLength, err)
	}
	if length := r.Header.Get("Content-Length"); length != "" && length != strconv.Itoa(len(body)) {
		t.Errorf("Content-Length %s for %d bytes", length, len(body))
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	for name, values := range r.Header {
		if name == "" || name == "Host" || strings.ContainsAny(name+strings.Join(values, ""), "\r\n\x00") {
			t.Errorf("header %q: %q", name, values)
		}
	}
	if _, ok := apigw.FromContext(r.Context()); !ok {
		t.Error("no facts")
	}
}
