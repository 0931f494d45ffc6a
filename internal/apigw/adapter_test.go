package apigw_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/apigw"
	"callback-completer/internal/race"
)

var _ lambda.Handler = (*apigw.Adapter)(nil)

// canary stands for a token: it must come up nowhere but in the request.
const canary = "CANARY-TASK-TOKEN"

func TestMain(m *testing.M) {
	race.Plays(30)
	goleak.VerifyTestMain(m)
}

// rest returns an event of a REST API with some members replaced.
func rest(t *testing.T, replace map[string]any) []byte {
	t.Helper()
	event := map[string]any{
		"resource": "/callbacks", "path": "/callbacks", "httpMethod": "POST", "headers": nil,
		"multiValueHeaders":     map[string]any{"Host": []string{"h"}, "X-Token": []string{canary}},
		"queryStringParameters": nil, "multiValueQueryStringParameters": nil, "pathParameters": nil,
		"requestContext": map[string]any{"stage": "prod", "requestId": "id", "identity": map[string]any{"sourceIp": "203.0.113.7"}},
		"body":           canary, "isBase64Encoded": false,
	}
	for name, v := range replace {
		event[name] = v
	}
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

type result struct {
	Status  int                 `json:"statusCode"`
	Headers map[string][]string `json:"multiValueHeaders"`
	Body    string              `json:"body"`
	Base64  bool                `json:"isBase64Encoded"`
}

func run(ctx context.Context, t *testing.T, a *apigw.Adapter, payload []byte) result {
	t.Helper()
	document, err := a.Invoke(ctx, payload)
	if err != nil {
		t.Fatal(err)
	}
	var r result
	read(t, document, &r)
	return r
}

// echo answers with the length of the body that it read.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	_, _ = fmt.Fprintf(w, "%d of %d", n, r.ContentLength)
})

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	list := func(name, value string) map[string]any {
		return map[string]any{"multiValueHeaders": map[string]any{name: []string{value}}}
	}
	tests := map[string]struct {
		event map[string]any
		want  int
	}{
		"as it is":                  {nil, 200},
		"null headers":              {map[string]any{"multiValueHeaders": nil}, 200},
		"null in headers":           {map[string]any{"multiValueHeaders": map[string]any{"A": nil}, "headers": map[string]any{"B": nil}}, 200},
		"null body":                 {map[string]any{"body": nil, "isBase64Encoded": nil}, 200},
		"empty path":                {map[string]any{"path": "", "resource": ""}, 200},
		"body at the limit":         {map[string]any{"body": strings.Repeat("x", 1<<20)}, 200},
		"body over the limit":       {map[string]any{"body": strings.Repeat("x", 1<<20+1)}, 413},
		"base64":                    {map[string]any{"body": "Q0FOQVJZ", "isBase64Encoded": true}, 200},
		"base64 at the limit":       {map[string]any{"body": base64.StdEncoding.EncodeToString(make([]byte, 1<<20)), "isBase64Encoded": true}, 200},
		"base64 over the limit":     {map[string]any{"body": base64.StdEncoding.EncodeToString(make([]byte, 1<<20+1)), "isBase64Encoded": true}, 413},
		"base64 far over the limit": {map[string]any{"body": strings.Repeat("!", 6<<20), "isBase64Encoded": true}, 413},
		"base64 that is none":       {map[string]any{"isBase64Encoded": true}, 400},
		"base64 cut short":          {map[string]any{"body": "Q0FOQVJZQ", "isBase64Encoded": true}, 400},
		"base64 of a URL":           {map[string]any{"body": "_-__", "isBase64Encoded": true}, 400},
		"base64 and more":           {map[string]any{"body": "Q0FO{}", "isBase64Encoded": true}, 400},
		"relative path":             {map[string]any{"path": "callbacks", "resource": ""}, 400},
		"asterisk":                  {map[string]any{"path": "*", "resource": "", "httpMethod": "OPTIONS"}, 400},
		"broken percent-encoding":   {map[string]any{"path": "/callbacks/%zz"}, 400},
		"cut percent-encoding":      {map[string]any{"path": "/callbacks/%4"}, 400},
		"method with a space":       {map[string]any{"httpMethod": "POST /x"}, 400},
		"header name with a space":  {list("A B", "v"), 400},
		"header name of no letters": {list("", "v"), 400},
		"header name not in ASCII":  {list("Ä", "v"), 400},
		"header with a line break":  {list("A", "v\r\nB: w"), 400},
		"header with NUL":           {list("A", "v\x00"), 400},
		"header with DEL":           {list("A", "v\x7f"), 400},
		"header with a tab":         {list("A", "v\tw"), 200},
		"host with a path":          {list("Host", "h/callbacks"), 400},
		"two hosts":                 {map[string]any{"multiValueHeaders": map[string]any{"Host": []string{"a", "b"}}}, 400},
		"two hosts by case":         {map[string]any{"multiValueHeaders": map[string]any{"Host": []string{"a"}, "host": []string{"b"}}}, 400},
		"large header":              {list("A", strings.Repeat("v", 16<<10)), 431},
		"long path":                 {map[string]any{"path": "/" + strings.Repeat("v", 16<<10)}, 431},
		"long query":                {map[string]any{"queryStringParameters": map[string]any{"q": strings.Repeat("v", 16<<10)}}, 431},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			a := apigw.New(echo, apigw.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			got := run(t.Context(), t, a, rest(t, test.event))
			if got.Status != test.want {
				t.Errorf("status %d, want %d", got.Status, test.want)
			}
			if got.Status != http.StatusOK && got.Headers["Content-Type"][0] != "application/problem+json" {
				t.Errorf("headers %v", got.Headers)
			}
			if strings.Contains(got.Body, "CANARY") || log.Len() > 0 {
				t.Errorf("the request shows in %q or %q", got.Body, &log)
			}
		})
	}
}

