package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"callback-completer/internal/callback"
)

// MaxBodyBytes is the largest body that is read: the largest SQS message and EventBridge event, so that a payload can go
// any way.
const MaxBodyBytes = 1 << 20

const (
	mediaTypeJSON = "application/json" // and what ends in +json
	mediaTypeForm = "application/x-www-form-urlencoded"
)

// body is a request's body as it came.
type body struct {
	mediaType string // one of the constants
	text      string
}

// body reads the request's body if it is of one of the types, and otherwise refuses the request and says why.
func (a *API) body(w http.ResponseWriter, r *http.Request, types ...string) (body, callback.Code) {
	b := body{mediaType: mediaType(r.Header)}
	refuse := func(status int, code callback.Code, detail string) (body, callback.Code) {
		a.refuse(w, r, status, code, detail)
		return body{}, code
	}
	if !slices.Contains(types, b.mediaType) {
		return refuse(http.StatusUnsupportedMediaType, CodeUnsupportedMediaType, "Send "+strings.Join(types, " or ")+", not compressed.")
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, CodeBodyTooLarge, "The body is larger than 1 MiB.")
	case err != nil:
		return refuse(http.StatusBadRequest, CodeBodyUnreadable, "The body could not be read to its end.")
	case len(text) == 0:
		return refuse(http.StatusBadRequest, CodeBodyEmpty, "The body is empty.")
	}
	b.text = string(text)
	return b, ""
}

// mediaType returns which of the media types the body is said to have, or an empty text for every other, for an
// encoded body, and for headers that could be read in two ways.
func mediaType(h http.Header) string {
	if len(h.Values("Content-Type")) != 1 || h.Get("Content-Encoding") != "" && !strings.EqualFold(h.Get("Content-Encoding"), "identity") {
		return ""
	}
	name, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return ""
	}
	switch {
	case name == mediaTypeJSON, strings.HasSuffix(name, "+json"):
		return mediaTypeJSON
	case name == mediaTypeForm:
		return mediaTypeForm
	default:
		return ""
	}
}

// meta returns what mappings see as $meta. Credentials are left out: mappings need none, and their results travel.
func meta(r *http.Request, trigger string) callback.Facts {
	headers := map[string]any{}
	for name, values := range r.Header {
		switch name {
		case "Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Security-Token", "X-Api-Key":
		default:
			headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	query := map[string]any{}
	for name, values := range r.URL.Query() {
		query[name] = values[0]
	}
	return callback.Facts{"trigger": trigger, "method": r.Method, "path": r.URL.Path, "headers": headers, "query": query}
}
