package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/api"
	"callback-completer/internal/callback"
)

const canary = "CANARY-TOKEN"

// runner is a Runner that gives every delivery the same report.
type runner struct {
	report callback.Report
	got    []callback.Delivery
}

func (f *runner) Run(_ context.Context, deliveries []callback.Delivery) []callback.Report {
	f.got = append(f.got, deliveries...)
	return []callback.Report{f.report}
}

func handler(f *runner) http.Handler {
	return &api.API{Callbacks: f, RequestID: func(context.Context) string { return "r-1" }, Now: func() time.Time { return time.UnixMilli(1) }}
}

func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func serve(t *testing.T, f *runner, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler(f).ServeHTTP(w, r)
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", w.Header().Get("Cache-Control"))
	}
	if strings.Contains(w.Body.String(), canary) {
		t.Errorf("the answer echoes the request: %s", w.Body)
	}
	return w
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	refusal := func(status int, title, code, detail string) string {
		text, _ := json.Marshal(map[string]any{
			"type": "urn:callback-completer:problem:" + code, "title": title, "status": status, "detail": detail, "requestId": "r-1",
		})
		return string(text)
	}
	tests := []struct {
		verdict    callback.Verdict
		code       callback.Code
		status     int
		body       string
		retryAfter string
	}{
		{callback.Delivered, "", 200, `{"status":"delivered"}`, ""},
		{callback.Duplicate, "TaskTimedOut", 200, `{"status":"delivered"}`, ""},
		{callback.Unconfirmed, "Unconfirmed", 202, `{"status":"unconfirmed"}`, ""},
		{callback.Ignored, "", 202, `{"status":"ignored"}`, ""},
		{callback.Closed, "TaskTimedOut", 409, refusal(409, "Conflict", "TaskTimedOut", "m"), ""},
		{callback.Closed, "Conflict", 409, refusal(409, "Conflict", "Conflict", "m"), ""},
		{callback.Rejected, "InvalidPayload", 400, refusal(400, "Bad Request", "InvalidPayload", "m"), ""},
		{callback.Rejected, "InvalidCallback", 400, refusal(400, "Bad Request", "InvalidCallback", "m"), ""},
		{callback.Rejected, "InvalidTaskToken", 400, refusal(400, "Bad Request", "InvalidTaskToken", "m"), ""},
		{callback.Rejected, "NoMapping", 400, refusal(400, "Bad Request", "NoMapping", "m"), ""},
		{callback.Rejected, "OutputTooLarge", 413, refusal(413, "Request Entity Too Large", "OutputTooLarge", "m"), ""},
		{callback.Rejected, "InvalidToken", 422, refusal(422, "Unprocessable Entity", "InvalidToken", "m"), ""},
		{callback.Rejected, "InvalidOutput", 422, refusal(422, "Unprocessable Entity", "InvalidOutput", "m"), ""},
		{callback.Rejected, "MappingFailed", 422, refusal(422, "Unprocessable Entity", "MappingFailed", "m"), ""},
		{callback.Retry, "ThrottlingException", 503, refusal(503, "Service Unavailable", "ThrottlingException", "m"), "5"},
	}
	for _, tt := range tests {
		t.Run(tt.verdict.String()+" "+string(tt.code), func(t *testing.T) {
			t.Parallel()
			f := &runner{report: callback.Report{Decision: callback.Decision{Verdict: tt.verdict, Code: tt.code, Message: "m"}}}
			w := serve(t, f, request("POST", "/callbacks", `{"taskToken":"`+canary+`","output":1}`))
			if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retryAfter {
				t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
			}
			mediaType := "application/json"
			if tt.status >= 400 {
				mediaType = "application/problem+json"
			}
			if got := w.Header().Get("Content-Type"); got != mediaType {
				t.Errorf("Content-Type %q", got)
			}
			var want, got any
			if err := json.Unmarshal([]byte(tt.body), &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheDelivery(t *testing.T) {
	t.Parallel()
	f := &runner{}
	r := request("POST", "/callbacks?kind=a&kind=b", "{ \"x\": 1.10 }\n")
	r.Header.Set("X-Job", "7")
	for _, secret := range []string{"Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Security-Token", "X-Api-Key"} {
		r.Header.Set(secret, canary)
	}
	serve(t, f, r)
	want := []callback.Delivery{{
		Trigger: "http", SourceID: "r-1", RequestID: "r-1", Payload: "{ \"x\": 1.10 }\n", SentAt: time.UnixMilli(1), Answered: true,
		Meta: callback.Facts{
			"trigger": "http", "method": "POST", "path": "/callbacks", "query": map[string]any{"kind": "a"},
			"headers": map[string]any{"content-type": "application/json", "x-job": "7"},
		},
	}}
	if diff := cmp.Diff(want, f.got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestRequestsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	mediaType := func(values ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Del("Content-Type")
			for _, v := range values {
				r.Header.Add("Content-Type", v)
			}
		}
	}
	tests := []struct {
		name, method, path, body string
		change                   func(*http.Request)
		status                   int
		code, allow              string
	}{
		{"unknown path", "POST", "/callback", "{}", nil, 404, "NotFound", ""},
		{"a token in the path", "POST", "/callbacks/" + canary, "{}", nil, 404, "NotFound", ""},
		{"GET", "GET", "/callbacks", "", nil, 405, "MethodNotAllowed", "POST"},
		{"PUT", "PUT", "/callbacks", "{}", nil, 405, "MethodNotAllowed", "POST"},
		{"OPTIONS", "OPTIONS", "/callbacks", "", nil, 405, "MethodNotAllowed", "POST"},
		{"POST to health", "POST", "/healthz", "", nil, 405, "MethodNotAllowed", "GET, HEAD"},
		{"no media type", "POST", "/callbacks", "{}", mediaType(), 415, "UnsupportedMediaType", ""},
		{"empty media type", "POST", "/callbacks", "{}", mediaType(""), 415, "UnsupportedMediaType", ""},
		{"text", "POST", "/callbacks", "{}", mediaType("text/plain"), 415, "UnsupportedMediaType", ""},
		{"form", "POST", "/callbacks", "a=b", mediaType("application/x-www-form-urlencoded"), 415, "UnsupportedMediaType", ""},
		{"multipart", "POST", "/callbacks", "x", mediaType("multipart/form-data; boundary=x"), 415, "UnsupportedMediaType", ""},
		{"two media types", "POST", "/callbacks", "{}", mediaType("application/json", "application/json"), 415, "UnsupportedMediaType", ""},
		{"other charset", "POST", "/callbacks", "{}", mediaType("application/json; charset=utf-16"), 415, "UnsupportedMediaType", ""},
		{"broken parameters", "POST", "/callbacks", "{}", mediaType("application/json; charset"), 415, "UnsupportedMediaType", ""},
		{"gzip", "POST", "/callbacks", "{}", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415, "UnsupportedMediaType", ""},
		{"nothing", "POST", "/callbacks", "", nil, 400, "BodyEmpty", ""},
		{"a byte too much", "POST", "/callbacks", strings.Repeat("x", 1<<20+1), nil, 413, "BodyTooLarge", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &runner{}
			r := request(tt.method, tt.path, tt.body)
			if tt.change != nil {
				tt.change(r)
			}
			w := serve(t, f, r)
			if w.Code != tt.status || w.Header().Get("Allow") != tt.allow || len(f.got) > 0 {
				t.Errorf("status %d, Allow %q, %d deliveries", w.Code, w.Header().Get("Allow"), len(f.got))
			}
			if !strings.Contains(w.Body.String(), `"urn:callback-completer:problem:`+tt.code+`"`) {
				t.Errorf("body %s", w.Body)
			}
		})
	}
}

func TestMediaTypesThatAreTaken(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{"application/json", "Application/JSON; charset=UTF-8", "application/cloudevents+json", `application/json; charset="utf-8"`} {
		f := &runner{}
		r := request("POST", "/callbacks", "{}")
		r.Header.Set("Content-Type", mediaType)
		if serve(t, f, r); len(f.got) != 1 {
			t.Errorf("%s is not taken", mediaType)
		}
	}
}

func TestTheLargestBodyIsTaken(t *testing.T) {
	t.Parallel()
	f := &runner{}
	if serve(t, f, request("POST", "/callbacks", strings.Repeat("x", 1<<20))); len(f.got) != 1 {
		t.Error("1 MiB is not taken")
	}
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, context.DeadlineExceeded }
func (brokenBody) Close() error             { return nil }

func TestABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	f := &runner{}
	r := request("POST", "/callbacks", "")
	r.Body = brokenBody{}
	if w := serve(t, f, r); w.Code != 400 || len(f.got) > 0 {
		t.Errorf("status %d", w.Code)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD"} {
		f := &runner{}
		if w := serve(t, f, request(method, "/healthz", "")); w.Code != 200 || len(f.got) > 0 {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
}
