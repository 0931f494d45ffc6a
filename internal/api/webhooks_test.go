package api_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/api"
	"callback-completer/internal/callback"
	"callback-completer/internal/webhook"
)

// sender is a Sender that always says the same, and a Refusals that keeps what it is told.
type sender struct {
	signed   webhook.Delivery
	err      error
	greeting string
	greets   bool

	bodies  []string
	refused []string
}

func (s *sender) Verify(_ context.Context, _ http.Header, body []byte) (webhook.Delivery, error) {
	s.bodies = append(s.bodies, string(body))
	return s.signed, s.err
}

func (s *sender) Greeting(http.Header, []byte) (string, bool) { return s.greeting, s.greets }

func (s *sender) Refused(_ context.Context, source, reason string) {
	s.refused = append(s.refused, source+" "+reason)
}

func post(t *testing.T, f *runner, s *sender, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	h := &api.API{
		Webhooks: f, Senders: map[string]api.Sender{"acme": s}, Refusals: s,
		RequestID: func(context.Context) string { return "r-1" }, Now: func() time.Time { return time.UnixMilli(1) },
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), canary) {
		t.Errorf("answer %v %s", w.Header(), w.Body)
	}
	return w
}

func TestWhatASenderHears(t *testing.T) {
	t.Parallel()
	tests := []struct {
		verdict callback.Verdict
		queued  bool
		status  int
		body    string
	}{
		{callback.Delivered, false, 200, `{"status":"delivered"}`},
		{callback.Duplicate, false, 200, `{"status":"delivered"}`},
		{callback.Ignored, false, 200, `{"status":"ignored"}`},
		{callback.Unconfirmed, false, 200, `{"status":"received"}`},
		{callback.Closed, false, 200, `{"status":"received"}`},
		{callback.Rejected, false, 200, `{"status":"received"}`},
		{callback.Rejected, true, 202, `{"status":"queued"}`},
		{callback.Retry, true, 202, `{"status":"queued"}`},
		{
			callback.Retry, false, 503,
			`{"type":"urn:callback-completer:problem:X","title":"Service Unavailable","status":503,"detail":"m","requestId":"r-1"}`,
		},
	}
	for _, tt := range tests {
		report := callback.Report{Decision: callback.Decision{Verdict: tt.verdict, Code: "X", Message: "m"}, Queued: tt.queued}
		w := post(t, &runner{report: report}, &sender{}, request("POST", "/webhooks/acme", "{}"))
		if w.Code != tt.status || strings.TrimSpace(w.Body.String()) != tt.body || (w.Header().Get("Retry-After") == "5") != (tt.status == 503) {
			t.Errorf("%v, queued %t: %d %s", tt.verdict, tt.queued, w.Code, w.Body)
		}
	}
}

