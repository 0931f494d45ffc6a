package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.uber.org/goleak"

	"callback-completer/internal/apigw"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/race"
	"callback-completer/internal/telemetry"
)

func TestMain(m *testing.M) {
	race.Plays(6)
	goleak.VerifyTestMain(m)
}

// httpRig is the function before the stand-in.
type httpRig struct {
	*rig.Rig

	handler *apigw.Adapter
}

func newRig(t *testing.T) *httpRig {
	t.Helper()
	r := &httpRig{Rig: rig.New(t, "", false)}
	r.configure(config.HTTP{CallbacksAuthorizer: config.IAMAuthorizer})
	return r
}

// configure starts the function anew.
func (r *httpRig) configure(settings config.HTTP) {
	r.T.Helper()
	if err := r.start(settings); err != nil {
		r.T.Fatal(err)
	}
}

func (r *httpRig) start(settings config.HTTP) error {
	settings.Common = r.Settings
	h, err := assemble(r.T.Context(), settings, r.AWS(r.Client()), http.DefaultClient, telemetry.NewLogger(&r.Out, r.Settings.LogLevel), &r.Out)
	r.handler = h
	return err
}

// answer is what API Gateway makes of the function's answer.
type answer struct {
	StatusCode int
	Headers    map[string]string
	Body       string
}

// post sends a body through an HTTP API, base64 as API Gateway does for types it takes for binary.
func (r *httpRig) post(ctx context.Context, body string, encoded bool) answer {
	r.T.Helper()
	if encoded {
		body = base64.StdEncoding.EncodeToString([]byte(body))
	}
	return r.send(ctx, "/callbacks", map[string]string{"content-type": "application/json"}, body, encoded, caller())
}

// caller is how API Gateway writes who signed a request with AWS credentials.
func caller() map[string]any {
	return map[string]any{"iam": map[string]any{"userArn": "arn:aws:iam::123456789012:user/worker", "accountId": "123456789012"}}
}

// send hands the function a request as an HTTP API does.
func (r *httpRig) send(
	ctx context.Context, path string, headers map[string]string, body string, encoded bool, authorizer map[string]any,
) answer {
	r.T.Helper()
	event, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "POST " + path, "rawPath": path, "rawQueryString": "", "headers": headers,
		"requestContext": map[string]any{
			"accountId": "123456789012", "apiId": "a1", "domainName": "api.example.com", "requestId": "front-1", "stage": "$default",
			"http": map[string]string{"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
			"time": "23/Nov/2026:10:00:00 +0000", "timeEpoch": 1795428000000, "routeKey": "POST " + path, "authorizer": authorizer,
		},
		"body": body, "isBase64Encoded": encoded,
	})
	if err != nil {
		r.T.Fatal(err)
	}
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	text, err := r.handler.Invoke(ctx, event)
	if err != nil {
		r.T.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		r.T.Fatal(err)
	}
	return a
}

