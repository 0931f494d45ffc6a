package apigw

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is what the front doors want back. Each takes some of the fields; REST APIs refuse a document with others.
type document struct {
	StatusCode        int                 `json:"statusCode"`
	StatusDescription string              `json:"statusDescription,omitempty"` // load balancers
	Headers           map[string]string   `json:"headers,omitzero"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitzero"`
	Cookies           []string            `json:"cookies,omitzero"` // 2.0
	Body              string              `json:"body"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

// document returns the response in the form of the front door that sent e. A body that is not UTF-8 is base64, which a
// REST API decodes only for its binary media types.
func (w *response) document(e *event) document {
	sent, body := w.finish()
	header := sendable(sent)
	d := document{StatusCode: w.status, Body: string(body)}
	if !utf8.Valid(body) {
		d.Body, d.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	if e.door == LoadBalancer {
		d.StatusDescription = description(w.status)
	}
	switch {
	case e.format2():
		d.Cookies = header["Set-Cookie"]
		delete(header, "Set-Cookie")
		d.Headers = joined(header)
	case e.door == LoadBalancer && e.MultiValueHeaders == nil:
		// The target group takes one value a header, and it takes each spelling of a name for another header.
		cookies := header["Set-Cookie"]
		delete(header, "Set-Cookie")
		d.Headers = joined(header)
		for i, cookie := range cookies {
			d.Headers[spelling("set-cookie", i)] = cookie
		}
	default:
		d.MultiValueHeaders = header
	}
	return d
}

// sendable returns what may go out of a header. Its length and what concerns one connection only is the front door's
// to say; names that are none are left out, and line breaks cannot add a header, both as with net/http.
func sendable(header http.Header) http.Header {
	header = maps.Clone(header)
	for _, name := range []string{
		"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		delete(header, name)
	}
	maps.DeleteFunc(header, func(name string, values []string) bool { return !isToken(name) || len(values) == 0 })
	oneLine := strings.NewReplacer("\r", " ", "\n", " ")
	out := make(http.Header, len(header))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			out.Add(name, strings.TrimSpace(oneLine.Replace(value)))
		}
	}
	return out
}

func joined(header http.Header) map[string]string {
	single := make(map[string]string, len(header))
	for name, values := range header {
		single[name] = strings.Join(values, ", ")
	}
	return single
}

// spelling returns the i-th way to spell a name in upper and lower case, the first one all lower. There are 512 for
// the nine letters of set-cookie; more cookies than that overwrite each other.
func spelling(name string, i int) string {
	letters := []byte(name)
	for at, c := range letters {
		if c < 'a' || c > 'z' {
			continue
		}
		if i&1 == 1 {
			letters[at] = c - 'a' + 'A'
		}
		i >>= 1
	}
	return string(letters)
}

func description(status int) string {
	reason := http.StatusText(status)
	if reason == "" {
		reason = "Unknown" // a load balancer refuses a code without a reason
	}
	return fmt.Sprintf("%d %s", status, reason)
}