func TestTheDeliveryOfAWebhook(t *testing.T) {
	t.Parallel()
	text := func(s string) callback.Attribute { return callback.Attribute{DataType: "String", String: s} }
	headers := map[string]any{"content-type": "application/json"}
	tests := []struct {
		name      string
		mediaType string
		signed    webhook.Delivery
		want      callback.Delivery
	}{
		{"with all that is known", "application/json", webhook.Delivery{ID: "msg_1", SentAt: time.UnixMilli(7)}, callback.Delivery{
			SourceID: "msg_1", SentAt: time.UnixMilli(7), Attributes: map[string]callback.Attribute{"WebhookSource": text("acme")},
		}},
		{"with nothing", "application/json", webhook.Delivery{}, callback.Delivery{
			SourceID: "r-1", SentAt: time.UnixMilli(1), Attributes: map[string]callback.Attribute{"WebhookSource": text("acme")},
		}},
		{"a form", "application/x-www-form-urlencoded; charset=UTF-8", webhook.Delivery{}, callback.Delivery{
			SourceID: "r-1", SentAt: time.UnixMilli(1),
			Attributes: map[string]callback.Attribute{"WebhookSource": text("acme"), "ContentType": text("application/x-www-form-urlencoded")},
		}},
	}
	for _, tt := range tests {
		f := &runner{}
		r := request("POST", "/webhooks/acme?a=b", " a=1 ")
		r.Header.Set("Content-Type", tt.mediaType)
		r.Header.Set("Authorization", canary)
		s := &sender{signed: tt.signed}
		post(t, f, s, r)
		headers["content-type"] = tt.mediaType
		tt.want.Trigger, tt.want.RequestID, tt.want.Payload, tt.want.Deferred = "webhook", "r-1", " a=1 ", true
		tt.want.Meta = callback.Facts{
			"trigger": "webhook", "source": "acme", "method": "POST", "path": "/webhooks/acme", "query": map[string]any{"a": "b"}, "headers": headers,
		}
		if diff := cmp.Diff([]callback.Delivery{tt.want}, f.got); diff != "" {
			t.Errorf("%s: deliveries (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff([]string{" a=1 "}, s.bodies); diff != "" {
			t.Errorf("%s: verified bodies (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestAStrangerLearnsNothing: whatever is wrong with a signature, and whether there is such a source, the answer is the same.
func TestAStrangerLearnsNothing(t *testing.T) {
	t.Parallel()
	const unauthorized = `{"type":"urn:callback-completer:problem:Unauthorized","title":"Unauthorized","status":401,` +
		`"detail":"The request is not signed with a secret of this source.","requestId":"r-1"}` + "\n"
	var first http.Header
	for _, refusal := range []error{
		webhook.ErrBadSignature, webhook.ErrMalformedHeader, webhook.ErrMissingHeader, webhook.ErrNoSecret, webhook.ErrNoSignature,
		webhook.ErrTooNew, webhook.ErrTooOld, nil,
	} {
		path, want := "/webhooks/acme", "acme "
		if refusal == nil {
			path, want = "/webhooks/"+canary, " UnknownSource"
		} else {
			var r webhook.Refusal
			errors.As(refusal, &r)
			want += string(r)
		}
		f, s := &runner{}, &sender{err: refusal}
		w := post(t, f, s, request("POST", path, `{"taskToken":"`+canary+`"}`))
		if first == nil {
			first = w.Header()
		}
		if w.Code != 401 || w.Body.String() != unauthorized || !cmp.Equal(first, w.Header()) || len(f.got) > 0 {
			t.Errorf("%v: %d %v %s, %d deliveries", refusal, w.Code, w.Header(), w.Body, len(f.got))
		}
		if diff := cmp.Diff([]string{want}, s.refused); diff != "" {
			t.Errorf("%v: recorded (-want +got):\n%s", refusal, diff)
		}
	}
	if first.Get("WWW-Authenticate") == "" {
		t.Error("a 401 must name a scheme")
	}
}

func TestNoSecretsForTheMoment(t *testing.T) {
	t.Parallel()
	f, s := &runner{}, &sender{err: errors.New(canary)}
	w := post(t, f, s, request("POST", "/webhooks/acme", "{}"))
	if w.Code != 503 || w.Header().Get("Retry-After") != "5" || !strings.Contains(w.Body.String(), "problem:SecretsUnavailable") || len(f.got)+len(s.refused) > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTheLargestWebhookIsTaken(t *testing.T) {
	t.Parallel()
	f := &runner{}
	if post(t, f, &sender{}, request("POST", "/webhooks/acme", strings.Repeat("x", 1<<20-1024))); len(f.got) != 1 {
		t.Error("1 MiB without the room for attributes is not taken")
	}
}

func TestGreetings(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"", "challenge-7"} {
		f := &runner{}
		w := post(t, f, &sender{greets: true, greeting: answer}, request("POST", "/webhooks/acme", "{}"))
		if w.Code != 200 || w.Body.String() != answer || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || len(f.got) > 0 {
			t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
		}
	}
	f := &runner{}
	if post(t, f, &sender{greets: true, err: webhook.ErrBadSignature}, request("POST", "/webhooks/acme", "{}")).Code != 401 {
		t.Error("a greeting that is not signed is answered")
	}
}

// TestWebhooksThatAreNotRead: before anything is verified, known and unknown sources answer alike. What a known one loses
// is told.
func TestWebhooksThatAreNotRead(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name, method, path, body string
		change                   func(*http.Request)
		status                   int
		reason                   string
	}{
		{"GET", "GET", "", "", nil, 405, ""},
		{"HEAD", "HEAD", "", "", nil, 405, ""},
		{"empty", "POST", "", "", nil, 400, "BodyEmpty"},
		{"text", "POST", "", "{}", header("Content-Type", "text/plain"), 415, "UnsupportedMediaType"},
		{"missing media type", "POST", "", "{}", func(r *http.Request) { r.Header.Del("Content-Type") }, 415, "UnsupportedMediaType"},
		{"multipart", "POST", "", "{}", header("Content-Type", "multipart/form-data; boundary=x"), 415, "UnsupportedMediaType"},
		{"gzip", "POST", "", "{}", header("Content-Encoding", "gzip"), 415, "UnsupportedMediaType"},
		{"6 MB", "POST", "", strings.Repeat("x", 6<<20), nil, 413, "BodyTooLarge"},
		{"no room for attributes", "POST", "", strings.Repeat("x", 1<<20-1023), nil, 413, "BodyTooLarge"},
		{"too large as base64", "POST", "", "\x00" + strings.Repeat("x", 800<<10), nil, 413, "BodyTooLarge"},
		{"longer path", "POST", "/more", "{}", nil, 404, ""},
		{"slash", "POST", "/", "{}", nil, 404, ""},
	}
	for _, tt := range tests {
		for _, source := range []string{"acme", "nobody"} {
			f, s := &runner{}, &sender{}
			r := request(tt.method, "/webhooks/"+source+tt.path, tt.body)
			if tt.change != nil {
				tt.change(r)
			}
			var want []string
			if source == "acme" && tt.reason != "" {
				want = []string{"acme " + tt.reason}
			}
			if w := post(t, f, s, r); w.Code != tt.status || len(f.got)+len(s.bodies) > 0 || !slices.Equal(s.refused, want) {
				t.Errorf("%s, %s: %d, verified %d, recorded %q", tt.name, source, w.Code, len(s.bodies), s.refused)
			}
		}
	}
	for _, path := range []string{"/webhooks", "/webhooks/", "//webhooks/acme", "/webhooks//acme", "/Webhooks/acme"} {
		if w := post(t, &runner{}, &sender{}, request("POST", path, "{}")); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestTheRawBytesAreVerified: a body that is no text is handed on as it is.
func TestTheRawBytesAreVerified(t *testing.T) {
	t.Parallel()
	raw := []byte("{\"a\":\xff\x00}\r\n")
	f, s := &runner{}, &sender{}
	r := httptest.NewRequest("POST", "/webhooks/acme", bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	post(t, f, s, r)
	if s.bodies[0] != string(raw) || f.got[0].Payload != string(raw) {
		t.Errorf("verified %q, delivered %q", s.bodies[0], f.got[0].Payload)
	}
}

func TestOnlyTheAuthorisedMayCall(t *testing.T) {
	t.Parallel()
	for allowed, status := range map[bool]int{true: 200, false: 403} {
		f := &runner{report: callback.Report{Decision: callback.Decision{Verdict: callback.Delivered}}}
		h := &api.API{
			Callbacks: f, Allowed: func(context.Context) bool { return allowed }, RequestID: func(context.Context) string { return "r-1" }, Now: time.Now,
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("POST", "/callbacks", "{}"))
		if w.Code != status || (len(f.got) == 1) != allowed {
			t.Errorf("allowed %t: %d", allowed, w.Code)
		}
	}
}

// deadliner is a Runner that keeps the time that it was given.
type deadliner struct{ left time.Duration }

func (d *deadliner) Run(ctx context.Context, _ []callback.Delivery) []callback.Report {
	deadline, _ := ctx.Deadline()
	d.left = time.Until(deadline)
	return []callback.Report{{}}
}

func TestAWebhookIsAnsweredWithinThreeSeconds(t *testing.T) {
	t.Parallel()
	d := &deadliner{}
	s := &sender{}
	h := &api.API{Webhooks: d, Senders: map[string]api.Sender{"acme": s}, Refusals: s, RequestID: func(context.Context) string { return "" }, Now: time.Now}
	h.ServeHTTP(httptest.NewRecorder(), request("POST", "/webhooks/acme", "{}"))
	if d.left <= 0 || d.left > 2900*time.Millisecond {
		t.Errorf("%v are left for the work", d.left)
	}
}
