package apigw_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// client is a request as a client sends it.
type client struct {
	method  string
	path    string // percent-encoded
	query   string // percent-encoded
	header  http.Header
	cookies []string
	body    []byte
}

// door builds the event that a front door makes of a request, in the types of aws-lambda-go, and reads the response
// that it makes of an answer. It follows events that were captured from AWS, not the adapter.
type door struct {
	name    string
	decodes bool // the path
	joins   bool // repeated headers
	event   func(c client, before string) any
	answer  func(t *testing.T, document []byte) answer
}

// answer is a response as the client gets it.
type answer struct {
	Status  int
	Header  http.Header
	Cookies []string
	Body    string
}

const (
	stage   = "live"
	address = "203.0.113.7"
)

func doors() []door {
	return []door{
		{"HTTP API 2.0", true, true, func(c client, before string) any {
			e := format2(c, before)
			e.RawPath = unescaped(e.RawPath)
			delete(e.Headers, "cookie")
			return e
		}, readFormat2},
		{"HTTP API 1.0", true, false, func(c client, before string) any {
			e := format1(c, before)
			e.Path = unescaped(e.Path)
			return struct {
				Version string `json:"version"`
				events.APIGatewayProxyRequest
			}{"1.0", e}
		}, readFormat1},
		{"REST API", false, false, func(c client, before string) any { return format1(c, before) }, readFormat1},
		{"function URL", false, true, func(c client, _ string) any {
			e := format2(c, "")
			e.RequestContext.DomainName = "abcdefg.lambda-url.eu-west-1.on.aws"
			e.RequestContext.Stage = "$default"
			e.Headers["cookie"] = strings.Join(c.cookies, "; ")
			return e
		}, readFormat2},
		{"load balancer", false, false, func(c client, _ string) any {
			e := balanced(c)
			e.MultiValueHeaders, e.MultiValueQueryStringParameters = lists(c), pieces(c.query)
			return e
		}, func(t *testing.T, document []byte) answer {
			t.Helper()
			return readBalancer(t, document, true)
		}},
		{"load balancer, single values", false, true, func(c client, _ string) any {
			e := balanced(c)
			e.Headers, e.QueryStringParameters = map[string]string{}, map[string]string{}
			for name, values := range lists(c) {
				e.Headers[name] = strings.Join(values, ",") // a client that repeats headers itself
			}
			for name, values := range pieces(c.query) {
				e.QueryStringParameters[name] = values[len(values)-1]
			}
			return e
		}, func(t *testing.T, document []byte) answer {
			t.Helper()
			return readBalancer(t, document, false)
		}},
	}
}

func format2(c client, before string) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: before + c.path, RawQueryString: c.query, Cookies: c.cookies,
		Headers: map[string]string{}, QueryStringParameters: map[string]string{"joined": "of no use"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "$default", Stage: stage, RequestID: "id", DomainName: "id.execute-api.eu-west-1.amazonaws.com",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: c.method, Path: unescaped(before + c.path), Protocol: "HTTP/1.1", SourceIP: address,
			},
		},
	}
	for name, values := range c.header {
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	e.Body, e.IsBase64Encoded = text(c)
	return e
}

func format1(c client, before string) events.APIGatewayProxyRequest {
	e := events.APIGatewayProxyRequest{
		Resource: "/{proxy+}", Path: before + c.path, HTTPMethod: c.method,
		Headers: map[string]string{}, MultiValueHeaders: map[string][]string{},
		QueryStringParameters: map[string]string{}, MultiValueQueryStringParameters: map[string][]string{},
		PathParameters: map[string]string{"proxy": strings.Trim(c.path, "/")},
		RequestContext: events.APIGatewayProxyRequestContext{
			Stage: stage, RequestID: "id", DomainName: "id.execute-api.eu-west-1.amazonaws.com", Protocol: "HTTP/1.1",
			ResourcePath: "/{proxy+}", HTTPMethod: c.method,
			Identity: events.APIGatewayRequestIdentity{SourceIP: address},
		},
	}
	for name, values := range c.header {
		e.MultiValueHeaders[name], e.Headers[name] = values, values[len(values)-1]
	}
	if len(c.cookies) > 0 {
		e.MultiValueHeaders["cookie"] = []string{strings.Join(c.cookies, "; ")}
	}
	query, err := url.ParseQuery(c.query)
	if err != nil {
		panic(err)
	}
	for name, values := range query {
		e.MultiValueQueryStringParameters[name], e.QueryStringParameters[name] = values, values[len(values)-1]
	}
	e.Body, e.IsBase64Encoded = text(c)
	return e
}

