package approval_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

func TestTrouble(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		call    error
		outcome approval.Outcome
		status  int
		problem approval.Problem
		stage   approval.Stage
		certain bool
		again   approval.Outcome // of the next click, when Step Functions works again and the task is as it was
	}{
		{"throttled", throttled, "retry", 503, "unavailable", "open", false, "answered"},
		{"answer lost", lostAnswer, "retry", 503, "unavailable", "open", false, "answered"},
		{"no error of ours", errBroken, "retry", 503, "unavailable", "open", false, "answered"},
		{"refused", callback.Reject(callback.CodeInvalidToken, "x"), "failed", 500, "refused", "open", false, "answered"},
		{"closed", errClosed, "late", 303, "", "closed", false, "late"},
		{"closed after an answer was lost", closedLost, "probable", 303, "", "answered", false, "late"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, "")
			r.tasks.before = threw(tt.call)
			v := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment"))
			told(t, v, tt.outcome, tt.status)
			if tt.problem != "" && (len(v.Problems) != 1 || v.Problems[0] != tt.problem || v.Kept.Comment.Text() != "my comment") {
				t.Errorf("problems %v, want %s; kept %q", v.Problems, tt.problem, v.Kept.Comment.Text())
			}
			r.stage(t, link, tt.stage, tt.certain)
			r.tasks.before = nil
			if got := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment")).Outcome; got != tt.again {
				t.Errorf("the next click ends as %s, want %s", got, tt.again)
			}
		})
	}
}

func TestTheStoreFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		fails   int // which operation: Get, Update (attempt), Get, Update (end)
		outcome approval.Outcome
		status  int
		screen  approval.Screen
		after   approval.Outcome // of the next click
	}{
		{"reading", 1, "retry", 503, "unavailable", "answered"},
		{"recording the attempt", 2, "retry", 503, "request", "answered"},
		{"reading again", 3, "answered", 200, "answered", "probable"},
		{"recording the end", 4, "answered", 200, "answered", "probable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, "")
			n := 0
			r.store.before = func(string) error {
				if n++; n == tt.fails {
					return errBroken
				}
				return nil
			}
			v := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment"))
			told(t, v, tt.outcome, tt.status)
			if v.Screen != tt.screen || tt.status == 503 && v.Kept.Comment.Text() != "my comment" {
				t.Errorf("screen %s, kept %q", v.Screen, v.Kept.Comment.Text())
			}
			told(t, r.Decide(t.Context(), link, known("bob"), form("approve", "my comment")), tt.after, http.StatusSeeOther)
			r.stage(t, link, approval.StageAnswered, tt.after == "answered")
		})
	}
}

func TestTheRecordChangesAllTheTime(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, "")
	r.store.before = func(operation string) error {
		if operation == "update" {
			return approval.ErrConflict
		}
		return nil
	}
	v := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment"))
	told(t, v, approval.OutcomeRetry, http.StatusServiceUnavailable)
	if v.Kept.Comment.Text() != "my comment" || r.tasks.calls != 0 {
		t.Errorf("kept %q, %d calls", v.Kept.Comment.Text(), r.tasks.calls)
	}
}

func TestTooManyAnswersOnTheirWay(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, "")
	r.tasks.before = threw(lostAnswer)
	for i := range 32 {
		long := ""
		if i > 25 { // the others' would be forgotten
			long = strings.Repeat(`"`, 16*1024-4)
		}
		told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve", fmt.Sprintf("%s%04d", long, i))), approval.OutcomeRetry, 503)
	}
	v := r.Decide(t.Context(), link, approval.Actor{}, form("approve", "one more"))
	if told(t, v, approval.OutcomeRetry, 503); v.Problems[0] != approval.ProblemTooManyAttempts || r.tasks.calls != 32 {
		t.Errorf("%v after %d calls", v.Problems, r.tasks.calls)
	}
	if record := r.store.only(t); len(record.Progress) > 180*1024 || len(record.Progress) < 100*1024 {
		t.Errorf("the progress has %d bytes", len(record.Progress))
	}
}

