package approval_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// surveyed demands what a survey says.
func (r *rig) surveyed(t *testing.T, want approval.Survey) {
	t.Helper()
	got, err := r.Survey(t.Context())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("survey: %v (-want +got):\n%s", err, diff)
	}
}

// listed returns how many requests are on the list of open ones.
func (r *rig) listed(t *testing.T) int {
	t.Helper()
	records, err := r.store.Pending(t.Context(), 1e6)
	if err != nil {
		t.Fatal(err)
	}
	return len(records)
}

// askFor mints a request of its own that expires after so long.
func (r *rig) askFor(t *testing.T, name string, lifetime time.Duration) string {
	t.Helper()
	request := asking(t, "")
	request.Token, request.Expires = token(t, name), r.now().Add(lifetime)
	m, err := r.Mint(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return m.Link.Expose()
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.surveyed(t, approval.Survey{})
	r.askFor(t, "short", time.Hour)
	r.wait(time.Minute)
	long := r.askFor(t, "long", 10*time.Hour)
	r.wait(time.Minute)
	r.askFor(t, "longer", 20*time.Hour)
	r.surveyed(t, approval.Survey{Open: 3, Oldest: 2 * time.Minute})
	r.wait(58*time.Minute - time.Millisecond)
	r.surveyed(t, approval.Survey{Open: 3, Oldest: time.Hour - time.Millisecond})
	r.wait(time.Millisecond) // the first has expired this very moment
	r.surveyed(t, approval.Survey{Open: 2, Oldest: 59 * time.Minute})
	r.wait(time.Minute - time.Millisecond)
	r.surveyed(t, approval.Survey{Open: 2, Oldest: time.Hour - time.Millisecond})
	if n := r.listed(t); n != 3 {
		t.Fatalf("%d requests are on the list before anybody was late", n)
	}
	r.wait(time.Millisecond)
	r.surveyed(t, approval.Survey{Open: 2, Oldest: time.Hour, Swept: 1})
	r.surveyed(t, approval.Survey{Open: 2, Oldest: time.Hour})
	told(t, r.Decide(t.Context(), long, approval.Actor{}, form("approve")), approval.OutcomeAnswered, 303)
	r.surveyed(t, approval.Survey{Open: 1, Oldest: 59 * time.Minute})
	r.wait(24 * time.Hour)
	r.surveyed(t, approval.Survey{Swept: 1})
	if n := r.listed(t); n != 0 {
		t.Errorf("%d requests are on the list", n)
	}
}

// TestASurveyChangesNoPage, whatever became of the request before its time was over.
func TestASurveyChangesNoPage(t *testing.T) {
	t.Parallel()
	const two = `,"approvals":2` + team
	for name, tt := range map[string]struct {
		more  string
		act   func(t *testing.T, r *rig, link string)
		stage approval.Stage
		swept int
	}{
		"nothing": {"", func(*testing.T, *rig, string) {}, approval.StageExpired, 1},
		"a vote": {two, func(t *testing.T, r *rig, link string) {
			t.Helper()
			told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeVoted, 303)
		}, approval.StageExpired, 1},
		"an answer": {"", func(t *testing.T, r *rig, link string) {
			t.Helper()
			told(t, r.Decide(t.Context(), link, known("bob"), form("reject", "no")), approval.OutcomeAnswered, 303)
		}, approval.StageAnswered, 0},
		"a revocation": {"", func(t *testing.T, r *rig, _ string) {
			t.Helper()
			if err := r.Revoke(t.Context(), r.store.id()); err != nil {
				t.Fatal(err)
			}
		}, approval.StageRevoked, 0},
		"an answer that was lost": {"", func(t *testing.T, r *rig, link string) {
			t.Helper()
			r.tasks.before = threw(lostAnswer)
			told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeRetry, 503)
		}, approval.StageExpired, 1},
		"a task that was closed": {"", func(t *testing.T, r *rig, link string) {
			t.Helper()
			r.tasks.before = threw(errClosed)
			told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeLate, 303)
		}, approval.StageClosed, 1},
		"an answer that closed it, most likely": {"", func(t *testing.T, r *rig, link string) {
			t.Helper()
			r.tasks.before = threw(closedLost)
			told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeProbable, 303)
		}, approval.StageAnswered, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, tt.more)
			tt.act(t, r, link)
			r.wait(3 * time.Hour)
			before, described := r.Show(t.Context(), link, known("bob")), r.described(t)
			r.surveyed(t, approval.Survey{Swept: tt.swept})
			if r.listed(t) != 0 {
				t.Error("it is on the list of open ones")
			}
			after := r.Show(t.Context(), link, known("bob"))
			if before.Standing.Stage != tt.stage || !reflect.DeepEqual(before, after) || render(t, before, approval.English) != render(t, after, approval.English) {
				t.Errorf("the page changed from %+v to %+v", before.Standing, after.Standing)
			}
			if diff := cmp.Diff(described, r.described(t)); diff != "" {
				t.Errorf("operators see something else (-before +after):\n%s", diff)
			}
			if err := r.Revoke(t.Context(), r.store.id()); !errors.Is(err, approval.ErrNotOpen) {
				t.Errorf("revoked: %v", err)
			}
		})
	}
}

