package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/api"
	"callback-completer/internal/approval"
)

// people are Approvals that say what they were asked.
type people struct {
	view    approval.View // of every form
	broken  error         // of every page
	unknown error         // of everybody
	did     []string
	told    []approval.Outcome
}

var (
	_ api.Approvals = (*people)(nil)
	_ api.Answers   = (*people)(nil)
)

func (p *people) Show(_ context.Context, link string, by approval.Actor) approval.View {
	p.did = append(p.did, "show "+link+" to "+by.ID)
	return approval.View{Screen: approval.ScreenRequest, Status: http.StatusOK}
}

func (p *people) Decide(_ context.Context, link string, by approval.Actor, form url.Values) approval.View {
	p.did = append(p.did, fmt.Sprintf("decide %s by %s with %s", link, by.ID, form.Encode()))
	return p.view
}

func (p *people) Render(w io.Writer, v approval.View, wanted approval.Locale) error {
	if _, err := fmt.Fprintf(w, "page %s %s %v", v.Screen, wanted, v.Problems); err != nil {
		return err
	}
	return p.broken
}

func (p *people) Answered(_ context.Context, v approval.View, _ approval.Actor) {
	p.told = append(p.told, v.Outcome)
}

func (p *people) serve(r *http.Request) *httptest.ResponseRecorder {
	h := &api.API{
		Approvals: p, Answers: p, RequestID: func(context.Context) string { return "r-1" },
		Actor: func(r *http.Request) (approval.Actor, error) {
			return approval.Actor{ID: r.Header.Get("Test-Actor")}, p.unknown
		},
		Now: time.Now,
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func formRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/approvals/LINK?decision=query", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("Test-Actor", "bob")
	return r
}

func TestAForm(t *testing.T) {
	t.Parallel()
	const decided = "decide LINK by bob with "
	tests := []struct {
		name    string
		request *http.Request
		view    approval.View
		status  int
		body    string
		did     []string
		told    approval.Outcome
	}{
		{
			"taken", formRequest("decision=approve&comment=a+b"),
			approval.View{Status: 303, Outcome: approval.OutcomeAnswered},
			303, "",
			[]string{decided + "comment=a+b&decision=approve"},
			approval.OutcomeAnswered,
		},
		{
			"refused", formRequest("x=1"),
			approval.View{Screen: approval.ScreenRequest, Status: 400, Outcome: approval.OutcomeInvalid},
			400, "page request en []",
			[]string{decided + "x=1"},
			approval.OutcomeInvalid,
		},
		{
			"half a form is none", formRequest("decision=approve&%zz"),
			approval.View{Screen: approval.ScreenRequest, Status: 400, Outcome: approval.OutcomeInvalid},
			400, "page request en []",
			[]string{decided},
			approval.OutcomeInvalid,
		},
		{
			"too long", formRequest("decision=approve&comment=" + strings.Repeat("a", api.MaxFormBytes)),
			approval.View{},
			413, "page request en [comment-lost]",
			[]string{"show LINK to bob"},
			approval.OutcomeInvalid,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &people{view: tt.view}
			w := p.serve(tt.request)
			if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Location") != map[int]string{303: "LINK"}[tt.status] {
				t.Errorf("answer %d %q to %q", w.Code, w.Body, w.Header().Get("Location"))
			}
			if diff := cmp.Diff(tt.did, p.did); diff != "" {
				t.Errorf("was asked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]approval.Outcome{tt.told}, p.told); diff != "" {
				t.Errorf("was told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAFormThatNobodyFilledIn is told of as well, and decides nothing.
func TestAFormThatNobodyFilledIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header, value string
		status              int
		told                approval.Outcome
	}{
		{"another site", "Sec-Fetch-Site", "cross-site", 403, approval.OutcomeRefused},
		{"no form", "Content-Type", "text/plain", 415, approval.OutcomeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &people{}
			r := formRequest("decision=approve")
			r.Header.Set(tt.header, tt.value)
			w := p.serve(r)
			if w.Code != tt.status || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("answer %d %v", w.Code, w.Header())
			}
			if len(p.did) > 0 {
				t.Errorf("was asked %q", p.did)
			}
			if diff := cmp.Diff([]approval.Outcome{tt.told}, p.told); diff != "" {
				t.Errorf("was told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAPageThatCannotBeRendered is an error, and no half of a page.
func TestAPageThatCannotBeRendered(t *testing.T) {
	t.Parallel()
	p := &people{broken: errors.New("broken")}
	w := p.serve(httptest.NewRequest(http.MethodGet, "/approvals/LINK", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "page request") || !strings.Contains(w.Body.String(), "InternalError") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
}

// TestHeadersOfPages: those that the core demands, on pages and on redirects, and a time to come again where that helps.
func TestHeadersOfPages(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 303, 400, 403, 404, 410, 500, 503} {
		p := &people{view: approval.View{Screen: approval.ScreenUnavailable, Status: status}}
		w := p.serve(formRequest("decision=approve"))
		want := approval.Headers()
		if status == 303 {
			want.Set("Location", "LINK")
		}
		if status == 503 {
			want.Set("Retry-After", "5")
		}
		if diff := cmp.Diff(want, w.Header()); diff != "" || w.Code != status {
			t.Errorf("status %d, want %d; headers (-want +got):\n%s", w.Code, status, diff)
		}
	}
}

// TestNobodyIsTakenForSomebodyElse: whose login does not hold is not asked who holds the link.
func TestNobodyIsTakenForSomebodyElse(t *testing.T) {
	t.Parallel()
	look := httptest.NewRequest(http.MethodGet, "/approvals/LINK", http.NoBody)
	for name, tt := range map[string]struct {
		request *http.Request
		err     error
		status  int
		body    string
		told    []approval.Outcome
	}{
		"refused":             {formRequest("decision=approve"), fmt.Errorf("who: %w", api.ErrLogin), 403, "page refused en []", []approval.Outcome{approval.OutcomeRefused}},
		"not told":            {formRequest("decision=approve"), errors.New("no keys"), 503, "page unavailable en []", []approval.Outcome{approval.OutcomeRetry}},
		"refused, too long":   {formRequest("comment=" + strings.Repeat("a", 64<<10)), api.ErrLogin, 403, "page refused en []", []approval.Outcome{approval.OutcomeRefused}},
		"refused to look":     {look, api.ErrLogin, 403, "page refused en []", nil},
		"looks, and not told": {look, errors.New("no keys"), 503, "page unavailable en []", nil},
	} {
		p := &people{unknown: tt.err}
		w := p.serve(tt.request)
		if w.Code != tt.status || w.Body.String() != tt.body || len(p.did) > 0 || (w.Header().Get("Retry-After") != "") != (tt.status == 503) {
			t.Errorf("%s: %d %q, did %v", name, w.Code, w.Body, p.did)
		}
		if diff := cmp.Diff(tt.told, p.told); diff != "" {
			t.Errorf("%s: told (-want +got):\n%s", name, diff)
		}
	}
}
