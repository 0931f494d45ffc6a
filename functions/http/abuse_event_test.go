package main

import (
	"testing"
	"testing/synctest"
)

// TestEventsThatAreBroken come from no front door as it should be: what is no request is refused, what can be read as one is
// answered.
func TestEventsThatAreBroken(t *testing.T) {
	t.Parallel()
	const context = `"requestContext": {"http": {"method": "POST", "path": "/webhooks/acme"}, "stage": "$default"}`
	tests := []struct {
		name, event string
		status      int // 0: the invocation fails
	}{
		{"null headers", `{"version": "2.0", "rawPath": "/webhooks/acme", "headers": null, ` + context + `, "body": "{}"}`, 415},
		{"null everywhere", `{"version": "2.0", "rawPath": null, "headers": null, "cookies": null, ` + context + `, "body": null}`, 404},
		{"a header that is a number", `{"version": "2.0", "rawPath": "/webhooks/acme", "headers": {"a": 1}, ` + context + `, "body": "{}"}`, 0},
		{"no requestContext", `{"version": "2.0", "rawPath": "/webhooks/acme", "headers": {}, "body": "{}"}`, 0},
		{"an empty requestContext", `{"version": "2.0", "rawPath": "/webhooks/acme", "requestContext": {}, "body": "{}"}`, 0},
		{"version 3.0", `{"version": "3.0", "rawPath": "/webhooks/acme", "headers": {}, ` + context + `, "body": "{}"}`, 0},
		{"version 1.0 in the form of 2.0", `{"version": "1.0", "rawPath": "/webhooks/acme", "headers": {}, ` + context + `, "body": "{}"}`, 0},
		{"a body that is no base64", `{"version": "2.0", "rawPath": "/webhooks/acme", "headers": {}, ` + context + `, "body": "{}", "isBase64Encoded": true}`, 400},
		{"a body that is no text", `{"version": "2.0", "rawPath": "/webhooks/acme", "headers": {}, ` + context + `, "body": {}}`, 0},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			r := newAbused(t)
			document, err := r.handler.Invoke(t.Context(), []byte(tt.event))
			if failed := err != nil; failed != (tt.status == 0) {
				t.Errorf("%s: %s %v", tt.name, document, err)
			}
			if err == nil && read(t, document).Status != tt.status {
				t.Errorf("%s: %s, want %d", tt.name, document, tt.status)
			}
		})
	}
}
