package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// apiID is the id of every API.
const apiID = "local"

// timeFormat is the request's time in events.
const timeFormat = "02/Jan/2006:15:04:05 -0700"

// headers are the headers of a request as API Gateway passes them on, with those that it adds.
func (r request) headers() http.Header {
	h := r.Header.Clone()
	h.Set("Host", r.Host)
	h.Set("X-Forwarded-Proto", "https")
	h.Set("X-Forwarded-Port", "443")
	h.Set("X-Forwarded-For", strings.Join(append(h.Values("X-Forwarded-For"), r.sourceIP), ", "))
	if h.Get("X-Amzn-Trace-Id") == "" {
		h.Set("X-Amzn-Trace-Id", "Root=1-"+r.id[:8]+"-"+strings.ReplaceAll(r.id[9:], "-", ""))
	}
	if len(r.body) > 0 {
		h.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	return h
}

// domain is the name that the client called.
func (r request) domain() (name, prefix string) {
	name = r.Host
	if h, _, err := net.SplitHostPort(r.Host); err == nil {
		name = h
	}
	prefix, _, _ = strings.Cut(name, ".")
	return name, prefix
}

// mediaType is a content type without its parameters, in lower case.
func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// isText tells how an HTTP API takes a body: as text, or else as base64. Forms are base64 there. What is not UTF-8 has no
// other form in JSON, whatever its type claims.
func isText(h http.Header, body []byte) bool {
	media := mediaType(h.Get("Content-Type"))
	switch {
	case !utf8.Valid(body), h.Get("Content-Encoding") != "":
		return false
	case media == "", strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "+json"), strings.HasSuffix(media, "+xml"):
		return true
	default:
		return media == "application/json" || media == "application/xml" || media == "application/javascript"
	}
}

// isBinary tells whether a REST API's binary media types name a type.
func isBinary(types []string, contentType string) bool {
	media := mediaType(contentType)
	if _, _, err := mime.ParseMediaType(contentType); err != nil {
		media = "application/octet-stream"
	}
	for _, t := range types {
		if t == "*/*" {
			return true
		}
		if ok, err := path.Match(strings.ToLower(t), media); ok && err == nil {
			return true
		}
	}
	return false
}

func base64Text(body []byte) string { return base64.StdEncoding.EncodeToString(body) }

// encode writes JSON without the escapes for HTML. What it is given always encodes.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
