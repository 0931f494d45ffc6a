package apigw

import (
	"bytes"
	"net/http"
)

// response is an http.ResponseWriter that keeps the response in memory, with net/http's rules: the header counts as
// it is at the first WriteHeader or Write, a missing Content-Type is detected, and some responses have no body.
type response struct {
	method string
	header http.Header
	sent   http.Header // what header was when it was written, nil before
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*response)(nil)

func newResponse(method string) *response {
	return &response{method: method, header: http.Header{}}
}

func (w *response) Header() http.Header { return w.header }

// WriteHeader takes the first final status. Informational ones (1xx) cannot be passed on.
func (w *response) WriteHeader(status int) {
	if w.sent != nil || 100 <= status && status <= 199 {
		return
	}
	if status < 200 || status > 599 {
		status = http.StatusInternalServerError // front doors take others for a broken function
	}
	w.status = status
	w.sent = w.header.Clone()
}

func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.status == http.StatusNoContent || w.status == http.StatusNotModified {
		return 0, http.ErrBodyNotAllowed
	}
	return w.body.Write(p)
}

// finish returns the header and the body that go out.
func (w *response) finish() (http.Header, []byte) {
	w.WriteHeader(http.StatusOK)
	body := w.body.Bytes()
	_, typed := w.sent["Content-Type"]
	switch {
	case w.status == http.StatusNotModified:
		w.sent.Del("Content-Type")
	case !typed && len(body) > 0 && w.sent.Get("Content-Encoding") == "":
		w.sent.Set("Content-Type", http.DetectContentType(body))
	}
	if w.method == http.MethodHead {
		body = nil
	}
	return w.sent, body
}
