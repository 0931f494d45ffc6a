package approval_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:states:eu-west-1:123456789012:execution:release:run-7"
	for _, tt := range []struct {
		name  string
		end   func(r *rig, link string)
		stage approval.Stage
		until time.Duration
	}{
		{"open", func(*rig, string) {}, "open", 2 * time.Hour},
		{"answered", func(r *rig, link string) { r.Decide(t.Context(), link, approval.Actor{}, form("reject")) }, "answered", 2 * time.Hour},
		{"revoked", func(r *rig, _ string) { _ = r.Revoke(t.Context(), r.store.id()) }, "revoked", 2 * time.Hour},
		{"expired", func(r *rig, _ string) { r.wait(2 * time.Hour) }, "expired", 2 * time.Hour},
		{"closed", func(r *rig, link string) {
			r.wait(time.Hour)
			r.tasks.before = threw(errClosed)
			r.Decide(t.Context(), link, approval.Actor{}, form("reject"))
		}, "expired", time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, `,"execution":"`+arn+`"`)
			tt.end(r, link)
			got, err := r.Describe(t.Context(), r.store.id())
			want := approval.Description{ID: r.store.id(), Stage: tt.stage, CreatedAt: start(), ExpiresAt: start().Add(tt.until), Execution: arn}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	if _, err := newRig().Describe(t.Context(), "x"); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestPending(t *testing.T) {
	t.Parallel()
	r := newRig()
	var want []approval.ID
	for _, text := range []string{"a", "b", "c", "d"} {
		request := asking(t, "")
		request.Token = token(t, text)
		request.Expires = r.now().Add(time.Minute)
		m, err := r.Mint(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m.Link.ID())
		r.wait(30 * time.Second)
	}
	if err := r.Revoke(t.Context(), want[1]); !errors.Is(err, approval.ErrNotOpen) {
		t.Fatalf("expired, and revoked all the same: %v", err)
	}
	if err := r.Revoke(t.Context(), want[2]); !errors.Is(err, approval.ErrNotOpen) {
		t.Fatalf("expired this very moment, and revoked all the same: %v", err)
	}
	got, err := r.Pending(t.Context(), 3)
	if err != nil || len(got) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	for i, d := range got {
		if d.ID != want[i] || d.Stage != approval.StageExpired {
			t.Errorf("%d: %+v", i, d)
		}
	}
	r.store.before = func(string) error { return errBroken }
	if _, err := r.Pending(t.Context(), 3); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, "")
	id := r.store.id()
	if err := r.Revoke(t.Context(), "x"); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("no request: %v", err)
	}
	if err := r.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := r.Revoke(t.Context(), id); !errors.Is(err, approval.ErrNotOpen) {
		t.Errorf("twice: %v", err)
	}
	told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve")), approval.OutcomeLate, 303)
	if r.stage(t, link, approval.StageRevoked, false); r.tasks.calls != 0 {
		t.Errorf("%d calls", r.tasks.calls)
	}
}

// TestRevokedTooLate: what was on its way when the operator came is told as it is.
func TestRevokedTooLate(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]error{"delivered": nil, "throttled": throttled} {
		r := newRig()
		link := r.ask(t, "")
		r.tasks.before = func(callback.Callback) error {
			if err := r.Revoke(t.Context(), r.store.id()); err != nil {
				t.Error(err)
			}
			return call
		}
		v := r.Decide(t.Context(), link, known("bob"), form("approve"))
		if call == nil {
			told(t, v, approval.OutcomeAnswered, 303)
			r.stage(t, link, approval.StageAnswered, true)
		} else {
			told(t, v, approval.OutcomeRetry, 503)
			r.stage(t, link, approval.StageRevoked, false)
		}
		if err := r.Revoke(t.Context(), r.store.id()); !errors.Is(err, approval.ErrNotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
