package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/race"
)

// TestBodiesThatAreNotRead: what is refused before a payload is looked at.
func TestBodiesThatAreNotRead(t *testing.T) {
	t.Parallel()
	type change map[string]string
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	const typed, coded = "content-type", "content-encoding"
	gzipped := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00"
	large := 10 << 20
	if race.Enabled { // each byte takes a hundred times as long, and goes through four doors
		large = 2 << 20
	}
	tests := []struct {
		name   string
		body   func(good string) wire
		change change
		status int
	}{
		{"as it should be", func(good string) wire { return wire{body: good} }, nil, 200},
		{"as base64", func(good string) wire { return wire{body: encode(good), raw: true, base64: true} }, nil, 200},
		{"once chunked", func(good string) wire { return wire{body: good} }, change{"transfer-encoding": "chunked"}, 200},
		{"not compressed, it says", func(good string) wire { return wire{body: good} }, change{coded: "identity"}, 200},
		{"in UTF-8, it says", func(good string) wire { return wire{body: good} }, change{typed: `application/json; charset="UTF-8"`}, 200},
		{"of a type of its own", func(good string) wire { return wire{body: good} }, change{typed: "application/vnd.acme+json"}, 200},

		{"base64 that is said to be text", func(good string) wire { return wire{body: encode(good), raw: true} }, nil, 401},
		{"text that is said to be base64", func(good string) wire { return wire{body: good, raw: true, base64: true} }, nil, 400},
		{"base64 cut off", func(good string) wire { return wire{body: encode(good + "xy")[:21], raw: true, base64: true} }, nil, 400},
		{"trailing garbage", func(good string) wire { return wire{body: good + "\r\n0\r\n\r\nGET / HTTP/1.1"} }, change{"transfer-encoding": "chunked"}, 401},
		{"a space behind it", func(good string) wire { return wire{body: good + " "} }, nil, 401},
		{"a byte order mark before it", func(good string) wire { return wire{body: "\ufeff" + good} }, nil, 401},
		{"other line ends", func(good string) wire { return wire{body: strings.ReplaceAll(good, "\n", "\r\n")} }, nil, 401},

		{"empty", func(string) wire { return wire{} }, nil, 400},
		{"1 MiB and a byte", func(string) wire { return wire{body: strings.Repeat("x", 1<<20+1)} }, nil, 413},
		{"10 MB", func(string) wire { return wire{body: strings.Repeat("x", large)} }, nil, 413},
		{"1 MiB and a byte as base64", func(string) wire { return wire{body: encode(strings.Repeat("x", 1<<20+1)), raw: true, base64: true} }, nil, 413},
		{"gzip", func(string) wire { return wire{body: gzipped} }, change{coded: "gzip"}, 415},
		{"gzip in capitals", func(string) wire { return wire{body: gzipped} }, change{coded: "GZIP"}, 415},
		{"gzip twice", func(string) wire { return wire{body: gzipped} }, change{coded: "identity, gzip"}, 415},
		{"gzip that it does not say", func(string) wire { return wire{body: gzipped} }, nil, 401},

		{"no type", func(good string) wire { return wire{body: good} }, change{typed: ""}, 415},
		{"text", func(good string) wire { return wire{body: good} }, change{typed: "text/plain"}, 415},
		{"multipart", func(good string) wire { return wire{body: good} }, change{typed: "multipart/form-data; boundary=x"}, 415},
		{"XML", func(good string) wire { return wire{body: good} }, change{typed: "application/xml"}, 415},
		{"JSON in UTF-7", func(good string) wire { return wire{body: good} }, change{typed: "application/json; charset=utf-7"}, 415},
		{"JSON in UTF-16", func(good string) wire { return wire{body: good} }, change{typed: "application/json; charset=utf-16"}, 415},
		{"two charsets", func(good string) wire { return wire{body: good} }, change{typed: "application/json; charset=utf-8; charset=utf-7"}, 415},
		{"two types", func(good string) wire { return wire{body: good} }, change{typed: "application/json, text/html"}, 415},
		{"a type that is none", func(good string) wire { return wire{body: good} }, change{typed: "json"}, 415},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAbused(t)
				arn, token := r.Start()
				good := fmt.Sprintf("{\"taskToken\": %q,\n\"output\": 1}", token)
				request := tt.body(good)
				request.path, request.header = "/webhooks/acme", with(acme("msg_1", good), tt.change)
				answered(t, tt.name, r.everywhere(request), tt.status)
				if tt.status != 200 {
					r.untouched(arn)
				}
				r.silent(token)
			})
		})
	}
}

