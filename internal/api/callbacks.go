package api

import (
	"net/http"

	"callback-completer/internal/callback"
)

// callbacks answers POST /callbacks: the caller waits for the verdict and is told it.
func (a *API) callbacks(w http.ResponseWriter, r *http.Request) {
	if a.Allowed != nil && !a.Allowed(r.Context()) {
		a.refuse(w, r, http.StatusForbidden, CodeForbidden, "The front door did not authorise this request.")
		return
	}
	body, refused := a.body(w, r, mediaTypeJSON)
	if refused != "" {
		return
	}
	id := a.RequestID(r.Context())
	reports := a.Callbacks.Run(r.Context(), []callback.Delivery{{
		Trigger: TriggerCallbacks, SourceID: id, RequestID: id, Payload: body.text, Meta: meta(r, TriggerCallbacks), SentAt: a.Now(), Answered: true,
	}})
	a.answer(w, r, reports[0])
}

// answer tells the verdict.
func (a *API) answer(w http.ResponseWriter, r *http.Request, report callback.Report) {
	switch code := statusOf(report.Decision); {
	case code < http.StatusBadRequest:
		write(w, code, status{word(report.Verdict)})
	case code == http.StatusServiceUnavailable:
		a.later(w, r, report.Code, report.Message)
	default:
		a.refuse(w, r, code, report.Code, report.Message)
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