func TestARequestCompletesItsExecution(t *testing.T) {
	t.Parallel()
	for _, encoded := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			arn, token := r.Start()
			body := fmt.Sprintf(`{"taskToken": %q, "output": {"z": 1.10, "a": 9007199254740993 }}`, token)
			for range 2 { // the second is a duplicate, and to the caller the same
				if got := r.post(t.Context(), body, encoded); got.StatusCode != 200 || strings.TrimSpace(got.Body) != `{"status":"delivered"}` {
					t.Errorf("answer %+v", got)
				}
			}
			synctest.Wait()
			if got := r.Execution(arn); got.Output != `{"z": 1.10, "a": 9007199254740993 }` {
				t.Errorf("execution %v %q", got.Status, got.Output)
			}
			if got := r.post(t.Context(), strings.Replace(body, "1.10", "2", 1), encoded); got.StatusCode != 409 || strings.Contains(got.Body, token) {
				t.Errorf("another result: %+v", got)
			}
			if len(r.Codes()) > 0 {
				t.Errorf("dead letters %v: the caller was told", r.Codes())
			}
			r.Silent(token)
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	tests := []struct {
		name    string
		rule    fault.Rule
		status  int
		code    string // of a dead letter
		outcome stepfunctions.Status
	}{
		{"throttled for good", fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Next: always}, 503, "", stepfunctions.Running},
		{"503 in HTML for good", fault.Rule{Operation: "SendTask*", Kind: fault.HTMLError, Next: always}, 503, "", stepfunctions.Running},
		{"no right", fault.Rule{Operation: "SendTask*", Kind: fault.AccessDenied, Next: always}, 503, "", stepfunctions.Running},
		{"answer lost once", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: 1, Applied: true}, 202, "Unconfirmed", stepfunctions.Succeeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.Faults.Add(tt.rule)
				arn, token := r.Start()
				body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
				ctx, cancel := context.WithTimeout(t.Context(), 29*time.Second)
				defer cancel()
				got := r.post(ctx, body, false)
				synctest.Wait()
				if got.StatusCode != tt.status || r.Codes()[body] != tt.code || r.Execution(arn).Status != tt.outcome {
					t.Errorf("answer %+v, dead letters %v, execution %v", got, r.Codes(), r.Execution(arn).Status)
				}
				r.Silent(token)
			})
		})
	}
}

// TestTheFunctionDemandsTheAuthorizer: whatever route let the request through.
func TestTheFunctionDemandsTheAuthorizer(t *testing.T) {
	t.Parallel()
	token := map[string]any{"jwt": map[string]any{"claims": map[string]any{"sub": "worker"}}}
	tests := []struct {
		authorizer config.Authorizer
		found      map[string]any
		status     int
	}{
		{config.IAMAuthorizer, caller(), 200},
		{config.IAMAuthorizer, token, 403},
		{config.IAMAuthorizer, nil, 403},
		{config.JWTAuthorizer, token, 200},
		{config.JWTAuthorizer, caller(), 403},
		{config.JWTAuthorizer, nil, 403},
		{config.APIKeyAuthorizer, caller(), 403},
		{config.NoAuthorizer, nil, 200},
		{"", caller(), 403},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.configure(config.HTTP{CallbacksAuthorizer: tt.authorizer})
			arn, token := r.Start()
			body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
			got := r.send(t.Context(), "/callbacks", map[string]string{"content-type": "application/json"}, body, false, tt.found)
			synctest.Wait()
			if done := r.Execution(arn).Status == stepfunctions.Succeeded; got.StatusCode != tt.status || done != (tt.status == 200) {
				t.Errorf("%s, %v: %+v, completed %t", tt.authorizer, tt.found, got, done)
			}
		})
	}
}

func TestAnAPIKeyIsEnoughWhereItIsDemanded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.configure(config.HTTP{CallbacksAuthorizer: config.APIKeyAuthorizer})
		for id, status := range map[string]string{"k-1": `"statusCode":400`, "": `"statusCode":403`} {
			event := fmt.Sprintf(`{"httpMethod": "POST", "path": "/callbacks", "resource": "/callbacks", "headers": {"Content-Type": "application/json"},
				"requestContext": {"resourceId": "r", "stage": "prod", "path": "/prod/callbacks", "identity": {"sourceIp": "192.0.2.1", "apiKeyId": %q}},
				"body": "{}", "isBase64Encoded": false}`, id)
			if got, err := r.handler.Invoke(t.Context(), []byte(event)); err != nil || !strings.Contains(string(got), status) {
				t.Errorf("key %q: %s %v", id, got, err)
			}
		}
	})
}

func TestEventsThatAreNotHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		for _, event := range []string{`{}`, `[]`, `{"Records": [{"eventSource": "aws:sqs"}]}`, `nonsense`} {
			if got, err := r.handler.Invoke(t.Context(), []byte(event)); err == nil {
				t.Errorf("%s: answer %s", event, got)
			}
		}
	})
}
