package approval_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

var (
	throttled  = &callback.Error{Kind: callback.Transient, Code: "ThrottlingException", Message: "slow"}
	lostAnswer = &callback.Error{Kind: callback.Transient, Code: callback.CodeNetwork, Message: "lost", AnswerLost: true}
	closedLost = &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut, Message: "closed", AnswerLost: true}
)

// told checks what somebody was told.

func told(t *testing.T, v approval.View, outcome approval.Outcome, status int) {
	t.Helper()
	if v.Outcome != outcome || v.Status != status {
		t.Errorf("told %q with %d, want %q with %d", v.Outcome, v.Status, outcome, status)
	}
}

// stage checks how the request stands, and how surely.

func (r *rig) stage(t *testing.T, link string, want approval.Stage, certain bool) {
	t.Helper()
	v := r.Show(t.Context(), link, approval.Actor{})
	if v.Standing == nil || v.Standing.Stage != want || v.Standing.Certain != certain {
		t.Errorf("the request stands %+v, want %s, certain %v", v.Standing, want, certain)
	}
}

// TestTheOutputToTheByte: workflows read it by name, people by eye.

// TestLookingChangesNothing: a thousand scanners, and not one write or call.

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, everything)
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			if v := r.Show(t.Context(), link, approval.Actor{Verified: i%2 == 0, ID: "bob@example.com"}); v.Status != http.StatusOK {
				t.Errorf("%d", v.Status)
			}
		})
	}
	all.Wait()
	if r.tasks.calls != 0 || r.store.updates != 0 {
		t.Errorf("%d calls, %d writes", r.tasks.calls, r.store.updates)
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		r := newRig()
		link := r.ask(t, "")
		views := make([]approval.View, 8)
		var all sync.WaitGroup
		for n := range views {
			decision := []string{"approve", "reject"}[n%2]
			all.Go(func() { views[n] = r.Decide(t.Context(), link, known(fmt.Sprint(n)), form(decision)) })
		}
		all.Wait()
		answered := 0
		for n, v := range views {
			if v.Outcome == approval.OutcomeAnswered {
				answered++
				if got := r.taken()["approver"].(map[string]any)["id"]; got != fmt.Sprint(n) {
					t.Errorf("run %d: %d was told, and the workflow has the answer of %v", i, n, got)
				}
			}
		}
		if answered > 1 || r.taken() == nil {
			t.Errorf("run %d: %d were told that their answer is the one", i, answered)
		}
		told(t, r.Decide(t.Context(), link, known("late"), form("approve")), approval.OutcomeLate, http.StatusSeeOther)
		r.stage(t, link, approval.StageAnswered, true)
	}
}

func TestTwoClicks(t *testing.T) {
	t.Parallel()
	t.Run("one after the other", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, "")
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, http.StatusSeeOther)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeLate, http.StatusSeeOther)
		if r.tasks.calls != 1 {
			t.Errorf("%d calls", r.tasks.calls)
		}
	})
	t.Run("the second while the first is on its way", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, "")
		var once sync.Once
		r.tasks.after = func(callback.Callback) error {
			once.Do(func() {
				told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeProbable, http.StatusSeeOther)
			})
			return nil
		}
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, http.StatusSeeOther)
		r.stage(t, link, approval.StageAnswered, true)
	})
	t.Run("a vote", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, `,"approvals":2`+team)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeVoted, http.StatusSeeOther)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeVoted, http.StatusSeeOther)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve", "other words")), approval.OutcomeRefused, http.StatusForbidden)
		if r.taken() != nil {
			t.Error("one person approved for two")
		}
	})
}

// TestTwoHoldersOfALink who say the same with other words, of whom nobody knows that they are two: the answer is that of whose
// words the workflow has.
func TestTwoHoldersOfALink(t *testing.T) {
	t.Parallel()
	nobody := approval.Actor{}
	r := newRig()
	link := r.ask(t, "")
	r.tasks.before = func(callback.Callback) error {
		r.tasks.before = nil
		told(t, r.Decide(t.Context(), link, nobody, form("approve", "first")), approval.OutcomeAnswered, http.StatusSeeOther)
		return nil
	}
	told(t, r.Decide(t.Context(), link, nobody, form("approve", "second")), approval.OutcomeLate, http.StatusSeeOther)
	if got := r.Show(t.Context(), link, nobody).Standing.Answer.Comment.Text(); got != "first" {
		t.Errorf("the page has the comment %q", got)
	}

	r = newRig()
	link = r.ask(t, "")
	r.tasks.before = threw(lostAnswer)
	told(t, r.Decide(t.Context(), link, nobody, form("approve", "first")), approval.OutcomeRetry, http.StatusServiceUnavailable)
	r.tasks.before = threw(closedLost)
	told(t, r.Decide(t.Context(), link, nobody, form("approve", "second")), approval.OutcomeLate, http.StatusSeeOther)
	if a := r.Show(t.Context(), link, nobody).Standing.Answer; a == nil || a.Option.Value != "approve" || a.Comment.Text() != "" {
		t.Errorf("the page says %+v; nobody knows which comment arrived", a)
	}
}

