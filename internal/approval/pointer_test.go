package approval_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

// pointerOfCanary is where the pointer of canaryToken is. Those that are out there must go on being found.
const pointerOfCanary approval.ID = "9fbb7c3f65ca8a2934c705591814cc48"

// TestThePointer lasts as long as the request, is on no list, and tells nobody anything who has only the table.
func TestThePointer(t *testing.T) {
	t.Parallel()
	r := newRig()
	link := r.ask(t, `,"execution":"arn:aws:states:eu-west-1:123456789012:execution:release:run-7"`)
	pointers := r.store.of(true)
	if len(pointers) != 1 {
		t.Fatalf("%d pointers", len(pointers))
	}
	got := pointers[0]
	sealed := got.Request
	got.Request = nil
	request := r.store.only(t)
	want := approval.Record{
		ID: pointerOfCanary, Revision: 1, State: approval.Pointer, CreatedAt: start(), ExpiresAt: request.ExpiresAt, PurgeAt: request.PurgeAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointer (-want +got):\n%s", diff)
	}
	parsed, _ := approval.ParseLink(link)
	text := fmt.Sprintf("%s %x %s", sealed, sealed, request.Request)
	for _, secret := range []string{link, string(parsed.ID()), string(pointerOfCanary), canaryToken} {
		if strings.Contains(text, secret) {
			t.Errorf("the pointer tells %s", secret)
		}
	}
	r.listsOne(t)
	r.wait(30 * time.Hour)
	r.surveyed(t, approval.Survey{Swept: 1})
	r.surveyed(t, approval.Survey{})
}

// listsOne demands that operators see the request and no pointer.
func (r *rig) listsOne(t *testing.T) {
	t.Helper()
	r.surveyed(t, approval.Survey{Open: 1})
	if all, err := r.Pending(t.Context(), 9); err != nil || len(all) != 1 || all[0].ID != r.store.id() {
		t.Errorf("open are %+v, %v", all, err)
	}
	if d, err := r.Describe(t.Context(), pointerOfCanary); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("the pointer is described: %+v, %v", d, err)
	}
	if err := r.Revoke(t.Context(), pointerOfCanary); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("the pointer is revoked: %v", err)
	}
}

// TestAMintThatWasCutOff at any of its operations is ended by the next one, with the same link and one request.
func TestAMintThatWasCutOff(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} { // whether the operation that fails was carried out
		for at := 1; at <= 2; at++ {
			r := newRig()
			n := 0
			r.store.before = func(operation string) error {
				n++
				if n != at {
					return nil
				}
				r.store.before = nil
				if done {
					r.store.after = func() error { r.store.after = nil; return errBroken }
					return nil
				}
				return errBroken
			}
			if m, err := r.Mint(t.Context(), asking(t, "")); !errors.Is(err, errBroken) || !m.Link.IsZero() {
				t.Fatalf("%d, done %v: %+v, %v", at, done, m, err)
			}
			first, err := r.Mint(t.Context(), asking(t, ""))
			if err != nil || first.Delivered || first.Before != (at == 2 && done) {
				t.Errorf("%d, done %v: %+v, %v", at, done, first, err)
			}
			again, err := r.Mint(t.Context(), asking(t, ""))
			if err != nil || again.Link.Expose() != first.Link.Expose() || !again.Before {
				t.Errorf("%d, done %v: %+v, %v", at, done, again, err)
			}
			told(t, r.Decide(t.Context(), first.Link.Expose(), approval.Actor{}, form("approve")), approval.OutcomeAnswered, 303)
			r.store.only(t)
		}
	}
}

// TestMintsAtOnce have one link and one request.
func TestMintsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig()
	links := make([]string, 8)
	request := asking(t, "")
	var all sync.WaitGroup
	for n := range links {
		all.Go(func() {
			if m, err := r.Mint(t.Context(), request); err != nil {
				t.Error(err)
			} else {
				links[n] = m.Link.Expose()
			}
		})
	}
	all.Wait()
	for _, link := range links {
		if link != links[0] {
			t.Error("one token has two links")
		}
	}
	r.store.only(t)
}

// TestAPointerThatWasChanged, or is another token's, leads to no link; the state fails, and nothing quotes it.
func TestAPointerThatWasChanged(t *testing.T) {
	t.Parallel()
	other := newRig()
	other.askFor(t, "another", time.Hour)
	for name, change := range map[string]func(*approval.Record){
		"a bit":           func(r *approval.Record) { r.Request[20] ^= 1 },
		"shorter":         func(r *approval.Record) { r.Request = r.Request[:len(r.Request)-1] },
		"nothing":         func(r *approval.Record) { r.Request = nil },
		"another version": func(r *approval.Record) { r.Request[0]++ },
		"another's":       func(r *approval.Record) { r.Request = other.store.of(true)[0].Request },
		"the request":     nil,
	} {
		r := newRig()
		r.ask(t, "")
		if change == nil {
			change = func(p *approval.Record) { p.Request = r.store.only(t).Request }
		}
		pointer := r.store.of(true)[0]
		pointer.Request = bytes.Clone(pointer.Request)
		change(&pointer)
		if _, err := r.store.Update(t.Context(), pointer); err != nil {
			t.Fatal(err)
		}
		m, err := r.Mint(t.Context(), asking(t, ""))
		if err == nil || !m.Link.IsZero() || !strings.Contains(err.Error(), "does not belong to this token") || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}
