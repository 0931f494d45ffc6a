package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/local/gateway"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/race"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// capture is a function that keeps its event and answers alike each time.
type capture struct {
	event  []byte
	answer string
	err    error
}

func (c *capture) Invoke(_ context.Context, event []byte) ([]byte, error) {
	c.event = event
	return []byte(c.answer), c.err
}

const ok = `{"statusCode":200}`

func newGateway(t *testing.T, c gateway.Config) *gateway.Gateway {
	t.Helper()
	g, err := gateway.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// serve sends one request to an API on a loopback socket and returns the headers of the answer.
func serve(t *testing.T, g *gateway.Gateway, method, target, body string, header http.Header) http.Header {
	t.Helper()
	server := httptest.NewServer(g)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "api.example.com:8080"
	for name, values := range header {
		r.Header[name] = values
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Errorf("%s %s: %s", method, target, answer.Status)
	}
	return answer.Header
}

// record sends a request without a socket.
func record(t *testing.T, g *gateway.Gateway, r *http.Request) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	var took string
	note := func(key string) gateway.Route {
		return gateway.Route{Key: key, Function: lambda.InvokerFunc(func(context.Context, []byte) ([]byte, error) {
			took = key
			return []byte(ok), nil
		})}
	}
	routes := []gateway.Route{
		note("ANY /files/{path+}"), note("POST /webhooks/{source}"), note("POST /webhooks/github"), note("ANY /webhooks/{any}"),
		note("GET /a/{b}/c"), note("GET /a/{rest+}"), note("GET /"),
	}
	httpAPI := newGateway(t, gateway.Config{Routes: append(routes, note("$default"))})
	bare := newGateway(t, gateway.Config{Routes: routes, Stage: "dev"})
	rest := newGateway(t, gateway.Config{Kind: gateway.RESTAPI, Routes: routes})
	for _, tt := range []struct{ method, path, want string }{
		{"POST", "/webhooks/github", "POST /webhooks/github"},
		{"POST", "/webhooks/stripe", "POST /webhooks/{source}"},
		{"PUT", "/webhooks/stripe", "ANY /webhooks/{any}"},
		{"PUT", "/webhooks/github", "ANY /webhooks/{any}"},
		{"POST", "/webhooks/a%2Fb", "POST /webhooks/{source}"},
		{"POST", "/webhooks/", ""},
		{"POST", "/webhooks", ""},
		{"POST", "/webhooks/a/b", ""},
		{"GET", "/a/x/c", "GET /a/{b}/c"},
		{"GET", "/a/x/d", "GET /a/{rest+}"},
		{"GET", "/a/x", "GET /a/{rest+}"},
		{"POST", "/a/x", ""},
		{"DELETE", "/files/x/y/z", "ANY /files/{path+}"},
		{"DELETE", "/files/", ""},
		{"GET", "/", "GET /"},
		{"GET", "/none", ""},
	} {
		for name, g := range map[string]*gateway.Gateway{"$default": httpAPI, "dev": bare, "Prod": rest} {
			took = ""
			prefix, missing, status := "/"+name, "", http.StatusNotFound
			switch name {
			case "$default":
				prefix, missing, status = "", "$default", http.StatusOK
			case "Prod":
				status = http.StatusForbidden
			}
			want := tt.want
			if want == "" {
				want = missing
			} else {
				status = http.StatusOK
			}
			got, _, _ := record(t, g, httptest.NewRequestWithContext(t.Context(), tt.method, prefix+tt.path, http.NoBody))
			if got != status || took != want {
				t.Errorf("%s %s%s: %d by %q, want %d by %q", tt.method, prefix, tt.path, got, took, status, want)
			}
		}
	}
	for _, path := range []string{"/", "/de", "/develop/", "/prod/"} {
		if got, _, _ := record(t, bare, httptest.NewRequestWithContext(t.Context(), "GET", path, http.NoBody)); got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	fn := &capture{}
	for _, c := range []gateway.Config{
		{Kind: 7},
		{Kind: gateway.RESTAPI, Stage: "$default"},
		{Stage: "a/b"},
		{BinaryMediaTypes: []string{"*/*"}},
		{Routes: []gateway.Route{{Key: "GET /"}}},
		{Routes: []gateway.Route{{Key: "GET /", Function: fn}, {Key: "GET /", Function: fn}}},
		{Kind: gateway.RESTAPI, Routes: []gateway.Route{{Key: "$default", Function: fn}}},
		{Routes: []gateway.Route{{Key: "/", Function: fn}}},
		{Routes: []gateway.Route{{Key: "get /", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET x", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /a b", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /{a", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /{}", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /{+}", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /{a+}/b", Function: fn}}},
		{Routes: []gateway.Route{{Key: "GET /a{b}", Function: fn}}},
	} {
		if g, err := gateway.New(c); err == nil || g != nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// TestRefusals: what API Gateway answers without the function, or for it.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const path = "/callbacks"
	big := strings.Repeat("x", 10<<20)
	for _, tt := range []struct {
		name, method, path, body string
		header                   http.Header
		fn                       capture
		http, rest               string
	}{
		{name: "no route", method: "GET", path: "/none", http: `404 {"message":"Not Found"}`, rest: `403 {"message":"Missing Authentication Token"}`},
		{name: "no method", method: "GET", path: path, http: `404 {"message":"Not Found"}`, rest: `403 {"message":"Missing Authentication Token"}`},
		{name: "not signed", method: "POST", path: "/iam", http: `403 {"message":"Forbidden"}`, rest: `403 {"message":"Missing Authentication Token"}`},
		{
			name: "signed by another", method: "POST", path: "/iam", header: http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIA/x"}},
			http: `403 {"message":"Forbidden"}`, rest: `403 {"message":"The security token included in the request is invalid."}`,
		},
		{
			name: "signed", method: "POST", path: "/iam", header: http.Header{"Authorization": {gateway.Authorization}}, fn: capture{answer: ok},
			http: `200 `, rest: `200 `,
		},
		{
			name: "body too large", method: "POST", path: path, body: big + "x", fn: capture{answer: ok},
			http: `413 {"message":"Request Entity Too Large"}`, rest: `413 {"message":"Request Entity Too Large"}`,
		},
		{
			name: "event too large", method: "POST", path: path, body: big[:6<<20], fn: capture{answer: ok},
			http: `413 {"message":"Request Entity Too Large"}`, rest: `413 {"message":"Request Entity Too Large"}`,
		},
		{
			name: "event not quite too large", method: "POST", path: path, body: big[:6<<20-8192], fn: capture{answer: ok},
			http: `200 `, rest: `200 `,
		},
		{
			name: "headers too large", method: "POST", path: path, header: http.Header{"X": {big[:10240]}}, fn: capture{answer: ok},
			http: `431 {"message":"Request Header Fields Too Large"}`, rest: `431 {"message":"Request Header Fields Too Large"}`,
		},
		{
			name: "function error", method: "POST", path: path, fn: capture{err: &lambda.FunctionError{Type: "T", Message: "secret"}},
			http: `502 {"message":"Internal Server Error"}`, rest: `502 {"message":"Internal server error"}`,
		},
		{
			name: "Lambda refuses the size", method: "POST", path: path, fn: capture{err: &lambda.FunctionError{Type: "RequestTooLargeException"}},
			http: `413 {"message":"Request Entity Too Large"}`, rest: `413 {"message":"Request Entity Too Large"}`,
		},
		{
			name: "Lambda refuses", method: "POST", path: path, fn: capture{err: errors.New("throttled")},
			http: `500 {"message":"Internal Server Error"}`, rest: `500 {"message":"Internal server error"}`,
		},
		{
			name: "malformed", method: "POST", path: path, fn: capture{answer: `{"statusCode":"abc"}`},
			http: `502 {"message":"Internal Server Error"}`, rest: `502 {"message":"Internal server error"}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for kind, want := range map[gateway.Kind]string{gateway.HTTPAPI: tt.http, gateway.RESTAPI: tt.rest} {
				if race.Enabled && kind == gateway.RESTAPI && len(tt.body) > 1<<20 {
					continue
				}
				fn, prefix, id := tt.fn, "", "Apigw-Requestid"
				if kind == gateway.RESTAPI {
					prefix, id = "/Prod", "X-Amzn-Requestid"
				}
				g := newGateway(t, gateway.Config{Kind: kind, Routes: []gateway.Route{
					{Key: "POST " + path, Function: &fn}, {Key: "POST /iam", Function: &fn, IAM: true},
				}})
				r := httptest.NewRequestWithContext(t.Context(), tt.method, prefix+tt.path, strings.NewReader(tt.body))
				for name, values := range tt.header {
					r.Header[name] = values
				}
				status, header, body := record(t, g, r)
				if got := fmt.Sprint(status, " ", body); got != want || len(header.Get(id)) != 36 {
					t.Errorf("%d: %.200s with %v, want %s", kind, got, header, want)
				}
				if status >= 400 && status < 500 && fn.event != nil && fn.err == nil {
					t.Errorf("%d: refused, yet invoked", kind)
				}
			}
		})
	}
}

// TestTimeout: the client is answered when API Gateway's time is over; it does not matter to the function that it left.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for kind, want := range map[gateway.Kind]string{
		gateway.HTTPAPI: `30s 503 {"message":"Service Unavailable"}`, gateway.RESTAPI: `29s 504 {"message":"Endpoint request timed out"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			g := newGateway(t, gateway.Config{Kind: kind, Stage: "s", Routes: []gateway.Route{{
				Key: "GET /", Function: lambda.InvokerFunc(func(ctx context.Context, _ []byte) ([]byte, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}),
			}}})
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/s", http.NoBody)
			status, _, body := record(t, g, r)
			if got := fmt.Sprint(time.Since(began), " ", status, " ", body); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			began = time.Now()
			status, _, _ = record(t, g, r.WithContext(ctx))
			if time.Since(began) < 29*time.Second || status < 500 {
				t.Errorf("a client that left ended the invocation after %v with %d", time.Since(began), status)
			}
		})
	}
}