func (r *rig) described(t *testing.T) approval.Description {
	t.Helper()
	d, err := r.Describe(t.Context(), r.store.id())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAnAnswerInTheLastMoment: a survey comes while it is on its way, at each of its steps.
func TestAnAnswerInTheLastMoment(t *testing.T) {
	t.Parallel()
	t.Run("before its call", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, "")
		r.wait(2*time.Hour - time.Millisecond)
		r.tasks.before = func(callback.Callback) error {
			r.wait(2 * time.Minute)
			r.surveyed(t, approval.Survey{Swept: 1})
			return nil
		}
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, 303)
		r.stage(t, link, approval.StageAnswered, true)
		if state := r.store.only(t).State; state != approval.Answered {
			t.Errorf("the record is %s", state)
		}
		r.surveyed(t, approval.Survey{})
	})
	t.Run("before the survey writes", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		link := r.ask(t, "")
		r.wait(2*time.Hour - time.Millisecond)
		first := true
		r.tasks.before = func(callback.Callback) error { // the survey comes in between ...
			r.wait(2 * time.Minute)
			r.store.before = func(operation string) error {
				if operation != "update" || !first {
					return nil
				}
				first = false
				record := r.store.only(t) // ... and before it writes, the answer's end is written
				record.State = approval.Answered
				if _, err := r.store.Update(t.Context(), record); err != nil {
					t.Error(err)
				}
				return nil
			}
			r.surveyed(t, approval.Survey{})
			return nil
		}
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeAnswered, 303)
		r.stage(t, link, approval.StageAnswered, true)
		if state := r.store.only(t).State; state != approval.Answered || first {
			t.Errorf("the record is %s", state)
		}
	})
}

// TestALongSweep is done in pieces, the oldest first.
func TestALongSweep(t *testing.T) {
	t.Parallel()
	r := newRig()
	for n := range 2100 {
		r.put(t, n, time.Hour)
	}
	r.wait(24 * time.Hour)
	r.put(t, 2100, time.Hour)
	r.wait(time.Minute)
	for _, want := range []approval.Survey{
		{Open: 1, Oldest: time.Minute, Swept: 1000, Cut: true},
		{Open: 1, Oldest: time.Minute, Swept: 1000, Cut: true},
		{Open: 1, Oldest: time.Minute, Swept: 100},
		{Open: 1, Oldest: time.Minute},
	} {
		r.surveyed(t, want)
	}
}

// TestMoreThanASurveyLooksAt: nothing is said of the oldest open request where none was reached.
func TestMoreThanASurveyLooksAt(t *testing.T) {
	t.Parallel()
	r := newRig()
	for n := range 10_000 {
		r.put(t, n, time.Hour)
	}
	r.wait(24 * time.Hour)
	r.put(t, 10_000, time.Hour)
	got, err := r.Survey(t.Context())
	if want := (approval.Survey{Swept: 1000, Cut: true}); err != nil || got != want || got.Known() {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = r.Survey(t.Context())
	if want := (approval.Survey{Open: 1, Swept: 1000, Cut: true}); err != nil || got != want || !got.Known() {
		t.Errorf("%+v, %v", got, err)
	}
	if none := (approval.Survey{}); !none.Known() {
		t.Error("that nothing is open is known")
	}
}

// put stores an open record that no link opens.
func (r *rig) put(t *testing.T, n int, lifetime time.Duration) {
	t.Helper()
	now := r.now()
	record := approval.Record{
		ID: approval.ID(fmt.Sprintf("%032d", n)), State: approval.Open, CreatedAt: now, ExpiresAt: now.Add(lifetime), PurgeAt: now.Add(lifetime + approval.Retention),
	}
	if err := r.store.Create(t.Context(), record); err != nil {
		t.Fatal(err)
	}
}

func TestASurveyThatFails(t *testing.T) {
	t.Parallel()
	t.Run("the list", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		r.store.before = func(string) error { return errBroken }
		if _, err := r.Survey(t.Context()); !errors.Is(err, errBroken) {
			t.Errorf("%v", err)
		}
	})
	for _, operation := range []string{"get", "update"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			for n := range 5 {
				r.put(t, n, time.Hour)
			}
			r.wait(2 * time.Hour)
			calls := 0
			r.store.before = func(of string) error {
				if of == operation {
					calls++
				}
				if of == operation && calls > 2 {
					return errBroken
				}
				return nil
			}
			r.surveyed(t, approval.Survey{Swept: 2, Cut: true})
			if out := r.log.String(); strings.Count(out, "could not be taken off the list") != 1 || calls != 3 {
				t.Errorf("%d calls, log %s", calls, out)
			}
		})
	}
	t.Run("others change it all the time, or it is gone", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		for n := range 3 {
			r.put(t, n, time.Hour)
		}
		r.wait(2 * time.Hour)
		gets := 0
		r.store.before = func(of string) error {
			if of == "get" {
				gets++
			}
			switch {
			case of == "get" && gets == 1:
				return approval.ErrNotFound
			case of == "update" && gets < 10:
				return approval.ErrConflict
			}
			return nil
		}
		r.surveyed(t, approval.Survey{Swept: 1})
	})
	t.Run("no time left", func(t *testing.T) {
		t.Parallel()
		r := newRig()
		for n := range 5 {
			r.put(t, n, time.Hour)
		}
		r.put(t, 5, 24*time.Hour)
		r.wait(2 * time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		updates := 0
		r.store.before = func(of string) error {
			if of == "update" {
				if updates++; updates == 2 {
					cancel()
				}
			}
			return nil
		}
		got, err := r.Survey(ctx)
		if want := (approval.Survey{Open: 1, Oldest: 2 * time.Hour, Swept: 2, Cut: true}); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// TestNothingIsKeptOfSealedLinks, and whoever asks for it is told so.
func TestNothingIsKeptOfSealedLinks(t *testing.T) {
	t.Parallel()
	r, _ := sealedRig(t, "")
	_, describe := r.Describe(t.Context(), "x")
	_, pending := r.Pending(t.Context(), 1)
	_, survey := r.Survey(t.Context())
	for name, err := range map[string]error{"describe": describe, "list": pending, "survey": survey, "revoke": r.Revoke(t.Context(), "x")} {
		if !errors.Is(err, approval.ErrNothingKept) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
