package main

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"callback-completer/internal/local/rig"
)

// wire is a request as it comes to a front door.
type wire struct {
	method string // POST if empty
	path   string
	header http.Header // names as the client wrote them
	body   string
	// raw hands the body over as it is, under this flag; otherwise a body that is no text is made base64, as the doors do.
	raw    bool
	base64 bool
}

// heard is an answer as the client gets it.
type heard struct {
	Status int
	Header http.Header
	Body   string
}

// door is a front door of the function that lets every path through.
type door struct {
	name  string
	event func(wire) map[string]any
}

func doors() []door {
	return []door{
		{"HTTP API", func(r wire) map[string]any {
			if decoded, err := url.PathUnescape(r.path); err == nil {
				r.path = decoded // before it passes it on
			}
			return format2(r, "api.example.com")
		}},
		{"function URL", func(r wire) map[string]any { return format2(r, "abcdefg.lambda-url.us-east-1.on.aws") }},
		{"REST API", func(r wire) map[string]any {
			return format1(r, map[string]any{
				"resourceId": "r1", "stage": "prod", "path": "/prod" + r.path, "requestId": "front-1", "identity": map[string]any{"sourceIp": "192.0.2.1"},
			})
		}},
		{"load balancer", func(r wire) map[string]any {
			return format1(r, map[string]any{"elb": map[string]any{"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/1"}})
		}},
	}
}

// format2 is payload format 2.0: repeated headers are joined.
func format2(r wire, domain string) map[string]any {
	headers := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		key := strings.ToLower(name)
		if before, again := headers[key]; again {
			headers[key] = before + "," + strings.Join(r.header[name], ",")
		} else {
			headers[key] = strings.Join(r.header[name], ",")
		}
	}
	body, encoded := r.text()
	return map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": r.path, "rawQueryString": "", "headers": headers,
		"requestContext": map[string]any{
			"apiId": "a1", "domainName": domain, "requestId": "front-1", "stage": "$default", "routeKey": "$default",
			"http": map[string]string{"method": r.verb(), "path": r.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
		},
		"body": body, "isBase64Encoded": encoded,
	}
}

// format1 is the event of a REST API or a load balancer, with every value of a header.
func format1(r wire, context map[string]any) map[string]any {
	single := map[string]string{}
	for name, values := range r.header {
		single[name] = values[len(values)-1]
	}
	body, encoded := r.text()
	return map[string]any{
		"httpMethod": r.verb(), "path": r.path, "resource": "/{proxy+}", "headers": single, "multiValueHeaders": r.header,
		"requestContext": context, "body": body, "isBase64Encoded": encoded,
	}
}

func (r wire) verb() string {
	if r.method == "" {
		return http.MethodPost
	}
	return r.method
}

func (r wire) text() (string, bool) {
	if r.raw {
		return r.body, r.base64
	}
	if !utf8.ValidString(r.body) {
		return base64.StdEncoding.EncodeToString([]byte(r.body)), true
	}
	return r.body, false
}

// header makes headers of names and values.
func header(pairs map[string]string) http.Header {
	h := http.Header{}
	for name, value := range pairs {
		h[name] = []string{value}
	}
	return h
}

// through sends a request through a front door, and demands of every answer what all have in common.
func (r *httpRig) through(d door, request wire) heard {
	r.T.Helper()
	event, err := json.Marshal(d.event(request))
	if err != nil {
		r.T.Fatal(err)
	}
	ctx := lambdacontext.NewContext(r.T.Context(), &lambdacontext.LambdaContext{AwsRequestID: rig.RequestID})
	document, err := r.handler.Invoke(ctx, event)
	if err != nil {
		r.T.Fatalf("%s: %v", d.name, err)
	}
	_, _ = r.Out.Write(document) // what is answered is looked through like the log
	got := read(r.T, document)
	if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Location") != "" || got.Status/100 == 3 {
		r.T.Errorf("%s: answer %+v", d.name, got)
	}
	return got
}

func read(t *testing.T, document []byte) heard {
	t.Helper()
	var answer struct {
		StatusCode        int
		Headers           map[string]string
		MultiValueHeaders map[string][]string
		Body              string
		IsBase64Encoded   bool
	}
	if err := json.Unmarshal(document, &answer); err != nil {
		t.Fatal(err)
	}
	h := http.Header(answer.MultiValueHeaders).Clone()
	if h == nil {
		h = http.Header{}
	}
	for name, value := range answer.Headers {
		h.Set(name, value)
	}
	if answer.IsBase64Encoded {
		t.Errorf("an answer that is no text: %q", answer.Body)
	}
	return heard{answer.StatusCode, h, strings.TrimSpace(answer.Body)}
}
