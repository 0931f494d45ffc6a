package api

import (
	"encoding/json"
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
)

// problem is an RFC 9457 problem detail.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"requestId,omitempty"`
}

// refuse answers with a problem. The detail must be a fixed text.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, status int, code callback.Code, detail string) {
	write(w, "application/problem+json", status, problem{
		Type: ProblemPrefix + string(code), Title: http.StatusText(status), Status: status, Detail: detail,
		RequestID: a.RequestID(r.Context()),
	})
}

func write(w http.ResponseWriter, mediaType string, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // none of our answers can fail to encode
		status, text = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that is gone needs no answer
}
