package api

import (
	"net/http"

	"callback-completer/internal/callback"
)

// ProblemPrefix is what the types of problems begin with; the ErrorCode of the README follows. A urn, since there is
// no page to be kept for each.
const ProblemPrefix = "urn:callback-completer:problem:"

// The codes of problems that are not about a callback. They are part of the contract like [callback.Code].
const (
	CodeNotFound             callback.Code = "NotFound"
	CodeMethodNotAllowed     callback.Code = "MethodNotAllowed"
	CodeUnsupportedMediaType callback.Code = "UnsupportedMediaType"
	CodeBodyTooLarge         callback.Code = "BodyTooLarge"
	CodeBodyUnreadable       callback.Code = "BodyUnreadable"
	CodeBodyEmpty            callback.Code = "BodyEmpty"
	CodeHeadersTooLarge      callback.Code = "HeadersTooLarge"
	CodeMalformedRequest     callback.Code = "MalformedRequest"
	CodeInternalError        callback.Code = "InternalError"
	CodeForbidden            callback.Code = "Forbidden"
	CodeUnauthorized         callback.Code = "Unauthorized"
	CodeSecretsUnavailable   callback.Code = "SecretsUnavailable"
)

// retryAfter is what a client is asked to wait, in seconds, before it sends again what could not be delivered yet.
const retryAfter = "5"

// problem is an RFC 9457 problem detail.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"requestId,omitempty"`
}

// refuse answers with a problem. The detail must be a fixed text.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, code int, reason callback.Code, detail string) {
	encode(w, "application/problem+json", code, problem{
		Type: ProblemPrefix + string(reason), Title: http.StatusText(code), Status: code, Detail: detail,
		RequestID: a.RequestID(r.Context()),
	})
}

// later asks the client to send again.
func (a *API) later(w http.ResponseWriter, r *http.Request, reason callback.Code, detail string) {
	w.Header().Set("Retry-After", retryAfter)
	a.refuse(w, r, http.StatusServiceUnavailable, reason, detail)
}

// Refuse answers a request that never reached an API, or over which it panicked, with the problem for the status: 400, 413,
// 431, and 500 for all others.
func Refuse(w http.ResponseWriter, code int) {
	p := problem{Title: http.StatusText(code), Status: code}
	var reason callback.Code
	switch code {
	case http.StatusBadRequest:
		reason, p.Detail = CodeMalformedRequest, "The request cannot be read."
	case http.StatusRequestEntityTooLarge:
		reason, p.Detail = CodeBodyTooLarge, "The body is larger than 1 MiB."
	case http.StatusRequestHeaderFieldsTooLarge:
		reason, p.Detail = CodeHeadersTooLarge, "The path, the query and the headers are larger than 16 KiB together."
	default:
		reason, p.Detail = CodeInternalError, "The function failed over this request."
	}
	p.Type = ProblemPrefix + string(reason)
	encode(w, "application/problem+json", code, p)
}
