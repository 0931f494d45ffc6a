package conformance

import (
	"bytes"
	"io"
	"net/http"
)

// wholeBodies sends each request body from memory, in one piece with its headers.
//
// The SDK closes its body as soon as an answer is there, and its closed body ends in an error. Where the transport still looks
// whether the body has an end, which it does for every kind of body that it does not know, it then breaks the connection that
// the answer is being read from. An emulator next door answers fast enough for that.
type wholeBodies struct{ next *http.Client }

func (c wholeBodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return c.next.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return c.next.Do(r)
}
