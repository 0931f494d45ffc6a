package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"

	"callback-completer/internal/approval"
)

// MaxFormBytes is the largest form that is read. The longest comment takes 48 KiB of it if each of its bytes is written as
// %XX; one that is several times too long is still read, so that the page can show it again to be shortened: no
// browser keeps the form of a page that it must not store. Written with references such as "&#34;" it stays below the 6 MB
// that a function may answer.
const MaxFormBytes = 256 << 10

// approvalsPath is what the link follows.
const approvalsPath = "/approvals/"

// Approvals shows approval requests and takes their answers. An [approval.Service] and [approval.Pages] are one together.
type Approvals interface {
	Show(ctx context.Context, link string, actor approval.Actor) approval.View
	Decide(ctx context.Context, link string, actor approval.Actor, form url.Values) approval.View
	Render(w io.Writer, v approval.View, wanted approval.Locale) error
}

// ErrLogin is for a caller who is not to be believed, or has not shown who he is where everybody must.
var ErrLogin = errors.New("the login is not to be believed")

// approvals answers /approvals/{link}. Everything below that path that is no link gets the page of a link that leads
// nowhere, so that nobody learns how far he was right.
func (a *API) approvals(w http.ResponseWriter, r *http.Request, link string) {
	if r.Method != http.MethodPost {
		actor, err := a.actor(r)
		if err != nil {
			a.page(w, r, a.unknown(err, nil))
			return
		}
		a.page(w, r, a.Approvals.Show(r.Context(), link, actor))
		return
	}
	v, actor, refused := a.decide(w, r, link)
	if a.Answers != nil {
		a.Answers.Answered(r.Context(), v, actor)
	}
	if !refused {
		a.page(w, r, v)
	}
}

func (a *API) actor(r *http.Request) (approval.Actor, error) {
	if a.Actor == nil {
		return approval.Actor{}, nil
	}
	return a.Actor(r)
}

// decide takes a form. What no browser sends from the page is refused with a problem, by what it is and whatever its link,
// and is answered by then.
func (a *API) decide(w http.ResponseWriter, r *http.Request, link string) (v approval.View, actor approval.Actor, refused bool) {
	if fromElsewhere(r) {
		a.refuse(w, r, http.StatusForbidden, CodeForbidden, "The form was sent from another site.")
		return approval.View{Status: http.StatusForbidden, Outcome: approval.OutcomeRefused}, actor, true
	}
	if mediaType(r.Header) != mediaTypeForm {
		a.refuse(w, r, http.StatusUnsupportedMediaType, CodeUnsupportedMediaType, "Send "+mediaTypeForm+", not compressed.")
		return approval.View{Status: http.StatusUnsupportedMediaType, Outcome: approval.OutcomeInvalid}, actor, true
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxFormBytes))
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		a.refuse(w, r, http.StatusBadRequest, CodeBodyUnreadable, "The body could not be read to its end.")
		return approval.View{Status: http.StatusBadRequest, Outcome: approval.OutcomeInvalid}, actor, true
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		form = nil // a part of a form is none: it holds no decision
	}
	actor, err = a.actor(r)
	switch {
	case err != nil:
		return a.unknown(err, form), actor, false
	case tooLarge != nil:
		return a.tooLong(r, link, actor), actor, false
	default:
		return a.Approvals.Decide(r.Context(), link, actor, form), actor, false
	}
}

// fromElsewhere reports whether a browser sent the form from another site. The library compares the origin's host with the
// request's; "null" has none, so that a request which names none either would pass for one from the page.
func fromElsewhere(r *http.Request) bool {
	h := r.Header
	return http.NewCrossOriginProtection().Check(r) != nil || r.Host == "" && h.Get("Origin") != "" && h.Get("Sec-Fetch-Site") == ""
}

// unknown answers somebody of whom the front door's word does not hold. He is not taken for somebody without a login: what
// he sent would then pass for the answer of whoever holds the link.
func (a *API) unknown(err error, form url.Values) approval.View {
	if errors.Is(err, ErrLogin) {
		return approval.Unbelieved(a.Now())
	}
	return approval.Unidentified(a.Now(), form)
}

// tooLong shows the form once more to somebody whose comment is longer than what is read, and lost.
func (a *API) tooLong(r *http.Request, link string, actor approval.Actor) approval.View {
	v := a.Approvals.Show(r.Context(), link, actor)
	v.Outcome = approval.OutcomeInvalid
	if v.Screen == approval.ScreenRequest && v.Reason == approval.MayDecide {
		v.Status, v.Problems = http.StatusRequestEntityTooLarge, []approval.Problem{approval.ProblemCommentLost}
	}
	return v
}

// page writes a view. It redirects to the last part of the path alone, which browsers take for the address that they have
// sent the form to, whatever the front door put before it.
func (a *API) page(w http.ResponseWriter, r *http.Request, v approval.View) {
	for name, values := range approval.Headers() {
		w.Header()[name] = values
	}
	if v.Status == http.StatusSeeOther {
		w.Header().Set("Location", path.Base(r.URL.Path))
		w.WriteHeader(v.Status)
		return
	}
	if v.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	var text bytes.Buffer
	if err := a.Approvals.Render(&text, v, approval.Negotiate(r.Header.Get("Accept-Language"))); err != nil {
		a.refuse(w, r, http.StatusInternalServerError, CodeInternalError, "The page could not be written.")
		return
	}
	w.WriteHeader(v.Status)
	_, _ = w.Write(text.Bytes()) // a browser that is gone needs no answer
}
