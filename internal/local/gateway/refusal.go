package gateway

import (
	"fmt"
	"net/http"
)

// refusal is an answer of API Gateway itself. HTTP APIs and REST APIs have other words and statuses for the same.
type refusal struct {
	status  int
	message string
	kind    string // X-Amzn-Errortype of a REST API
}

func (r *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if r.kind != "" {
		w.Header().Set("X-Amzn-Errortype", r.kind)
	}
	w.WriteHeader(r.status)
	_, _ = fmt.Fprintf(w, `{"message":%q}`, r.message)
}

func (g *Gateway) refuse(httpAPI, restAPI refusal) *refusal {
	if g.config.Kind == RESTAPI {
		return &restAPI
	}
	return &httpAPI
}

func (g *Gateway) noStage() *refusal {
	return g.refuse(
		refusal{http.StatusNotFound, "Not Found", ""},
		refusal{http.StatusForbidden, "Forbidden", "ForbiddenException"},
	)
}

// noRoute: a REST API takes it for a request that is not signed.
func (g *Gateway) noRoute() *refusal {
	return g.refuse(
		refusal{http.StatusNotFound, "Not Found", ""},
		refusal{http.StatusForbidden, "Missing Authentication Token", "MissingAuthenticationTokenException"},
	)
}

func (g *Gateway) unauthorized(header string) *refusal {
	rest := refusal{http.StatusForbidden, "The security token included in the request is invalid.", "UnrecognizedClientException"}
	if header == "" {
		rest = refusal{http.StatusForbidden, "Missing Authentication Token", "MissingAuthenticationTokenException"}
	}
	return g.refuse(refusal{http.StatusForbidden, "Forbidden", ""}, rest)
}

func (g *Gateway) timedOut() *refusal {
	return g.refuse(
		refusal{http.StatusServiceUnavailable, "Service Unavailable", ""},
		refusal{http.StatusGatewayTimeout, "Endpoint request timed out", "InternalServerErrorException"},
	)
}

// malformed is also the answer to a function that failed.
func (g *Gateway) malformed() *refusal { return g.internal(http.StatusBadGateway) }

func (g *Gateway) internal(status int) *refusal {
	return g.refuse(
		refusal{status, "Internal Server Error", ""},
		refusal{status, "Internal server error", "InternalServerErrorException"},
	)
}

func badRequest() *refusal { return &refusal{http.StatusBadRequest, "Bad Request", ""} }

func tooLarge() *refusal {
	return &refusal{http.StatusRequestEntityTooLarge, "Request Entity Too Large", ""}
}

func headersTooLarge() *refusal {
	return &refusal{http.StatusRequestHeaderFieldsTooLarge, "Request Header Fields Too Large", ""}
}
