package api_test

import (
	"net/http/httptest"
	"testing"

	"callback-completer/internal/api"
)

func TestRefuse(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		400: `{"type":"urn:callback-completer:problem:MalformedRequest","title":"Bad Request","status":400,"detail":"The request cannot be read."}`,
		413: `{"type":"urn:callback-completer:problem:BodyTooLarge","title":"Request Entity Too Large","status":413,"detail":"The body is larger than 1 MiB."}`,
		431: `{"type":"urn:callback-completer:problem:HeadersTooLarge","title":"Request Header Fields Too Large","status":431,` +
			`"detail":"The path, the query and the headers are larger than 16 KiB together."}`,
		500: `{"type":"urn:callback-completer:problem:InternalError","title":"Internal Server Error","status":500,"detail":"The function failed over this request."}`,
	} {
		w := httptest.NewRecorder()
		api.Refuse(w, status)
		if w.Code != status || w.Body.String() != want+"\n" || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%d: %d %v %s", status, w.Code, w.Header(), w.Body)
		}
	}
}
