package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"callback-completer/internal/race"
)

// TestNoFormDecidesByDefault: one decision of those allowed, to the letter, in the body.
func TestNoFormDecidesByDefault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		for _, body := range []string{
			"", "&", "=", "comment=" + url.QueryEscape(canaryComment), "decision=", "decision", "decision=Approve", "decision=approve+", "decision=%20approve",
			"decision=APPROVE", "decision=yes", "decision=true", "Decision=approve", "DECISION=approve", "decision%5B%5D=approve", "decision=approve&decision=approve",
			"decision=approve&decision=reject", "decision=reject&decision=", "decision=approve%00", "decision=approve;comment=x", "decision=approve&%zz=1",
			"decision=approve&comment=a&comment=b", "decision=approve&comment=%ff", `{"decision":"approve"}`, "decision=approve\r\n", "\ufeffdecision=approve",
		} {
			request := form(a.path())
			request.body = body
			for _, d := range doors() {
				event := d.event(request)
				if _, isV2 := event["rawQueryString"]; isV2 {
					event["rawQueryString"] = "decision=approve"
				} else {
					event["multiValueQueryStringParameters"] = map[string][]string{"decision": {"approve"}}
				}
				got := r.visit(event)
				if got.Status != 400 || !strings.Contains(got.Body, "<form") || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
					t.Errorf("%s, %q: %+v", d.name, body, got)
				}
			}
		}
		r.open(a)
		r.quiet()
	})
}

// TestBodiesThatAreNoForm, or too much of one.
func TestBodiesThatAreNoForm(t *testing.T) {
	t.Parallel()
	const good = "decision=approve"
	typed := func(contentType string, more ...string) http.Header {
		h := header(map[string]string{"content-type": contentType, "sec-fetch-site": "same-origin"})
		for i := 0; i < len(more); i += 2 {
			h[more[i]] = append(h[more[i]], more[i+1])
		}
		return h
	}
	const formType = "application/x-www-form-urlencoded"
	tests := []struct {
		name    string
		request wire
		status  int
		is      string // what the answer contains
	}{
		{"no type", wire{header: header(map[string]string{"sec-fetch-site": "same-origin"}), body: good}, 415, "UnsupportedMediaType"},
		{"text", wire{header: typed("text/plain"), body: good}, 415, "UnsupportedMediaType"},
		{"JSON", wire{header: typed("application/json"), body: `{"decision":"approve"}`}, 415, "UnsupportedMediaType"},
		{"multipart", wire{header: typed("multipart/form-data; boundary=x"), body: "--x\r\nContent-Disposition: form-data; name=\"decision\"\r\n\r\napprove\r\n--x--"}, 415, "UnsupportedMediaType"},
		{"charset", wire{header: typed(formType + "; charset=utf-7"), body: good}, 415, "UnsupportedMediaType"},
		{"two types", wire{header: typed(formType, "content-type", "text/plain"), body: good}, 415, "UnsupportedMediaType"},
		{"twice the type", wire{header: typed(formType, "content-type", formType), body: good}, 415, "UnsupportedMediaType"},
		{"types in one", wire{header: typed(formType + ", text/plain"), body: good}, 415, "UnsupportedMediaType"},
		{"no type really", wire{header: typed(formType + ";"), body: "comment=x"}, 400, "<form"},
		{"compressed", wire{header: typed(formType, "content-encoding", "gzip"), body: "\x1f\x8b\x08"}, 415, "UnsupportedMediaType"},
		{"invalid base64", wire{header: typed(formType), body: "decision=approve", raw: true, base64: true}, 400, "MalformedRequest"},
		{"base64 that is not said to be", wire{header: typed(formType), body: "ZGVjaXNpb249YXBwcm92ZQ==", raw: true}, 400, "<form"},
		{"256 KiB", wire{header: typed(formType), body: "comment=" + strings.Repeat("a", 256<<10-8)}, 400, "<form"},
		{"a byte more", wire{header: typed(formType), body: good + "&comment=" + strings.Repeat("a", 256<<10-len(good)-8)}, 413, "<form"},
		{"a comment of 1 MB", wire{header: typed(formType), body: good + "&comment=" + strings.Repeat("a", 1<<20-100)}, 413, "<form"},
		{"2 MB", wire{header: typed(formType), body: good + "&comment=" + strings.Repeat("a", 2<<20)}, 413, "BodyTooLarge"},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		for _, tt := range tests {
			tt.request.path = a.path()
			for i, d := range doors() {
				if race.Enabled && i > 0 && len(tt.request.body) > 1<<20 {
					break // each takes half a second
				}
				if got := r.visit(d.event(tt.request)); got.Status != tt.status || !strings.Contains(got.Body, tt.is) {
					t.Errorf("%s, %s: %d %.200s", d.name, tt.name, got.Status, got.Body)
				}
			}
		}
		r.open(a)
		encoded := form(a.path())
		encoded.raw, encoded.base64, encoded.body = true, true, "ZGVjaXNpb249YXBwcm92ZQ=="
		encoded.header["transfer-encoding"] = []string{"chunked"}
		if got := r.submit(encoded); got.Status != 303 {
			t.Errorf("base64: %+v", got)
		}
		r.quiet()
	})
}

// TestFormsFromOtherSites are not the person's word, even with everything else right.
func TestFormsFromOtherSites(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		header map[string]string
		status int
	}{
		{"another site", map[string]string{"sec-fetch-site": "cross-site", "origin": "null", "cookie": "AWSELBAuthSessionCookie-0=x"}, 403},
		{"a sibling", map[string]string{"sec-fetch-site": "same-site", "origin": "https://other.example.com"}, 403},
		{"an old browser, another site", map[string]string{"origin": "https://evil.example"}, 403},
		{"an old browser, a sandbox", map[string]string{"origin": "null"}, 403},
		{"two words", map[string]string{"sec-fetch-site": "cross-site,same-origin"}, 403},
		{"the page itself", map[string]string{"sec-fetch-site": "same-origin", "origin": "null"}, 303},
		{"the address bar", map[string]string{"sec-fetch-site": "none"}, 303},
		{"no browser", nil, 303},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				for _, d := range doors() {
					a := r.ask("")
					request := form(a.path(), "decision", "approve")
					request.header = header(map[string]string{"content-type": "application/x-www-form-urlencoded", "host": "api.example.com"})
					maps.Copy(request.header, header(tt.header))
					if got := r.visit(d.event(request)); got.Status != tt.status {
						t.Errorf("%s: %+v", d.name, got)
					}
					if decided := r.closing(a) != ""; decided != (tt.status == 303) {
						t.Errorf("%s: decided is %v", d.name, decided)
					}
				}
				r.quiet()
			})
		})
	}
}
