package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// response is what a function wants the client to be sent.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r response) write(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
}

// scalar is a string, or a number or boolean that is taken for one.
type scalar string

func (s *scalar) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, (*string)(s))
	}
	if text[0] == '{' || text[0] == '[' || string(text) == "null" {
		return &json.UnmarshalTypeError{Value: string(text[:1])}
	}
	*s = scalar(text)
	return nil
}

// answer is what the structured answers of both kinds have in common.
type answer struct {
	StatusCode      *scalar           `json:"statusCode"`
	Headers         map[string]scalar `json:"headers"`
	Body            *string           `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

// status is the answer's status; it is false outside 200 to 599.
func (a answer) status() (int, bool) {
	if a.StatusCode == nil {
		return 0, false
	}
	n, err := strconv.Atoi(string(*a.StatusCode))
	return n, err == nil && n >= 200 && n <= 599
}

// text is the body; it is false if it is to be decoded and is not base64.
func (a answer) text(decode bool) ([]byte, bool) {
	if a.Body == nil {
		return nil, true
	}
	if !decode {
		return []byte(*a.Body), true
	}
	body, err := base64.StdEncoding.DecodeString(*a.Body)
	return body, err == nil
}

// readV2 reads an answer in payload format 2.0. An object with a statusCode says it all; of any other JSON, it is the body
// of a 200, as JSON.
func readV2(text []byte) (response, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members["statusCode"] == nil {
		var body string
		if json.Unmarshal(text, &body) != nil || bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
			body = string(text)
		}
		return response{http.StatusOK, http.Header{"Content-Type": {"application/json"}}, []byte(body)}, json.Valid(text)
	}
	var a struct {
		answer
		Cookies []string `json:"cookies"`
	}
	if json.Unmarshal(text, &a) != nil {
		return response{}, false
	}
	status, ok := a.status()
	body, decoded := a.text(a.IsBase64Encoded)
	if !ok || !decoded {
		return response{}, false
	}
	header := http.Header{"Content-Type": {"text/plain;charset=UTF-8"}}
	for name, value := range a.Headers {
		header.Set(name, string(value))
	}
	for _, cookie := range a.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	header.Del("Content-Length") // net/http's business
	return response{status, header, body}, true
}

// readV1 reads an answer to a REST API, which takes no members that it does not know. A body in base64 is decoded if the
// binary media types name what the client accepts first, or the answer's own type.
func readV1(text []byte, binaryTypes []string, accept string) (response, bool) {
	var a struct {
		answer
		MultiValueHeaders map[string][]scalar `json:"multiValueHeaders"`
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil || json.Unmarshal(text, &a) != nil {
		return response{}, false
	}
	for name := range members {
		switch name { // encoding/json is not particular about case, API Gateway is
		case "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded":
		default:
			return response{}, false
		}
	}
	header := http.Header{}
	for name, values := range a.MultiValueHeaders {
		for _, value := range values {
			header.Add(remapped(name), string(value))
		}
	}
	for name, value := range a.Headers {
		if !slices.Contains(header.Values(remapped(name)), string(value)) {
			header.Add(remapped(name), string(value))
		}
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	status, ok := a.status()
	if a.StatusCode == nil {
		status, ok = http.StatusOK, true
	}
	first, _, _ := strings.Cut(accept, ",")
	body, decoded := a.text(a.IsBase64Encoded && (isBinary(binaryTypes, first) || isBinary(binaryTypes, header.Get("Content-Type"))))
	return response{status, header, body}, ok && decoded
}

// remapped is the name under which a REST API passes on a header that it keeps for itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
func remapped(name string) string {
	switch name = http.CanonicalHeaderKey(name); name {
	case "Connection", "Content-Length", "Date", "Server", "Transfer-Encoding", "Www-Authenticate":
		return "X-Amzn-Remapped-" + name
	default:
		return name
	}
}
