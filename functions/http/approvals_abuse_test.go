package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// TestWhereToIsNotForTheRequestToSay: neither its headers nor its fields name another place.
func TestWhereToIsNotForTheRequestToSay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		for _, d := range doors() {
			a := r.ask("")
			request := form(a.path(), "decision", "approve", "next", "https://evil.example/", "return_to", "//evil.example", "redirect_uri", "https://evil.example")
			maps.Copy(request.header, header(map[string]string{
				"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example", "x-forwarded-proto": "gopher",
				"x-original-url": "https://evil.example/", "x-rewrite-url": "//evil.example", "referer": "https://evil.example/",
			}))
			page := d.event(wire{method: http.MethodGet, path: a.path(), header: request.header})
			if _, isV2 := page["rawQueryString"]; isV2 {
				page["rawQueryString"] = "next=https://evil.example/"
			}
			before, sent, after := r.visit(page), r.visit(d.event(request)), r.visit(page)
			if sent.Status != 303 || sent.Header.Get("Location") != a.link || strings.Contains(fmt.Sprint(before, sent, after), "evil") {
				t.Errorf("%s: %+v, %+v, %+v", d.name, before, sent, after)
			}
		}
		if strings.Contains(r.Out.String(), "evil") {
			t.Error("the log repeats it")
		}
		r.quiet()
	})
}

// TestTheLogOfApprovalsStaysALog whatever is written into a form, a header or a path.
func TestTheLogOfApprovalsStaysALog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		const breakout = "\r\nX-Injected: 1\r\n\r\n{\"level\":\"ERROR\"}\x1b[31m\u2028\u202e\u200b\"}"
		for _, d := range doors() {
			r.visit(d.event(wire{method: "GET", path: "/approvals/%0a%7b%22level%22:%22ERROR%22%7d"}))
			request := form(a.path(), "decision", breakout, "comment", breakout+canaryComment, "phrase", breakout, breakout, breakout)
			request.header.Set("user-agent", `"}{"level":"ERROR"`)
			if got := r.visit(d.event(request)); got.Status != 400 || strings.ContainsAny(got.Body, "\x1b\u2028\u202e") && !strings.Contains(got.Body, "<textarea") {
				t.Errorf("%s: %+v", d.name, got)
			}
		}
		if got := r.submit(form(a.path(), "decision", "approve", "comment", breakout+canaryComment)); got.Status != 303 || len(got.Header["X-Injected"]) > 0 {
			t.Errorf("answer %+v", got)
		}
		if got := r.get(a.path()); strings.ContainsAny(got.Body, "\x1b\u202e\u200b") {
			t.Error("the page shows nothing of what cannot be seen")
		}
		if strings.Contains(r.Out.String(), `"level":"ERROR"`) || strings.Contains(r.Out.String(), "njected") {
			t.Error("the log was broken into")
		}
		r.quiet()
	})
}