func balanced(c client) events.ALBTargetGroupRequest {
	e := events.ALBTargetGroupRequest{HTTPMethod: c.method, Path: c.path}
	e.RequestContext.ELB.TargetGroupArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"
	e.Body, e.IsBase64Encoded = text(c)
	return e
}

func lists(c client) map[string][]string {
	header := map[string][]string{"x-forwarded-for": {address}, "x-forwarded-proto": {"https"}}
	for name, values := range c.header {
		header[strings.ToLower(name)] = values
	}
	if len(c.cookies) > 0 {
		header["cookie"] = []string{strings.Join(c.cookies, "; ")}
	}
	return header
}

// pieces takes a query apart and decodes nothing.
func pieces(query string) map[string][]string {
	parts := map[string][]string{}
	for piece := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(piece, "="); piece != "" {
			parts[name] = append(parts[name], value)
		}
	}
	return parts
}

func text(c client) (string, bool) {
	if utf8.Valid(c.body) && !strings.Contains(c.header.Get("Content-Type"), "binary") {
		return string(c.body), false
	}
	return base64.StdEncoding.EncodeToString(c.body), true
}

func unescaped(path string) string {
	decoded, err := url.PathUnescape(path)
	if err != nil {
		panic(err)
	}
	return decoded
}

func readFormat2(t *testing.T, document []byte) answer {
	t.Helper()
	var d events.LambdaFunctionURLResponse
	read(t, document, &d)
	header := http.Header{}
	for name, value := range d.Headers {
		header.Set(name, value)
	}
	return answer{d.StatusCode, header, d.Cookies, decoded(t, d.Body, d.IsBase64Encoded)}
}

func readFormat1(t *testing.T, document []byte) answer {
	t.Helper()
	var d struct { // REST APIs refuse other fields
		StatusCode        int
		MultiValueHeaders http.Header
		Body              string
		IsBase64Encoded   bool
	}
	read(t, document, &d)
	cookies := d.MultiValueHeaders["Set-Cookie"]
	delete(d.MultiValueHeaders, "Set-Cookie")
	return answer{d.StatusCode, d.MultiValueHeaders, cookies, decoded(t, d.Body, d.IsBase64Encoded)}
}

func readBalancer(t *testing.T, document []byte, multi bool) answer {
	t.Helper()
	var d events.ALBTargetGroupResponse
	read(t, document, &d)
	if multi != (d.Headers == nil) || multi != (d.MultiValueHeaders != nil) {
		t.Errorf("headers in the wrong field: %s", document)
	}
	if code, reason, _ := strings.Cut(d.StatusDescription, " "); len(code) != 3 || reason == "" {
		t.Errorf("statusDescription %q", d.StatusDescription)
	}
	header := http.Header(d.MultiValueHeaders)
	if !multi {
		header = http.Header{}
		for name, value := range d.Headers {
			header.Add(textproto.CanonicalMIMEHeaderKey(name), value)
		}
	}
	cookies := header["Set-Cookie"]
	if delete(header, "Set-Cookie"); !multi {
		slices.Sort(cookies) // their names do not tell their order
	}
	return answer{d.StatusCode, header, cookies, decoded(t, d.Body, d.IsBase64Encoded)}
}

func read(t *testing.T, document []byte, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(document)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
}

func decoded(t *testing.T, body string, isBase64 bool) string {
	t.Helper()
	if !isBase64 {
		return body
	}
	plain, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}
