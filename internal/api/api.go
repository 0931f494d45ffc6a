package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
	"callback-completer/internal/webhook"
)

// The names of the triggers, in logs and metrics.
const (
	TriggerCallbacks = "http"
	TriggerWebhooks  = "webhook"
	TriggerApprovals = "approval" // in metrics alone: what people answer is no delivery
)

// Runner takes deliveries to their verdicts.
type Runner interface {
	Run(ctx context.Context, deliveries []callback.Delivery) []callback.Report
}

// Sender checks the requests of one webhook source. A [webhook.Verifier] is one.
type Sender interface {
	// Verify returns an error that is a [webhook.Refusal] for a request that is not to be believed, and any other one if
	// that cannot be told for the moment.
	Verify(ctx context.Context, h http.Header, body []byte) (webhook.Delivery, error)
	// Greeting reports whether a request that is to be believed only wants an answer, and which.
	Greeting(h http.Header, body []byte) (answer string, ok bool)
}

// Refusals are told of every webhook that was refused: of which source, empty for one that is unknown, and why.
type Refusals interface {
	Refused(ctx context.Context, source, reason string)
}

// Answers are told of every form that was sent to an approval page: by whom, and what became of it.
type Answers interface {
	Answered(ctx context.Context, v approval.View, by approval.Actor)
}

// API is the handler. It is safe for concurrent use.
type API struct {
	Callbacks Runner                         // of POST /callbacks
	Allowed   func(ctx context.Context) bool // whether the caller of POST /callbacks is authorised; nil: whoever reaches it
	Webhooks  Runner                         // of POST /webhooks/{source}
	Senders   map[string]Sender              // by source
	Refusals  Refusals
	Approvals Approvals // of /approvals/{link}; nil: there are none
	// Actor returns who the front door found the caller to be; nil: somebody who holds the link. The error is [ErrLogin]
	// for who is not to be believed, and any other one if that cannot be told for the moment.
	Actor   func(*http.Request) (approval.Actor, error)
	Answers Answers // nil: nobody is told
	// Interactions are answers to approvals that come as webhooks; nil: there are none.
	Interactions *Interactions
	RequestID    func(ctx context.Context) string // of the invocation; goes into answers and dead letters
	Now          func() time.Time
}

var _ http.Handler = (*API)(nil)

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	link, toApproval := strings.CutPrefix(r.URL.EscapedPath(), approvalsPath) // a link has one form
	source, toWebhook := strings.CutPrefix(r.URL.Path, "/webhooks/")
	switch {
	case r.URL.Path == "/callbacks":
		if a.method(w, r, http.MethodPost) {
			a.callbacks(w, r)
		}
	case toWebhook && source != "" && !strings.Contains(source, "/"):
		if a.method(w, r, http.MethodPost) {
			a.webhooks(w, r, source)
		}
	case toApproval && a.Approvals != nil:
		if a.method(w, r, http.MethodGet, http.MethodHead, http.MethodPost) {
			a.approvals(w, r, link)
		}
	case r.URL.Path == "/healthz":
		if a.method(w, r, http.MethodGet, http.MethodHead) {
			write(w, http.StatusOK, status{"ok"})
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
