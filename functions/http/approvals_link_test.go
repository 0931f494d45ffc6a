package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestEveryLinkThatLeadsNowhereLooksTheSame: nobody learns how far he was right.
func TestEveryLinkThatLeadsNowhereLooksTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		l := a.link
		wrong := []string{
			"", l[:31], l[1:], l + "A", l + l, l + "=", l + "==", l + "%3D", l + "%00", l + "%0a", "%20" + l, l + "%20", l + "/", "/" + l, l + "//", "./" + l, "x/../" + l,
			l + "/..", l + "%2f", "%2e%2e", "..", l + ";x=1", l + "%3Fx", strings.Repeat("A", 32), strings.Repeat("A", 5000), "ä", "%ff",
		}
		for i := range l {
			flipped := byte('A')
			if l[i] == flipped {
				flipped = 'B'
			}
			wrong = append(wrong, l[:i]+string(flipped)+l[i+1:])
		}
		if other := strings.ToUpper(l); other != l {
			wrong = append(wrong, other)
		}
		for _, d := range doors() {
			first := map[string]heard{}
			for _, link := range wrong {
				for _, request := range []wire{
					{method: http.MethodGet, path: "/approvals/" + link}, form("/approvals/"+link, "decision", "approve", "comment", canaryComment),
				} {
					before := r.calls.of("GetItem")
					got := r.visit(d.event(request))
					if _, seen := first[request.verb()]; !seen {
						first[request.verb()] = got
					}
					if got.Status != 404 || !sameAnswer(got, first[request.verb()]) || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
						t.Errorf("%s, %s %q: %+v", d.name, request.verb(), link, got)
					}
					if n := r.calls.of("GetItem") - before; n != 1 {
						t.Errorf("%s, %q: %d looks into the table, one is what a link costs", d.name, link, n)
					}
				}
			}
			if !sameAnswer(first["GET"], first["POST"]) {
				t.Errorf("%s: a form gets another page than a look: %+v, %+v", d.name, first["GET"], first["POST"])
			}
		}
		r.open(a)
		r.quiet()
	})
}

// TestEncodedLinks: where the front door passes the path on as it was sent, a link has one form.
func TestEncodedLinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		encoded := fmt.Sprintf("/approvals/%%%02X%s", a.link[0], a.link[1:])
		for _, d := range doors()[1:] {
			if got := r.visit(d.event(form(encoded, "decision", "approve"))); got.Status != 404 {
				t.Errorf("%s: %+v", d.name, got)
			}
		}
		r.open(a)
	})
}

// TestApprovalPathsAndMethods: only the route as it is written leads anywhere.
func TestApprovalPathsAndMethods(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		for _, d := range doors() {
			for _, path := range []string{"/approvals", "//approvals/" + a.link, "/Approvals/" + a.link, "/x/../approvals/" + a.link, "/a/" + a.link, "/live/approvals/" + a.link} {
				if got := r.visit(d.event(form(path, "decision", "approve"))); got.Status != 404 {
					t.Errorf("%s, %s: %+v", d.name, path, got)
				}
			}
			for _, method := range []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "post", "get"} {
				request := form(a.path(), "decision", "approve", "_method", "POST")
				request.method = method
				if got := r.visit(d.event(request)); got.Status != 405 || got.Header.Get("Allow") != "GET, HEAD, POST" {
					t.Errorf("%s, %s: %+v", d.name, method, got)
				}
			}
			request := form(a.path(), "decision", "approve", "_method", "POST")
			request.method = http.MethodGet
			request.header.Set("x-http-method-override", "POST")
			if got := r.visit(d.event(request)); got.Status != 200 || !strings.Contains(got.Body, "<form") {
				t.Errorf("%s, override: %+v", d.name, got)
			}
		}
		r.open(a)
	})
}

// sameAnswer compares answers with all their headers.
func sameAnswer(a, b heard) bool {
	return a.Status == b.Status && a.Body == b.Body && maps.EqualFunc(a.Header, b.Header, func(x, y []string) bool { return fmt.Sprint(x) == fmt.Sprint(y) })
}
