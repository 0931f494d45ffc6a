package apigw

import (
	"context"
	"net/netip"
)

// FrontDoor is what a request came through.
type FrontDoor int

// The front doors.
const (
	HTTPAPI      FrontDoor = iota + 1 // API Gateway HTTP API, payload format 2.0 or 1.0
	RESTAPI                           // API Gateway REST API
	FunctionURL                       // Lambda function URL
	LoadBalancer                      // Application Load Balancer
)

// String returns a name for logs and metrics.
func (d FrontDoor) String() string {
	switch d {
	case HTTPAPI:
		return "http-api"
	case RESTAPI:
		return "rest-api"
	case FunctionURL:
		return "function-url"
	case LoadBalancer:
		return "load-balancer"
	default:
		return "unknown"
	}
}

// Facts are what the front door knows of a request beyond HTTP. All of them are the front door's word, not the
// client's.
type Facts struct {
	FrontDoor FrontDoor

	// RequestID is the front door's id of the request, the one in its access log and in the client's response headers.
	// Load balancers have none: it is the id of the Lambda invocation then.
	RequestID string

	// SourceIP is the address that the front door was connected from, not valid if it did not say. Behind a load
	// balancer it is the last address of X-Forwarded-For, which is the client's word if the load balancer was told to
	// preserve that header.
	SourceIP netip.Addr

	Scheme   string // "https", or "http" through a load balancer without TLS
	Stage    string // of API Gateway; "$default" where it has no name
	Identity Identity
}

type factsKey struct{}

// NewContext returns a context that carries facts, for servers and tests without a front door.
func NewContext(ctx context.Context, facts Facts) context.Context {
	return context.WithValue(ctx, factsKey{}, facts)
}

// FromContext returns the facts of the request whose context ctx is. Without a front door there are none.
func FromContext(ctx context.Context) (Facts, bool) {
	facts, ok := ctx.Value(factsKey{}).(Facts)
	return facts, ok
}
