package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// TestPaths: only the routes as they are written lead anywhere.
func TestPaths(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/webhooks/acme", 405},
		{"HEAD", "/webhooks/acme", 405},
		{"PUT", "/webhooks/acme", 405},
		{"OPTIONS", "/webhooks/acme", 405},
		{"TRACE", "/webhooks/acme", 405},
		{"post", "/webhooks/acme", 405},
		{"GET", "/callbacks", 405},
		{"TRACE", "/callbacks", 405},
		{"POST", "/webhooks/acme/", 404},
		{"POST", "/webhooks/acme%2f", 404},
		{"POST", "/webhooks%2facme%2f", 404},
		{"POST", "/webhooks//acme", 404},
		{"POST", "//webhooks/acme", 404},
		{"POST", "/webhooks", 404},
		{"POST", "/webhooks/", 404},
		{"POST", "/Webhooks/acme", 404},
		{"POST", "/x/../webhooks/acme", 404},
		{"POST", "/webhooks/../callbacks", 404},
		{"POST", "/./webhooks/acme", 404},
		{"POST", "/%2e/webhooks/acme", 404},
		{"POST", "/webhooks/acme/../acme", 404},
		{"POST", "/prod/webhooks/acme", 404},
		{"POST", "/callbacks/", 404},
		{"POST", "/", 404},
		{"GET", "/", 404},
	}
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		for _, tt := range tests {
			h := acme("msg_1", body)
			for _, override := range []string{"x-http-method-override", "x-http-method", "x-method-override"} {
				h[override] = "POST"
			}
			answered(t, tt.method+" "+tt.path, r.everywhere(wire{method: tt.method, path: tt.path, header: header(h), body: body}), tt.status)
		}
		r.untouched(arn)
		override := with(acme("msg_1", body), map[string]string{"x-http-method-override": "DELETE"})
		answered(t, "a POST stays one", r.everywhere(wire{path: "/webhooks/acme", header: override, body: body}), 200)
		r.silent(token)
	})
}

// TestWhereTheRequestClaimsToComeFrom changes nothing: no answer depends on it or repeats it.
func TestWhereTheRequestClaimsToComeFrom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		_, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		spoofed := with(acme("msg_1", body), map[string]string{
			"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example;for=evil.example",
			"x-forwarded-for": "evil.example", "x-forwarded-proto": "gopher", "referer": "https://evil.example/", "x-original-url": "/callbacks",
		})
		for name, got := range r.everywhere(wire{path: "/webhooks/acme", header: spoofed, body: body}) {
			if text := fmt.Sprint(got); got.Status != 200 || strings.Contains(text, "evil") {
				t.Errorf("%s: %s", name, text)
			}
		}
		if strings.Contains(r.Out.String(), "evil") {
			t.Error("the log repeats it")
		}
		r.silent(token)
	})
}