func TestTwoContentTypes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		twice := header(acme("msg_1", body))
		twice["content-type"] = []string{"application/json", "application/json"}
		answered(t, "the same twice", r.everywhere(wire{path: "/webhooks/acme", header: twice, body: body}), 415)
		twice["content-type"] = []string{"application/json"}
		twice["Content-Type"] = []string{"text/html"}
		answered(t, "in two spellings", r.everywhere(wire{path: "/webhooks/acme", header: twice, body: body}), 415)
		r.untouched(arn)
		r.silent(token)
	})
}

// TestPayloads sends each payload, signed, as a webhook and to POST /callbacks: the sender of a webhook can act on nothing, so
// he hears 200 and the payload is kept; the caller is told.
func TestPayloads(t *testing.T) {
	t.Parallel()
	ended := func(output string) stepfunctions.Execution {
		return stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: output}
	}
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, body string // TOKEN stands for the token of a waiting execution
		status     int    // of POST /callbacks
		code       string // of the webhook's dead letter; none: delivered
		want       stepfunctions.Execution
	}{
		{"nested 10,001 deep", `{"taskToken": "TOKEN", "output": ` + deep(10_001) + `}`, 400, "InvalidPayload", stepfunctions.Execution{}},
		{"nested 1,001 deep", `{"taskToken": "TOKEN", "output": ` + deep(1000) + `}`, 400, "InvalidPayload", stepfunctions.Execution{}},
		{"nested 1,000 deep", `{"taskToken": "TOKEN", "output": ` + deep(999) + `}`, 200, "", ended(deep(999))},
		{"half of it", `{"taskToken": "TOKEN", "output": [`, 400, "NoMapping", stepfunctions.Execution{}},
		{"garbage behind it", `{"taskToken": "TOKEN", "output": 1} x`, 400, "NoMapping", stepfunctions.Execution{}},
		{"two of them", `{"taskToken": "TOKEN", "output": 1}{"taskToken": "TOKEN", "output": 2}`, 400, "NoMapping", stepfunctions.Execution{}},
		{"a byte order mark", "\ufeff" + `{"taskToken": "TOKEN", "output": 1}`, 400, "NoMapping", stepfunctions.Execution{}},
		{"not UTF-8", "{\"taskToken\": \"TOKEN\", \"output\": \"\xff\"}", 400, "InvalidPayload", stepfunctions.Execution{}},
		{"half a surrogate pair", `{"taskToken": "TOKEN", "output": "\ud800"}`, 200, "", ended(`"\ud800"`)},

		{"the output twice", `{"taskToken": "TOKEN", "output": 1, "output": 2}`, 400, "InvalidCallback", stepfunctions.Execution{}},
		{"the token twice", `{"taskToken": "t", "taskToken": "TOKEN", "output": 1}`, 400, "InvalidCallback", stepfunctions.Execution{}},
		{"another key twice", `{"taskToken": "TOKEN", "output": 1, "x": 1, "x": 2}`, 400, "InvalidCallback", stepfunctions.Execution{}},
		{"a key twice in the output", `{"taskToken": "TOKEN", "output": {"a": 1, "a": 2}}`, 200, "", ended(`{"a": 1, "a": 2}`)},
		{"keys in capitals", `{"TASKTOKEN": "TOKEN", "OUTPUT": 1}`, 400, "NoMapping", stepfunctions.Execution{}},
		{"the output in capitals too", `{"taskToken": "TOKEN", "output": 1, "OUTPUT": 2, "Error": "E"}`, 200, "", ended(`1`)},
		{"an outcome in capitals", `{"taskToken": "TOKEN", "outcome": "SUCCESS"}`, 400, "InvalidCallback", stepfunctions.Execution{}},
		{"no outcome", `{"taskToken": "TOKEN"}`, 400, "InvalidCallback", stepfunctions.Execution{}},
		{"an outcome that is null", `{"taskToken": "TOKEN", "outcome": null}`, 400, "InvalidCallback", stepfunctions.Execution{}},

		{
			"numbers that no float holds", `{"taskToken": "TOKEN", "output": [12345678901234567890, 1e400, -0, 1.10, 0.1e-400]}`, 200, "",
			ended(`[12345678901234567890, 1e400, -0, 1.10, 0.1e-400]`),
		},

		{"an output too large", `{"taskToken": "TOKEN", "output": "` + strings.Repeat("x", 262_143) + `"}`, 413, "OutputTooLarge", stepfunctions.Execution{}},
		{
			"an output just small enough", `{"taskToken": "TOKEN", "output": "` + strings.Repeat("x", 262_142) + `"}`, 200, "",
			ended(`"` + strings.Repeat("x", 262_142) + `"`),
		},
		{"a token too long", `{"taskToken": "` + strings.Repeat("t", 2049) + `", "output": 1}`, 400, "InvalidTaskToken", stepfunctions.Execution{}},
		{"an empty token", `{"taskToken": "", "output": 1}`, 400, "InvalidTaskToken", stepfunctions.Execution{}},
		{"a token that is a number", `{"taskToken": 7, "output": 1}`, 400, "InvalidTaskToken", stepfunctions.Execution{}},
		{"a token that is not base64", `{"taskToken": "not~base64", "output": 1}`, 422, "InvalidToken", stepfunctions.Execution{}},
		{
			"an error and a cause too long",
			`{"taskToken": "TOKEN", "error": "` + strings.Repeat("e", 252) + `é…", "cause": "` + strings.Repeat("c", 32_764) + `€cc"}`, 200, "",
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: strings.Repeat("e", 252) + "…", Cause: strings.Repeat("c", 32_764) + "…"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAbused(t)
				hooked, first := r.Start()
				called, second := r.Start()
				body := strings.ReplaceAll(tt.body, "TOKEN", first)
				got := r.through(doors()[0], wire{path: "/webhooks/acme", header: header(acme("msg_1", body)), body: body})
				want := heard{Status: 200, Body: delivered}
				if tt.code != "" {
					want.Body = received
				}
				if got.Status != want.Status || got.Body != want.Body {
					t.Errorf("the webhook: %d %s", got.Status, got.Body)
				}
				var codes []string
				for _, m := range r.Letters.Peek() {
					codes = append(codes, m.Attributes["ErrorCode"].String)
				}
				if strings.Join(codes, " ") != tt.code {
					t.Errorf("dead letters %v", codes)
				}
				body = strings.ReplaceAll(tt.body, "TOKEN", second)
				json := header(map[string]string{"content-type": "application/json"})
				if got := r.through(doors()[2], wire{path: "/callbacks", header: json, body: body}); got.Status != tt.status {
					t.Errorf("the callback: %d %s, want %d", got.Status, got.Body, tt.status)
				}
				if len(r.Letters.Peek()) != len(codes) {
					t.Errorf("what the caller was told is dead-lettered: %v", r.Codes())
				}
				synctest.Wait()
				if tt.code != "" {
					tt.want.Status = stepfunctions.Running
				}
				for trigger, arn := range map[string]string{"webhook": hooked, "callback": called} {
					got := r.Execution(arn)
					if got.Status != tt.want.Status || got.Output != tt.want.Output || got.Error != tt.want.Error || got.Cause != tt.want.Cause {
						t.Errorf("%s: execution %v %.80q %.80q %.80q", trigger, got.Status, got.Output, got.Error, got.Cause)
					}
				}
				r.silent(first, second)
			})
		})
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name string
		body func(token string) string
		code string // none: delivered
	}{
		{"fields", func(token string) string { return url.Values{"taskToken": {token}, "output": {"x"}}.Encode() }, ""},
		{"a payload", func(token string) string {
			return "payload=" + url.QueryEscape(fmt.Sprintf(`{"taskToken": %q, "output": "x"}`, token))
		}, ""},
		{"a field twice", func(token string) string {
			return url.Values{"taskToken": {token}, "output": {"x", "y"}}.Encode()
		}, "InvalidPayload"},
		{"a field twice, once encoded", func(token string) string {
			return url.Values{"taskToken": {token}, "output": {"x"}}.Encode() + "&%6futput=y"
		}, "InvalidPayload"},
		{"a payload with a key twice", func(token string) string {
			return "payload=" + url.QueryEscape(fmt.Sprintf(`{"taskToken": %q, "output": 1, "output": 2}`, token))
		}, "InvalidCallback"},
		{"a payload that is no JSON", func(token string) string { return "payload=" + url.QueryEscape(token) }, "NoMapping"},
		{"half a percent sign", func(token string) string { return "taskToken=" + url.QueryEscape(token) + "&output=%2" }, "InvalidPayload"},
		{"not UTF-8", func(token string) string { return "taskToken=" + url.QueryEscape(token) + "&output=%ff" }, "InvalidPayload"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAbused(t)
				arn, token := r.Start()
				body := tt.body(token)
				// HTTP APIs make base64 of forms.
				request := wire{
					path: "/webhooks/slack", header: header(slack(form, body)), body: base64.StdEncoding.EncodeToString([]byte(body)), raw: true, base64: true,
				}
				got := r.through(doors()[0], request)
				request.path = "/callbacks"
				if refused := r.through(doors()[0], request); refused.Status != 415 {
					t.Errorf("POST /callbacks: %d %s", refused.Status, refused.Body)
				}
				synctest.Wait()
				status, want := stepfunctions.Succeeded, delivered
				if tt.code != "" {
					status, want = stepfunctions.Running, received
				}
				if got.Status != http.StatusOK || got.Body != want || r.Codes()[body] != tt.code || r.Execution(arn).Status != status {
					t.Errorf("%d %s, dead letters %v, execution %v", got.Status, got.Body, r.Codes(), r.Execution(arn).Status)
				}
				r.silent(token)
			})
		})
	}
}
