package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"callback-completer/internal/local/lambda"
)

// The limits of API Gateway and of a synchronous invocation, in bytes.
const (
	maxBody    = 10 << 20
	maxEvent   = 6 << 20
	maxHeaders = 10_240 // request line and header values of an HTTP API, all headers of a REST API
)

// Gateway is an API. It is made by New and is safe for concurrent use.
type Gateway struct {
	config Config
	routes []*route
}

var _ http.Handler = (*Gateway)(nil)

// New returns an API. It refuses routes that API Gateway would not take and two routes with the same key.
func New(c Config) (*Gateway, error) {
	c, err := c.prepared()
	if err != nil {
		return nil, err
	}
	g := &Gateway{config: c}
	seen := map[string]bool{}
	for _, r := range c.Routes {
		parsed, err := parseRoute(r, c.Kind)
		if err != nil {
			return nil, err
		}
		if seen[r.Key] {
			return nil, fmt.Errorf("the route %q is there twice", r.Key)
		}
		seen[r.Key] = true
		g.routes = append(g.routes, &parsed)
	}
	return g, nil
}

// request is what an event is made of.
type request struct {
	*http.Request
	id         string
	at         time.Time
	route      *route
	path       string // without the stage, as the client wrote it
	parameters map[string]string
	body       []byte
	sourceIP   string
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req := request{Request: r, id: newID(), at: time.Now(), sourceIP: host(r.RemoteAddr)}
	if g.config.Kind == RESTAPI {
		w.Header().Set("X-Amzn-Requestid", req.id)
	} else {
		w.Header().Set("Apigw-Requestid", req.id)
	}
	if no := g.admit(w, &req); no != nil {
		no.write(w)
		return
	}
	event := g.event(req)
	if len(event) > maxEvent {
		tooLarge().write(w)
		return
	}
	// The function goes on when the client does not wait any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), g.config.Timeout)
	defer cancel()
	answer, err := req.route.Function.Invoke(ctx, event)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		g.timedOut().write(w)
		return
	}
	if err != nil {
		g.failed(err).write(w)
		return
	}
	out, ok := g.read(answer, r)
	if !ok {
		g.malformed().write(w)
		return
	}
	out.write(w)
}

// admit finds the route, asks for authorization and reads the body.
func (g *Gateway) admit(w http.ResponseWriter, r *request) *refusal {
	path, ok := g.withoutStage(r.URL.EscapedPath())
	if !ok {
		return g.noStage()
	}
	r.path = path
	if r.route, r.parameters = find(g.routes, r.Method, path); r.route == nil {
		return g.noRoute()
	}
	if headerSize(r.Request) > maxHeaders {
		return headersTooLarge()
	}
	if header := r.Header.Get("Authorization"); r.route.IAM && !authorized(header) {
		return g.unauthorized(header)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge()
	}
	if err != nil {
		return badRequest()
	}
	r.body = body
	return nil
}

func (g *Gateway) withoutStage(path string) (string, bool) {
	if path == "" {
		path = "/"
	}
	if g.config.Stage == defaultStage {
		return path, true
	}
	rest, ok := strings.CutPrefix(path, "/"+g.config.Stage)
	if rest == "" {
		rest = "/"
	}
	return rest, ok && rest[0] == '/'
}

// event is the proxy event of a request.
func (g *Gateway) event(r request) []byte {
	if g.config.Kind == RESTAPI {
		return encode(g.eventV1(r))
	}
	return encode(g.eventV2(r))
}

// read takes a function's answer; it is false if the answer is malformed.
func (g *Gateway) read(answer []byte, r *http.Request) (response, bool) {
	if g.config.Kind == RESTAPI {
		return readV1(answer, g.config.BinaryMediaTypes, r.Header.Get("Accept"))
	}
	return readV2(answer)
}

// failed is the answer for an invocation that failed: 502 if the function did, 500 if Lambda did not invoke it.
// https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
func (g *Gateway) failed(err error) *refusal {
	var function *lambda.FunctionError
	switch {
	case errors.As(err, &function) && function.Type == "RequestTooLargeException":
		return tooLarge()
	case errors.As(err, &function):
		return g.malformed()
	default:
		return g.internal(http.StatusInternalServerError)
	}
}

func headerSize(r *http.Request) int {
	n := len(r.Method) + len(r.RequestURI) + len(r.Proto) + len(r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

// newID returns a random (version 4) UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
