package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"callback-completer/internal/callback"
)

// MaxBodyBytes is the largest body that is read: the largest SQS message and EventBridge event, so that a payload can go
// any way.
const MaxBodyBytes = 1 << 20

// retryAfter is what a client is asked to wait, in seconds, before it sends again what could not be delivered yet.
const retryAfter = "5"

const trigger = "http"

// Runner takes deliveries to their verdicts.
type Runner interface {
	Run(ctx context.Context, deliveries []callback.Delivery) []callback.Report
}

// API is the handler. It is safe for concurrent use.
type API struct {
	Runner    Runner
	RequestID func(ctx context.Context) string // of the invocation; goes into answers and dead letters
	Now       func() time.Time
}

var _ http.Handler = (*API)(nil)

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/callbacks":
		if a.method(w, r, http.MethodPost) {
			a.callbacks(w, r)
		}
	case "/healthz":
		if a.method(w, r, http.MethodGet, http.MethodHead) {
			write(w, "application/json", http.StatusOK, struct {
				Status string `json:"status"`
			}{"ok"})
		}
	default:
		a.refuse(w, r, http.StatusNotFound, CodeNotFound, "There is nothing at this path.")
	}
}

// method refuses the methods that are not among allowed.
func (a *API) method(w http.ResponseWriter, r *http.Request, allowed ...string) bool {
	for _, m := range allowed {
		if r.Method == m {
			return true
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.refuse(w, r, http.StatusMethodNotAllowed, CodeMethodNotAllowed, "Use "+strings.Join(allowed, " or ")+".")
	return false
}

func (a *API) callbacks(w http.ResponseWriter, r *http.Request) {
	if !isJSON(r.Header) {
		a.refuse(w, r, http.StatusUnsupportedMediaType, CodeUnsupportedMediaType, "Send application/json, not compressed.")
		return
	}
	body, ok := a.body(w, r)
	if !ok {
		return
	}
	id := a.RequestID(r.Context())
	reports := a.Runner.Run(r.Context(), []callback.Delivery{{
		Trigger: trigger, SourceID: id, RequestID: id, Payload: string(body), Meta: meta(r), SentAt: a.Now(), Answered: true,
	}})
	a.answer(w, r, reports[0])
}

// isJSON accepts exactly one Content-Type, application/json or a +json type, and no encoding of the body.
func isJSON(h http.Header) bool {
	if len(h.Values("Content-Type")) != 1 || h.Get("Content-Encoding") != "" && !strings.EqualFold(h.Get("Content-Encoding"), "identity") {
		return false
	}
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || mediaType != "application/json" && !strings.HasSuffix(mediaType, "+json") {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

func (a *API) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		a.refuse(w, r, http.StatusRequestEntityTooLarge, CodeBodyTooLarge, "The body is larger than 1 MiB.")
		return nil, false
	case err != nil:
		a.refuse(w, r, http.StatusBadRequest, CodeBodyUnreadable, "The body could not be read to its end.")
		return nil, false
	}
	return body, true
}

// meta returns what mappings see as $meta. Credentials are left out: mappings need none, and their results travel.
func meta(r *http.Request) map[string]any {
	headers := map[string]any{}
	for name, values := range r.Header {
		switch name {
		case "Authorization", "Cookie", "Proxy-Authorization", "X-Amz-Security-Token":
		default:
			headers[strings.ToLower(name)] = strings.Join(values, ", ")
		}
	}
	query := map[string]any{}
	for name, values := range r.URL.Query() {
		query[name] = values[0]
	}
	return map[string]any{"trigger": trigger, "method": r.Method, "path": r.URL.Path, "headers": headers, "query": query}
}