// TestTheOtherWasFirst: the answer to my call was lost, and when it was tried again, the task was closed. By now

// somebody else's answer is known to have closed it.

func TestTheOtherWasFirst(t *testing.T) {
	t.Parallel()
	for name, storeFails := range map[string]bool{"and the store knows": false, "and the store fails": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, "")
			r.tasks.before = func(callback.Callback) error {
				r.tasks.before = nil
				told(t, r.Decide(t.Context(), link, known("eve"), form("reject")), approval.OutcomeAnswered, http.StatusSeeOther)
				if storeFails {
					r.store.before = func(string) error { return errBroken }
				}
				return closedLost
			}
			v := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment"))
			if storeFails {
				told(t, v, approval.OutcomeRetry, http.StatusServiceUnavailable)
				if v.Kept.Comment.Text() != "my comment" {
					t.Error("the comment is lost")
				}
			} else {
				told(t, v, approval.OutcomeLate, http.StatusSeeOther)
			}
			r.store.before = nil
			if got := r.Show(t.Context(), link, approval.Actor{}).Standing.Answer.By.ID; got != "eve" {
				t.Errorf("the page names %s", got)
			}
		})
	}
}

// TestTheStoreFails at each of its operations during an answer, and then works again.

// TestTooManyAnswersOnTheirWay: the record does not grow for ever.

func TestTime(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]struct {
		outcome approval.Outcome
		stage   approval.Stage
	}{
		2*time.Hour - time.Second:      {"answered", "answered"},
		2*time.Hour - time.Millisecond: {"answered", "answered"},
		2 * time.Hour:                  {"late", "expired"},
		2*time.Hour + time.Second:      {"late", "expired"},
		30 * 24 * time.Hour:            {"late", "expired"},
	} {
		r := newRig()
		link := r.ask(t, "")
		r.wait(after)
		told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve")), want.outcome, http.StatusSeeOther)
		if v := r.Show(t.Context(), link, approval.Actor{}); v.Standing.Stage != want.stage {
			t.Errorf("after %v it is %s", after, v.Standing.Stage)
		}
	}
}

func TestTheFormIsWrong(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, everything)
	v := r.Decide(t.Context(), link, known("bob@example.com"), form("reject", "", "deploy 8"))
	told(t, v, approval.OutcomeInvalid, http.StatusBadRequest)
	if diff := cmp.Diff([]approval.Problem{"comment-on-reject", "phrase"}, v.Problems); diff != "" {
		t.Error(diff)
	}
	if r.tasks.calls != 0 || r.store.updates != 0 {
		t.Errorf("%d calls, %d writes", r.tasks.calls, r.store.updates)
	}
}

// TestAVeto: one rejection ends what several must approve.

// TestACauseFits: comments are cut, the rest is whole.

// TestEveryWrongLinkIsTheSame: changed, cut, longer or invented, its page and the store's work are the same.

func TestEveryWrongLinkIsTheSame(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, everything)
	wrong := []string{
		"", "x", link[:31], link + "x", link + "A", link + "=", link + "==", "A" + link, link + "\n", " " + link, link[:16] + "\n" + link[16:],
		strings.ToUpper(link), strings.ToLower(link), strings.Repeat("A", 32), strings.Repeat("A", 100), strings.Repeat("A", 5000), link + "/", "../" + link, string(r.store.id()),
	}
	for i := range link {
		for _, c := range []byte{'A', 'z', '-', '+', '/', '=', 0, 0xff, '%', ' '} {
			if link[i] != c {
				wrong = append(wrong, link[:i]+string([]byte{c})+link[i+1:])
			}
		}
	}
	want := render(t, r.Show(t.Context(), strings.Repeat("B", 32), approval.Actor{}), approval.English)
	for _, text := range wrong {
		before := len(r.store.asked)
		v := r.Show(t.Context(), text, known("bob@example.com"))
		if v.Status != http.StatusNotFound || render(t, v, approval.English) != want {
			t.Errorf("%q gives another page, with %d", text, v.Status)
		}
		if asked := len(r.store.asked) - before; asked != 1 {
			t.Errorf("%q asks the store %d times", text, asked)
		}
		told(t, r.Decide(t.Context(), text, known("bob@example.com"), form("approve", "", "deploy 7")), approval.OutcomeMissing, 404)
	}
	r.store.before = func(string) error { return errBroken }
	for _, text := range []string{"x", strings.Repeat("A", 32), link} {
		if v := r.Show(t.Context(), text, approval.Actor{}); v.Status != http.StatusServiceUnavailable {
			t.Errorf("without a store %q gives %d", text, v.Status)
		}
	}
	if r.tasks.calls != 0 {
		t.Errorf("%d calls", r.tasks.calls)
	}
}
