package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/fault"
)

// TestOneOfTwoWins, and both see his answer. A double click is no second answer.
func TestOneOfTwoWins(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"approve", "reject"} {
		synctest.Test(t, func(t *testing.T) {
			r := newAsked(t)
			a := r.ask("")
			var people sync.WaitGroup
			for _, decision := range []string{"approve", second} {
				people.Go(func() {
					if got := r.submit(form(a.path(), "decision", decision, "comment", "CANARY-COMMENT to "+decision)); got.Status != 303 {
						t.Errorf("%s: %+v", decision, got)
					}
				})
			}
			people.Wait()
			won := told(t, r.closing(a)).Decision
			lost := map[string]string{"approve": "reject", "reject": "approve"}[won]
			page := r.get(a.path())
			if page.Status != 200 || !strings.Contains(page.Body, "CANARY-COMMENT to "+won) || strings.Contains(page.Body, "CANARY-COMMENT to "+lost) {
				t.Errorf("%s won, the page: %+v", won, page)
			}
			if again := r.submit(form(a.path(), "decision", "reject")); again.Status != 303 {
				t.Errorf("later: %+v", again)
			}
			if got := told(t, r.closing(a)).Decision; got != won {
				t.Errorf("%s after %s", got, won)
			}
			r.quiet()
		})
	}
}

// TestTooLate: the request expired a second ago, though its record is there; or the state has gone while the page was open.
func TestTooLate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		timeout time.Duration // of the state
		wait    time.Duration
		stop    bool // the execution
		calls   int
	}{
		{"expired", 24 * time.Hour, 2*time.Hour + time.Second, false, 0},
		{"state timed out", time.Minute, 2 * time.Minute, false, 1},
		{"execution stopped", 24 * time.Hour, time.Minute, true, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				r.Timeout = tt.timeout
				a := r.ask("")
				if got := r.get(a.path()); got.Status != 200 || !strings.Contains(got.Body, "<form") {
					t.Errorf("page before %+v", got)
				}
				time.Sleep(tt.wait)
				if tt.stop {
					if err := r.Stop(a.Task); err != nil {
						t.Fatal(err)
					}
				}
				if got := r.submit(form(a.path(), "decision", "approve", "comment", canaryComment)); got.Status != 303 {
					t.Errorf("answer %+v", got)
				}
				if got := r.get(a.path()); got.Status != 410 || strings.Contains(got.Body, "<form") {
					t.Errorf("page %+v", got)
				}
				if n := r.calls.of("SendTaskSuccess"); n != tt.calls {
					t.Errorf("%d calls", n)
				}
				if out := r.Out.String(); !strings.Contains(out, `"outcome":"late"`) || !strings.Contains(out, `"ApprovalsAnswered":0,"ApprovalsUnanswered":0`) {
					t.Errorf("the log and the metrics do not say that it was too late: %s", out)
				}
				r.quiet()
			})
		})
	}
}

// TestTrouble: an honest page, the form and the comment kept, and the next click goes on.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	tests := []struct {
		name   string
		rule   fault.Rule
		status int
	}{
		{"throttled", fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Next: always}, 503},
		{"server error", fault.Rule{Operation: "SendTask*", Kind: fault.ServerError, Next: always}, 503},
		{"no right to the key", fault.Rule{Operation: "SendTask*", Kind: fault.KMSAccessDenied, Next: always}, 503},
		{"no right", fault.Rule{Operation: "SendTask*", Kind: fault.AccessDenied, Next: always}, 503},
		{"no connection", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: always}, 503},
		{"answer lost", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: 1, Applied: true}, 303},
		{"table cannot be written", fault.Rule{Operation: "PutItem", Kind: fault.Throttle, Next: always}, 503},
		{"table cannot be read", fault.Rule{Operation: "GetItem", Kind: fault.ServerError, Next: always}, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				a := r.ask("")
				r.Faults.Add(tt.rule)
				sent := form(a.path(), "decision", "approve", "comment", canaryComment)
				got := r.submit(sent)
				kept := strings.Contains(got.Body, "CANARY-COMMENT") && got.Header.Get("Retry-After") == "5"
				if got.Status != tt.status || (got.Status == 503) != kept {
					t.Errorf("answer %+v", got)
				}
				if counted := strings.Contains(r.Out.String(), `"ApprovalsAnswered":0,"ApprovalsUnanswered":1`); counted != (tt.status == 503) {
					t.Errorf("counted as failed: %v", counted)
				}
				r.Faults.Clear()
				if again := r.submit(sent); again.Status != 303 {
					t.Errorf("the next click: %+v", again)
				}
				if got := told(t, r.closing(a)); !got.Approved || got.Comment != canaryComment {
					t.Errorf("workflow was told %+v", got)
				}
				r.quiet()
			})
		})
	}
}

// TestThePageComesBeforeTheEnd of the invocation, however slow Step Functions is and however little time there is.
func TestThePageComesBeforeTheEnd(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{2 * time.Second, 29 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r := newAsked(t)
			a := r.ask("")
			r.Faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.Slow, Delay: time.Hour, Next: 1 << 20})
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			got := r.within(ctx, doors()[0].event(form(a.path(), "decision", "approve", "comment", canaryComment)))
			if got.Status != 503 || !strings.Contains(got.Body, "CANARY-COMMENT") || ctx.Err() != nil {
				t.Errorf("answer %+v, %v", got, ctx.Err())
			}
			r.quiet()
		})
	}
}

// TestWhatHasGone: a record that vanished while its page was open, and a function without a table.
func TestWhatHasGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		a := r.ask("")
		if got := r.get(a.path()); got.Status != 200 {
			t.Errorf("page %+v", got)
		}
		r.tabulate("empty")
		if got := r.submit(form(a.path(), "decision", "approve", "comment", canaryComment)); got.Status != 404 || !strings.Contains(got.Body, "</html>") {
			t.Errorf("answer %+v", got)
		}
		r.open(a)
		if !strings.Contains(r.Out.String(), `"outcome":"missing"`) {
			t.Error("the log does not say that there was no such request")
		}
		bare := &askedRig{httpRig: newRig(t)}
		for _, request := range []wire{{method: "GET", path: a.path()}, form(a.path(), "decision", "approve")} {
			got := bare.visit(doors()[0].event(request))
			if got.Status != 404 || !strings.Contains(got.Body, "urn:callback-completer:problem:NotFound") {
				t.Errorf("without a table: %+v", got)
			}
		}
		r.quiet()
	})
}
