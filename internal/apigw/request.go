package apigw

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// request returns the request in the event as a server of net/http would hand it out, or the status to refuse it with.
func (a *Adapter) request(ctx context.Context, e *event) (*http.Request, int) {
	target, ok := e.target()
	if !ok || !isToken(e.method()) {
		return nil, http.StatusBadRequest
	}
	header, size, ok := e.header()
	if size+len(target.EscapedPath())+len(target.RawQuery) > a.options.MaxHeaderBytes {
		return nil, http.StatusRequestHeaderFieldsTooLarge
	}
	if !ok {
		return nil, http.StatusBadRequest
	}
	host, ok := e.host(header)
	if !ok {
		return nil, http.StatusBadRequest
	}
	body, status := e.body(a.options.MaxBodyBytes)
	if status != 0 {
		return nil, status
	}
	header.Del("Transfer-Encoding") // the body is whole by now
	if len(body) > 0 || header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	facts := e.facts(ctx, header)
	proto, major, minor := e.protocol()
	r := &http.Request{
		Method: e.method(), URL: target, RequestURI: target.RequestURI(), Host: host, Header: header,
		Proto: proto, ProtoMajor: major, ProtoMinor: minor,
		Body: http.NoBody, ContentLength: int64(len(body)),
	}
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if facts.SourceIP.IsValid() {
		r.RemoteAddr = net.JoinHostPort(facts.SourceIP.String(), "0") // nobody tells the port
	}
	return r.WithContext(NewContext(ctx, facts)), 0
}

func (e *event) facts(ctx context.Context, header http.Header) Facts {
	context := e.RequestContext
	facts := Facts{
		FrontDoor: e.door, RequestID: context.RequestID, Scheme: "https", Stage: context.Stage, Identity: e.identity(),
	}
	from := context.Identity.SourceIP
	switch {
	case e.door == LoadBalancer:
		from, facts.Scheme = last(header, "X-Forwarded-For"), "http"
		if strings.EqualFold(last(header, "X-Forwarded-Proto"), "https") {
			facts.Scheme = "https"
		}
		if lc, ok := lambdacontext.FromContext(ctx); ok {
			facts.RequestID = lc.AwsRequestID
		}
	case e.format2():
		from = context.HTTP.SourceIP
	}
	facts.SourceIP = address(from)
	return facts
}

// last returns the last element of a list header: the one that the nearest proxy appended.
func last(header http.Header, name string) string {
	values := header.Values(name)
	if len(values) == 0 {
		return ""
	}
	list := values[len(values)-1]
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}

// address reads an address with a port, which load balancers can be told to add, or without one.
func address(s string) netip.Addr {
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap()
	}
	without, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return without.Unmap()
}

func (e *event) protocol() (proto string, major, minor int) {
	proto = e.RequestContext.Protocol
	if e.format2() {
		proto = e.RequestContext.HTTP.Protocol
	}
	if major, minor, ok := http.ParseHTTPVersion(proto); ok {
		return proto, major, minor
	}
	return "HTTP/1.1", 1, 1
}

func (e *event) body(limit int) ([]byte, int) {
	const padding = 2 // what DecodedLen may be too large by
	if len(e.Body) > limit && (!e.IsBase64Encoded || base64.StdEncoding.DecodedLen(len(e.Body)) > limit+padding) {
		return nil, http.StatusRequestEntityTooLarge
	}
	if !e.IsBase64Encoded {
		return []byte(e.Body), 0
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, http.StatusBadRequest
	}
	if len(body) > limit {
		return nil, http.StatusRequestEntityTooLarge
	}
	return body, 0
}