func TestRefusalIsAProblemDocument(t *testing.T) {
	t.Parallel()
	got := run(t.Context(), t, apigw.New(echo, apigw.Options{MaxBodyBytes: 3}), rest(t, nil))
	want := result{
		Status:  413,
		Headers: map[string][]string{"Cache-Control": {"no-store"}, "Content-Type": {"application/problem+json"}},
		Body:    `{"type":"about:blank","title":"Request Entity Too Large","status":413}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRefuseOption(t *testing.T) {
	t.Parallel()
	a := apigw.New(echo, apigw.Options{MaxHeaderBytes: 20, Refuse: func(w http.ResponseWriter, status int) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "no")
	}})
	if got := run(t.Context(), t, a, rest(t, nil)); got.Status != 431 || got.Body != "no" {
		t.Errorf("%+v", got)
	}
}

func TestEventsThatAreNoRequests(t *testing.T) {
	t.Parallel()
	with := func(name string, v any) string { return string(rest(t, map[string]any{name: v})) }
	tests := map[string]struct{ event, want string }{
		"no JSON":              {`{"body":"CANARY`, "not valid JSON at offset 15"},
		"empty":                {``, "not valid JSON at offset 0"},
		"null":                 {`null`, "it has no requestContext"},
		"array":                {`[]`, "wrong JSON type at offset 1"},
		"path a number":        {`{"path":1234567}`, "wrong JSON type at offset 15"},
		"queue":                {`{"Records":[{"eventSource":"aws:sqs","body":"CANARY"}]}`, "it has no requestContext"},
		"EventBridge":          {`{"version":"0","detail-type":"x","source":"y","detail":{"a":"CANARY"}}`, "it has no requestContext"},
		"no requestContext":    {with("requestContext", nil), "it has no requestContext"},
		"empty requestContext": {with("requestContext", map[string]any{}), "its requestContext names neither a stage nor a load balancer"},
		"no method":            {with("httpMethod", nil), "it has no method"},
		"version 2.0 of 1.0":   {with("version", "2.0"), "it has no method"},
		"version 3.0":          {with("version", "3.0"), "its payload format version is neither 1.0 nor 2.0"},
		"1.0 authorizer":       {with("type", "REQUEST"), "it is meant for a Lambda authorizer"},
		"2.0 authorizer": {
			`{"version":"2.0","type":"REQUEST","rawPath":"/CANARY","requestContext":{"http":{"method":"GET"}}}`,
			"it is meant for a Lambda authorizer",
		},
		"WebSocket": {
			`{"requestContext":{"routeKey":"$connect","eventType":"CONNECT","stage":"prod","connectionId":"CANARY"}}`,
			"it is a WebSocket message",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			a := apigw.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }),
				apigw.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
			document, err := a.Invoke(t.Context(), []byte(test.event))
			if document != nil || !errors.Is(err, apigw.ErrNotHTTP) {
				t.Fatalf("%s, %v", document, err)
			}
			if got, want := err.Error(), apigw.ErrNotHTTP.Error()+": "+test.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if log.Len() > 0 {
				t.Errorf("logged %s", &log)
			}
		})
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		panics func(r *http.Request)
		want   []string
	}{
		"with the request": {func(r *http.Request) { panic(r.Header.Get("X-Token")) }, []string{`"type":"string","text":""`}},
		"with an error":    {func(r *http.Request) { panic(errors.New(r.Header.Get("X-Token"))) }, []string{`"type":"*errors.errorString","text":""`}},
		"of the runtime":   {func(*http.Request) { _ = []int{}[len("x")] }, []string{`"type":"runtime.boundsError"`, "index out of range"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			a := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Half", "done")
				_, _ = io.WriteString(w, canary)
				test.panics(r)
			}), apigw.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
			got := run(t.Context(), t, a, rest(t, nil))
			want := result{
				Status:  500,
				Headers: map[string][]string{"Cache-Control": {"no-store"}, "Content-Type": {"application/problem+json"}},
				Body:    `{"type":"about:blank","title":"Internal Server Error","status":500}`,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, text := range append(test.want, "adapter_test.go") {
				if !strings.Contains(log.String(), text) {
					t.Errorf("the log lacks %s: %s", text, &log)
				}
			}
			if strings.Contains(log.String(), canary) {
				t.Errorf("the log quotes the request: %s", &log)
			}
		})
	}
}

func TestTheHandlerKnowsItsDeadline(t *testing.T) {
	t.Parallel()
	want := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ctx, cancel := context.WithDeadline(t.Context(), want)
	defer cancel()
	a := apigw.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, ok := r.Context().Deadline(); !ok || !got.Equal(want) {
			t.Errorf("deadline %v, want %v", got, want)
		}
		cancel()
		if r.Context().Err() == nil {
			t.Error("the request outlives the invocation")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}), apigw.Options{})
	if got := run(ctx, t, a, rest(t, nil)); got.Status != 503 {
		t.Errorf("status %d", got.Status)
	}
}

func TestLoadBalancersGetTheInvocationsID(t *testing.T) {
	t.Parallel()
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "invocation"})
	var got []string
	a := apigw.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		facts, _ := apigw.FromContext(r.Context())
		got = append(got, facts.RequestID)
	}), apigw.Options{})
	run(ctx, t, a, rest(t, nil))
	if _, err := a.Invoke(ctx, rest(t, map[string]any{"requestContext": map[string]any{"elb": map[string]any{}}})); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"id", "invocation"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
