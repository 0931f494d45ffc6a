package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A partner sends again where the answer asks for it, and gives up in the end.
func TestPartnerSendsAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		statuses []int // the last one for good; 503 asks to try again
		posts    int
		want     string // the answer or the error
	}{
		{"taken", []int{202}, 1, "202 queued"},
		{"busy once", []int{503, 202}, 2, "202 queued"},
		{"busy for good", []int{503}, 3, "the API answers 503 queued"},
		{"broken", []int{502}, 1, "the API answers 502 queued"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			posts := 0
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status := test.statuses[min(posts, len(test.statuses)-1)]
				posts++
				if r.URL.Path != "/webhooks/acme" || r.Header.Get("Webhook-Id") != "msg_9" || r.Header.Get("Webhook-Signature") == "" {
					t.Errorf("%s %v", r.URL.Path, r.Header)
				}
				if status == http.StatusServiceUnavailable {
					w.Header().Set("Retry-After", "5")
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(`{"status":"queued"}`))
			}))
			defer api.Close()
			out := newPrinted()
			s := &stage{
				app:    &application{partners: partners{acme: partner{source: source{Name: "acme"}, key: "key"}}},
				caller: newCaller(api.URL), screen: &screen{w: out},
			}
			defer s.caller.close()
			answer, err := s.acme(t.Context(), "msg_9", `{}`)
			got := answer.String()
			if err != nil {
				got = err.Error()
			}
			if got != test.want || posts != test.posts || len(s.caller.answers) != test.posts {
				t.Errorf("%s after %d posts and %d answers", got, posts, len(s.caller.answers))
			}
			for _, secret := range s.secrets {
				if secret.kind != signatureKind || strings.Contains(out.String(), secret.text) {
					t.Errorf("printed:\n%s", out)
				}
			}
			if len(s.secrets) != test.posts {
				t.Errorf("%d signatures are known", len(s.secrets))
			}
		})
	}
}
