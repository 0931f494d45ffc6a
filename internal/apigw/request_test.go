package apigw_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/apigw"
)

// TestLengthsAreTheBodys: what a client or a proxy wrote about the body on the wire is not true of the one in the event.
func TestLengthsAreTheBodys(t *testing.T) {
	t.Parallel()
	a := apigw.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if string(body) != "CANARY" || err != nil || r.ContentLength != 6 {
			t.Errorf("%q, %v, length %d", body, err, r.ContentLength)
		}
		if diff := cmp.Diff(http.Header{"Content-Length": {"6"}}, r.Header); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}), apigw.Options{})
	for _, replace := range []map[string]any{
		{"multiValueHeaders": map[string]any{"content-length": []string{"8", "9"}}},
		{"multiValueHeaders": map[string]any{"Transfer-Encoding": []string{"chunked"}}},
		{"multiValueHeaders": nil},
	} {
		replace["body"], replace["isBase64Encoded"] = "Q0FOQVJZ", true
		run(t.Context(), t, a, rest(t, replace))
	}
}

func TestProtocols(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"HTTP/1.0": "HTTP/1.0 1 0", "HTTP/1.1": "HTTP/1.1 1 1", "HTTP/2.0": "HTTP/2.0 2 0", "": "HTTP/1.1 1 1", "SPDY": "HTTP/1.1 1 1",
	} {
		var got []string
		a := apigw.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = append(got, fmt.Sprintln(r.Proto, r.ProtoMajor, r.ProtoMinor))
		}), apigw.Options{})
		run(t.Context(), t, a, rest(t, map[string]any{"requestContext": map[string]any{"stage": "prod", "protocol": given}}))
		if _, err := a.Invoke(t.Context(), fmt.Appendf(nil, `{"version":"2.0","requestContext":{"http":{"method":"GET","protocol":%q}}}`, given)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{want + "\n", want + "\n"}, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", given, diff)
		}
	}
}
