package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/gateway"
)

// answered is what a client gets, apart from what the gateway adds to every answer.
type answered struct {
	Status int
	Header http.Header
	Body   string
}

func ask(t *testing.T, c gateway.Config, answer, accept string) answered {
	t.Helper()
	c.Stage, c.Routes = "s", []gateway.Route{{Key: "GET /", Function: &capture{answer: answer}}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/s", http.NoBody)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	status, header, body := record(t, newGateway(t, c), r)
	header.Del("Apigw-Requestid")
	header.Del("X-Amzn-Requestid")
	return answered{status, header, body}
}

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// TestAnswerV2 follows the guide's examples of payload format 2.0.
func TestAnswerV2(t *testing.T) {
	t.Parallel()
	const text, json = "text/plain;charset=UTF-8", "application/json"
	malformed := answered{502, header("Content-Type", json), `{"message":"Internal Server Error"}`}
	for answer, want := range map[string]answered{
		`{"statusCode":201,"headers":{"content-type":"application/problem+json","X-N":1,"x-b":true},"cookies":["a=1; Secure","b=2"],"body":"{}"}`: {
			201, header("Content-Type", "application/problem+json", "X-N", "1", "X-B", "true", "Set-Cookie", "a=1; Secure", "Set-Cookie", "b=2"), "{}",
		},
		`{"statusCode":"204"}`: {204, header("Content-Type", text), ""},
		`{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`:     {200, header("Content-Type", text), "hi"},
		`{"statusCode":200,"body":"aGk=","isBase64Encoded":false}`:    {200, header("Content-Type", text), "aGk="},
		`{"statusCode":200,"headers":{"content-length":"99"}}`:        {200, header("Content-Type", text), ""},
		`{"statusCode":200,"more":1,"multiValueHeaders":{"a":["b"]}}`: {200, header("Content-Type", text), ""},
		`"Hello from Lambda!"`:                {200, header("Content-Type", json), "Hello from Lambda!"},
		`{ "message": "Hello from Lambda!" }`: {200, header("Content-Type", json), `{ "message": "Hello from Lambda!" }`},
		`[1]`:                                 {200, header("Content-Type", json), `[1]`},
		`null`:                                {200, header("Content-Type", json), `null`},
		``:                                    malformed,
		`oops`:                                malformed,
		`{"statusCode":0}`:                    malformed,
		`{"statusCode":null}`:                 malformed,
		`{"statusCode":100}`:                  malformed,
		`{"statusCode":600}`:                  malformed,
		`{"statusCode":200.5}`:                malformed,
		`{"statusCode":[200]}`:                malformed,
		`{"statusCode":200,"body":{}}`:        malformed,
		`{"statusCode":200,"body":"!","isBase64Encoded":true}`: malformed,
		`{"statusCode":200,"headers":{"a":["b"]}}`:             malformed,
		`{"statusCode":200,"headers":{"a":null}}`:              malformed,
		`{"statusCode":200,"headers":"a"}`:                     malformed,
		`{"statusCode":200,"cookies":"a"}`:                     malformed,
		`{"statusCode":200,"isBase64Encoded":"true"}`:          malformed,
	} {
		if diff := cmp.Diff(want, ask(t, gateway.Config{}, answer, "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", answer, diff)
		}
	}
}

func TestAnswerV1(t *testing.T) {
	t.Parallel()
	const json = "application/json"
	malformed := answered{502, header("Content-Type", json, "X-Amzn-Errortype", "InternalServerErrorException"), `{"message":"Internal server error"}`}
	for answer, want := range map[string]answered{
		`{"statusCode":201,"headers":{"content-type":"text/plain","x-n":1},"multiValueHeaders":{"set-cookie":["a=1","b=2"]},"body":"b","isBase64Encoded":false}`: {
			201, header("Content-Type", "text/plain", "X-N", "1", "Set-Cookie", "a=1", "Set-Cookie", "b=2"), "b",
		},
		`{"statusCode":200,"headers":{"a":"1","b":"1"},"multiValueHeaders":{"A":["1","2"],"b":["2"]},"body":null}`: {
			200, header("Content-Type", json, "A", "1", "A", "2", "B", "2", "B", "1"), "",
		},
		`{"statusCode":401,"headers":{"WWW-Authenticate":"Bearer","date":"x","Content-Length":"9"}}`: {
			401, header("Content-Type", json, "X-Amzn-Remapped-Www-Authenticate", "Bearer", "X-Amzn-Remapped-Date", "x", "X-Amzn-Remapped-Content-Length", "9"), "",
		},
		`{"statusCode":"204"}`:                  {204, header("Content-Type", json), ""},
		`{"body":"x"}`:                          {200, header("Content-Type", json), "x"},
		`{}`:                                    {200, header("Content-Type", json), ""},
		``:                                      malformed,
		`null`:                                  malformed,
		`"text"`:                                malformed,
		`[]`:                                    malformed,
		`oops`:                                  malformed,
		`{"message":"Hello"}`:                   malformed,
		`{"statusCode":200,"cookies":["a=1"]}`:  malformed,
		`{"StatusCode":200}`:                    malformed,
		`{"statusCode":99}`:                     malformed,
		`{"statusCode":200,"body":{"a":1}}`:     malformed,
		`{"statusCode":200,"headers":{"a":{}}}`: malformed,
		`{"statusCode":200,"multiValueHeaders":{"a":"b"}}`: malformed,
	} {
		if diff := cmp.Diff(want, ask(t, gateway.Config{Kind: gateway.RESTAPI}, answer, "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", answer, diff)
		}
	}
}

// TestAnswerV1Binary: base64 is decoded only for a media type that the API calls binary.
func TestAnswerV1Binary(t *testing.T) {
	t.Parallel()
	const answer = `{"statusCode":200,"headers":{"Content-Type":"text/css"},"body":"aGk=","isBase64Encoded":true}`
	for _, tt := range []struct {
		types  []string
		accept string
		want   string
	}{
		{nil, "", "aGk="},
		{[]string{"image/png"}, "", "aGk="},
		{[]string{"image/png"}, "text/html, image/png", "aGk="},
		{[]string{"image/png"}, "image/png, text/html", "hi"},
		{[]string{"image/*"}, "image/png", "hi"},
		{[]string{"text/css"}, "", "hi"},
		{[]string{"*/*"}, "", "hi"},
	} {
		if got := ask(t, gateway.Config{Kind: gateway.RESTAPI, BinaryMediaTypes: tt.types}, answer, tt.accept); got.Body != tt.want {
			t.Errorf("%v for %q: %q, want %q", tt.types, tt.accept, got.Body, tt.want)
		}
	}
	broken := ask(t, gateway.Config{Kind: gateway.RESTAPI, BinaryMediaTypes: []string{"*/*"}}, `{"body":"!","isBase64Encoded":true}`, "")
	if broken.Status != http.StatusBadGateway {
		t.Errorf("broken base64: %d", broken.Status)
	}
}