// TestAnAnswerIsTakenAfterAnyNumberOfLostOnes: who says the same again can do so until it is taken, also where there are too
// many answers of others.
func TestAnAnswerIsTakenAfterAnyNumberOfLostOnes(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]int{"alone": 0, "among too many": 31} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, "")
			r.tasks.before = threw(lostAnswer)
			for i := range others {
				told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve", fmt.Sprint(i))), approval.OutcomeRetry, 503)
			}
			for range 100 {
				v := r.Decide(t.Context(), link, approval.Actor{}, form("approve", "the same"))
				if told(t, v, approval.OutcomeRetry, 503); v.Problems[0] != approval.ProblemUnavailable {
					t.Fatalf("%v", v.Problems)
				}
			}
			if size := len(r.store.only(t).Progress); size > 8*1024 {
				t.Errorf("the progress has %d bytes", size)
			}
			told(t, r.Decide(t.Context(), link, known("bob"), form("reject")), approval.OutcomeRetry, 503)
			r.tasks.before = nil
			r.wait(time.Hour)
			told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve", "the same")), approval.OutcomeAnswered, http.StatusSeeOther)
			r.stage(t, link, approval.StageAnswered, true)
			if said := r.taken(); said["comment"] != "the same" {
				t.Errorf("the workflow has %v", said)
			}
		})
	}
}

// TestManyClicksAtOnce of which only the last reaches Step Functions, and its answer is lost: the page goes on to say that the
// answer may have arrived, though most of its calls are known to have failed. Where all have a number it knows of each.
func TestManyClicksAtOnce(t *testing.T) {
	t.Parallel()
	for clicks, unconfirmed := range map[int]int{1: 0, 8: 0, 9: 1, 12: 1} {
		for _, arrives := range []bool{true, false} {
			r := newRig()
			link := r.ask(t, "")
			depth := 0
			next := func(c callback.Callback) error {
				if depth++; depth == clicks {
					if r.tasks.before = nil; !arrives {
						return throttled
					}
					if err := r.tasks.take(c); err != nil {
						t.Error(err)
					}
					return lostAnswer
				}
				r.Decide(t.Context(), link, known("bob"), form("approve", "why"))
				return throttled
			}
			r.tasks.before = next
			r.Decide(t.Context(), link, known("bob"), form("approve", "why"))
			want := unconfirmed
			if arrives {
				want = 1
			}
			v := r.Show(t.Context(), link, approval.Actor{})
			if got := len(v.Standing.Unconfirmed); got != want || depth != clicks {
				t.Errorf("%d clicks, arrives %v: %d answers may have arrived, want %d", depth, arrives, got, want)
			}
		}
	}
}

func TestTheTaskIsClosedWhileThePageIsOpen(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, "")
	r.wait(time.Hour)
	r.tasks.expire(asking(t, "").Token)
	told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeLate, http.StatusSeeOther)
	r.stage(t, link, approval.StageClosed, false)
	if record := r.store.only(t); !record.ExpiresAt.Equal(start().Add(time.Hour)) || record.State != approval.Open {
		t.Errorf("the record is %s until %s; it should expire at once, so that nobody counts it as waiting", record.State, record.ExpiresAt)
	}
	told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeLate, http.StatusSeeOther)
	if r.tasks.calls != 1 {
		t.Errorf("%d calls", r.tasks.calls)
	}
}

func TestTheItemVanished(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, "")
	r.tasks.after = func(callback.Callback) error {
		r.store.mu.Lock()
		defer r.store.mu.Unlock()
		clear(r.store.records)
		return nil
	}
	told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, http.StatusOK)
	told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeMissing, http.StatusNotFound)
	if !strings.Contains(r.log.String(), "could not be recorded") {
		t.Error("nobody is told")
	}
}
