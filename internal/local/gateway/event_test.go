package gateway_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/gateway"
)

// rich is a request with a bit of everything.
func rich() http.Header {
	return http.Header{
		"Content-Type": {"application/json"}, "X-Many": {"one", "two"}, "Cookie": {"a=1; b=2", "c=3"}, "User-Agent": {"test/1"},
		"X-Forwarded-For": {"203.0.113.9"}, "Authorization": {gateway.Authorization}, "X-Amzn-Trace-Id": {"Root=1-0-0"},
		"Accept-Encoding": {"identity"},
	}
}

// strict decodes an event and refuses what the library's type does not have. principalOrgId is in real events of REST APIs
// and not in the library.
func strict[T any](t *testing.T, event []byte) T {
	t.Helper()
	var e T
	decoder := json.NewDecoder(bytes.NewReader(bytes.Replace(event, []byte(`"sourceIp":"127.0.0.1","principalOrgId":null`), []byte(`"sourceIp":"127.0.0.1"`), 1)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		t.Fatalf("%v\n%s", err, event)
	}
	return e
}

// recently tells whether an event's times are of now; they differ from run to run.
func recently(text string, epoch int64) bool {
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", text)
	return err == nil && time.Since(at) < time.Minute && time.Since(time.UnixMilli(epoch)) < time.Minute
}

func TestEventV2(t *testing.T) {
	t.Parallel()
	fn := &capture{answer: ok}
	g := newGateway(t, gateway.Config{Stage: "dev", Account: "111122223333", Routes: []gateway.Route{{Key: "POST /webhooks/{source}", Function: fn, IAM: true}}})
	answer := serve(t, g, http.MethodPost, "/dev/webhooks/git%20hub?x=1&y=a%2Bb&x=2&z", `{"t":"<é>"}`, rich())
	e := strict[events.APIGatewayV2HTTPRequest](t, fn.event)
	if !recently(e.RequestContext.Time, e.RequestContext.TimeEpoch) || e.RequestContext.RequestID != answer.Get("Apigw-Requestid") {
		t.Errorf("request %s at %s, %d", e.RequestContext.RequestID, e.RequestContext.Time, e.RequestContext.TimeEpoch)
	}
	e.RequestContext.RequestID, e.RequestContext.Time, e.RequestContext.TimeEpoch = "", "", 0
	want := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "POST /webhooks/{source}", RawPath: "/dev/webhooks/git%20hub", RawQueryString: "x=1&y=a%2Bb&x=2&z",
		Cookies: []string{"a=1", "b=2", "c=3"},
		Headers: map[string]string{
			"content-type": "application/json", "x-many": "one,two", "user-agent": "test/1", "host": "api.example.com:8080",
			"x-forwarded-for": "203.0.113.9, 127.0.0.1", "x-forwarded-port": "443", "x-forwarded-proto": "https", "content-length": "12",
			"authorization": gateway.Authorization, "x-amzn-trace-id": "Root=1-0-0", "accept-encoding": "identity",
		},
		QueryStringParameters: map[string]string{"x": "1,2", "y": "a+b", "z": ""},
		PathParameters:        map[string]string{"source": "git hub"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "POST /webhooks/{source}", AccountID: "111122223333", Stage: "dev", APIID: "local", DomainName: "api.example.com", DomainPrefix: "api",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: "POST", Path: "/dev/webhooks/git%20hub", Protocol: "HTTP/1.1", SourceIP: "127.0.0.1", UserAgent: "test/1",
			},
			Authorizer: &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{IAM: &events.APIGatewayV2HTTPRequestContextAuthorizerIAMDescription{
				AccessKey: "local", AccountID: "111122223333", CallerID: "AIDALOCAL", UserARN: "arn:aws:iam::111122223333:user/local", UserID: "AIDALOCAL",
			}},
		},
		Body: `{"t":"<é>"}`,
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

// TestEventV2Sparse: what the request does not have is not in the event.
func TestEventV2Sparse(t *testing.T) {
	t.Parallel()
	fn := &capture{answer: ok}
	g := newGateway(t, gateway.Config{Routes: []gateway.Route{{Key: "GET /healthz", Function: fn}}})
	serve(t, g, http.MethodGet, "/healthz", "", nil)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(fn.event, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cookies", "queryStringParameters", "pathParameters", "body", "stageVariables"} {
		if members[name] != nil {
			t.Errorf("%s is %s", name, members[name])
		}
	}
	if string(members["rawPath"]) != `"/healthz"` || string(members["rawQueryString"]) != `""` || bytes.Contains(fn.event, []byte("authorizer")) {
		t.Errorf("event %s", fn.event)
	}
}

func TestEventV1(t *testing.T) {
	t.Parallel()
	fn := &capture{answer: ok}
	g := newGateway(t, gateway.Config{Kind: gateway.RESTAPI, Account: "111122223333", Routes: []gateway.Route{{Key: "ANY /webhooks/{source}", Function: fn, IAM: true}}})
	answer := serve(t, g, http.MethodPost, "/Prod/webhooks/github?x=1&y=a%2Bb&x=2", `{"t":"<é>"}`, rich())
	e := strict[events.APIGatewayProxyRequest](t, fn.event)
	if !recently(e.RequestContext.RequestTime, e.RequestContext.RequestTimeEpoch) || e.RequestContext.RequestID != answer.Get("X-Amzn-Requestid") {
		t.Errorf("request %s at %s, %d", e.RequestContext.RequestID, e.RequestContext.RequestTime, e.RequestContext.RequestTimeEpoch)
	}
	e.RequestContext.RequestID, e.RequestContext.ExtendedRequestID, e.RequestContext.RequestTime, e.RequestContext.RequestTimeEpoch = "", "", "", 0
	want := events.APIGatewayProxyRequest{
		Resource: "/webhooks/{source}", Path: "/webhooks/github", HTTPMethod: "POST",
		Headers: map[string]string{
			"Content-Type": "application/json", "X-Many": "two", "User-Agent": "test/1", "Host": "api.example.com:8080", "Cookie": "c=3",
			"X-Forwarded-For": "203.0.113.9, 127.0.0.1", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https", "Content-Length": "12",
			"Authorization": gateway.Authorization, "X-Amzn-Trace-Id": "Root=1-0-0", "Accept-Encoding": "identity",
		},
		MultiValueHeaders: map[string][]string{
			"Content-Type": {"application/json"}, "X-Many": {"one", "two"}, "User-Agent": {"test/1"}, "Host": {"api.example.com:8080"},
			"Cookie": {"a=1; b=2", "c=3"}, "X-Forwarded-For": {"203.0.113.9, 127.0.0.1"}, "X-Forwarded-Port": {"443"},
			"X-Forwarded-Proto": {"https"}, "Content-Length": {"12"}, "Authorization": {gateway.Authorization}, "X-Amzn-Trace-Id": {"Root=1-0-0"},
			"Accept-Encoding": {"identity"},
		},
		QueryStringParameters:           map[string]string{"x": "2", "y": "a+b"},
		MultiValueQueryStringParameters: map[string][]string{"x": {"1", "2"}, "y": {"a+b"}},
		PathParameters:                  map[string]string{"source": "github"},
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: "111122223333", ResourceID: "local", ResourcePath: "/webhooks/{source}", HTTPMethod: "POST", Path: "/Prod/webhooks/github",
			Protocol: "HTTP/1.1", Stage: "Prod", DomainName: "api.example.com", DomainPrefix: "api", APIID: "local",
			Identity: events.APIGatewayRequestIdentity{
				AccountID: "111122223333", Caller: "AIDALOCAL", AccessKey: "local", SourceIP: "127.0.0.1",
				UserArn: "arn:aws:iam::111122223333:user/local", UserAgent: "test/1", User: "AIDALOCAL",
			},
		},
		Body: `{"t":"<é>"}`,
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

// TestEventV1Sparse: what the request does not have is null.
func TestEventV1Sparse(t *testing.T) {
	t.Parallel()
	fn := &capture{answer: ok}
	g := newGateway(t, gateway.Config{Kind: gateway.RESTAPI, Routes: []gateway.Route{{Key: "GET /healthz", Function: fn}}})
	serve(t, g, http.MethodGet, "/Prod/healthz", "", nil)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(fn.event, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"} {
		if string(members[name]) != "null" {
			t.Errorf("%s is %s", name, members[name])
		}
	}
}

// TestBodies: which go as text and which as base64.
func TestBodies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, contentType, encoding, body string
		v2, v1, v1PNG                     string // v1 without binary media types, and with image/png
	}{
		{"JSON", "application/json; charset=utf-8", "", "{}", "{}", "{}", "{}"},
		{"structured JSON", "Application/CloudEvents+JSON", "", "{}", "{}", "{}", "{}"},
		{"text", "text/plain", "", "é", "é", "é", "é"},
		{"no type", "", "", "x", "x", "x", "x"},
		{"form", "application/x-www-form-urlencoded", "", "a=b", "base64 YT1i", "a=b", "a=b"},
		{"image", "image/png", "", "\x89PNG\xff", "base64 iVBOR/8=", "\ufffdPNG\ufffd", "base64 iVBOR/8="},
		{"compressed JSON", "application/json", "gzip", "\x1f\x8b", "base64 H4s=", "\x1f\ufffd", "\x1f\ufffd"},
		{"JSON that is not UTF-8", "application/json", "", "\"\xff\"", "base64 Iv8i", "\"\ufffd\"", "\"\ufffd\""},
	} {
		for name, c := range map[string]gateway.Config{
			"v2": {}, "v1": {Kind: gateway.RESTAPI}, "v1 PNG": {Kind: gateway.RESTAPI, BinaryMediaTypes: []string{"image/png", "x"}},
			"v1 all": {Kind: gateway.RESTAPI, BinaryMediaTypes: []string{"*/*"}},
		} {
			fn := &capture{answer: ok}
			c.Stage, c.Routes = "s", []gateway.Route{{Key: "POST /", Function: fn}}
			header := http.Header{}
			if tt.contentType != "" {
				header.Set("Content-Type", tt.contentType)
			}
			if tt.encoding != "" {
				header.Set("Content-Encoding", tt.encoding)
			}
			serve(t, newGateway(t, c), http.MethodPost, "/s/", tt.body, header)
			var e struct {
				Body            string
				IsBase64Encoded bool
			}
			if err := json.Unmarshal(fn.event, &e); err != nil {
				t.Fatal(err)
			}
			got := e.Body
			if e.IsBase64Encoded {
				got = "base64 " + got
			}
			want, ok := map[string]string{"v2": tt.v2, "v1": tt.v1, "v1 PNG": tt.v1PNG}[name]
			if ok && got != want || !ok && !e.IsBase64Encoded {
				t.Errorf("%s, %s: %q, want %q", tt.name, name, got, want)
			}
		}
	}
}
