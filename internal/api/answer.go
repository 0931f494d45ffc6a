package api

import (
	"net/http"

	"callback-completer/internal/callback"
)

// answer tells the verdict to the caller of POST /callbacks.
func (a *API) answer(w http.ResponseWriter, r *http.Request, report callback.Report) {
	switch status := statusOf(report.Decision); {
	case status < http.StatusBadRequest:
		write(w, "application/json", status, struct {
			Status string `json:"status"`
		}{word(report.Verdict)})
	default:
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
		a.refuse(w, r, status, report.Code, report.Message)
	}
}

// word is the status in an answer. A duplicate was delivered: to the caller it is the same.
func word(v callback.Verdict) string {
	if v == callback.Duplicate {
		return callback.Delivered.String()
	}
	return v.String()
}

// statusOf is the table from verdict to HTTP status.
func statusOf(d callback.Decision) int {
	switch d.Verdict {
	case callback.Delivered, callback.Duplicate:
		return http.StatusOK
	case callback.Unconfirmed, callback.Ignored:
		return http.StatusAccepted
	case callback.Closed:
		return http.StatusConflict
	case callback.Rejected:
		return statusOfRefusal(d.Code)
	case callback.Retry:
		return http.StatusServiceUnavailable
	default:
		return http.StatusServiceUnavailable
	}
}

// statusOfRefusal tells apart what is too large, what cannot be read, and what is understood and still impossible.
func statusOfRefusal(code callback.Code) int {
	switch code {
	case callback.CodeOutputTooLarge:
		return http.StatusRequestEntityTooLarge
	case callback.CodeInvalidPayload, callback.CodeInvalidCallback, callback.CodeInvalidTaskToken, callback.CodeNoMapping:
		return http.StatusBadRequest
	default:
		return http.StatusUnprocessableEntity
	}
}
