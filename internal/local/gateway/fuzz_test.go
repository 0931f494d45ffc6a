package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"callback-completer/internal/local/gateway"
)

// FuzzGateway: whatever comes and whatever the function answers, the event is JSON and the client has an answer.
func FuzzGateway(f *testing.F) {
	f.Add("/webhooks/git%2Fhub", "x=1&y=%zz", "application/json", []byte(`{}`), `{"statusCode":200,"headers":{"a b":"c\nd"}}`, true)
	f.Add("//", ";", "image/png; x", []byte("\xff"), `{"statusCode":1e3,"body":"!","isBase64Encoded":true}`, false)
	f.Add("/webhooks/", "", "", []byte(nil), `"text"`, true)
	f.Fuzz(func(t *testing.T, path, query, contentType string, body []byte, answer string, rest bool) {
		unescaped, err := url.PathUnescape(path)
		if err != nil || !strings.HasPrefix(path, "/") {
			t.Skip("net/http would not take it")
		}
		fn := &capture{answer: answer}
		c := gateway.Config{Stage: "s", Routes: []gateway.Route{{Key: "ANY /webhooks/{source}", Function: fn}, {Key: "POST /{all+}", Function: fn}}}
		if rest {
			c.Kind, c.BinaryMediaTypes = gateway.RESTAPI, []string{"image/*"}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(string(body)))
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = "/s"+unescaped, "/s"+path, query
		r.Header["Content-Type"] = []string{contentType}
		status, _, text := record(t, newGateway(t, c), r)
		if fn.event != nil && !json.Valid(fn.event) {
			t.Errorf("the event is no JSON: %q", fn.event)
		}
		if fn.event == nil && status < 400 {
			t.Errorf("%d without the function", status)
		}
		if status >= 600 || status == http.StatusBadGateway && !json.Valid([]byte(text)) && !strings.Contains(answer, "502") {
			t.Errorf("answered %d %q", status, text)
		}
	})
}
