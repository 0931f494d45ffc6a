package local_test

import (
	"io"
	"net/http"
	"testing"

	"callback-completer/internal/local"
)

func TestServe(t *testing.T) {
	t.Parallel()
	s, err := local.Serve("", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	get := func() (string, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			return "", err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		return string(body), err
	}
	if got, err := get(); got != "here" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if again, err := local.Serve(s.URL()[len("http://"):], http.NotFoundHandler()); err == nil {
		again.Close()
		t.Error("two servers have one address")
	}
	s.Close()
	s.Close()
	if got, err := get(); err == nil {
		t.Errorf("closed, yet %q", got)
	}
}
