package approval_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

func TestMint(t *testing.T) {
	t.Parallel()
	r := newRig()
	const arn = "arn:aws:states:eu-west-1:123456789012:execution:release:run-7"
	request := asking(t, `,"execution":"`+arn+`","delivery":{"sns":1}`)
	first, err := r.Mint(t.Context(), request)
	if err != nil || first.Delivered {
		t.Fatalf("%+v, %v", first, err)
	}
	record := r.store.only(t)
	record.Request = nil
	want := approval.Record{
		ID: first.Link.ID(), Revision: 1, State: approval.Open, CreatedAt: start(),
		ExpiresAt: start().Add(2 * time.Hour), PurgeAt: start().Add(2*time.Hour + 30*24*time.Hour), Execution: arn,
	}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	r.wait(time.Minute)
	later := request
	later.Title, later.Expires, later.Delivery = "another", later.Expires.Add(time.Minute), json.RawMessage(`{"sns":2}`)
	again, err := r.Mint(t.Context(), later)
	kept := request
	kept.Delivery = later.Delivery
	if diff := cmp.Diff(kept, again.Request); err != nil || again.Delivered || again.Link.Expose() != first.Link.Expose() || diff != "" {
		t.Errorf("minted again: %v, delivered %v\n%s", err, again.Delivered, diff)
	}
	if err := r.Delivered(t.Context(), first.Link); err != nil {
		t.Fatal(err)
	}
	r.wait(time.Minute)
	if err := r.Delivered(t.Context(), first.Link); err != nil {
		t.Fatal(err)
	}
	if third, err := r.Mint(t.Context(), request); err != nil || !third.Delivered {
		t.Errorf("after the delivery: %+v, %v", third, err)
	}
	if got := r.store.only(t); !got.DeliveredAt.Equal(start().Add(time.Minute)) {
		t.Errorf("delivered at %v", got.DeliveredAt)
	}
}

// TestNothingToDeliver: who is asked again for what is over sends no message.
func TestNothingToDeliver(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(r *rig, link string){
		"answered": func(r *rig, link string) { r.Decide(t.Context(), link, approval.Actor{}, form("approve")) },
		"revoked":  func(r *rig, _ string) { _ = r.Revoke(t.Context(), r.store.id()) },
		"expired":  func(r *rig, _ string) { r.wait(2 * time.Hour) },
	} {
		r := newRig()
		end(r, r.ask(t, ""))
		if m, err := r.Mint(t.Context(), asking(t, "")); err != nil || !m.Delivered {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestTheStoreFailsWhileMinting(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.store.before = func(string) error { return errBroken }
	if m, err := r.Mint(t.Context(), asking(t, "")); !errors.Is(err, errBroken) || !m.Link.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
	r.store.before = nil
	link := storedLink(t)
	if err := r.Delivered(t.Context(), link); !errors.Is(err, approval.ErrNotFound) {
		t.Errorf("delivered: %v", err)
	}
	link, _ = approval.ParseLink(r.ask(t, ""))
	r.store.before = onUpdate(approval.ErrConflict)
	if err := r.Delivered(t.Context(), link); !errors.Is(err, approval.ErrConflict) {
		t.Errorf("delivered: %v", err)
	}
	r.store.before = func(operation string) error {
		if operation == "get" {
			return errBroken
		}
		return nil
	}
	if _, err := r.Mint(t.Context(), asking(t, "")); !errors.Is(err, errBroken) {
		t.Errorf("minted again: %v", err)
	}
}

func TestWhatNobodyCouldAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		more       string
		stored     bool
		identities bool
		want       error
	}{
		{``, true, false, nil},
		{``, false, false, nil},
		{`,"identity":"verified"`, true, true, nil},
		{`,"identity":"verified"`, false, true, nil},
		{`,"identity":"verified"`, true, false, approval.ErrUnanswerable},
		{`,"approvals":2` + team, true, true, nil},
		{`,"approvals":2` + team, true, false, approval.ErrUnanswerable},
		{`,"approvals":2` + team, false, true, approval.ErrUnanswerable},
	} {
		r := newRig()
		r.Identities = tt.identities
		if !tt.stored {
			r.Store, r.Keys = nil, keys(t, r, ringText("k1", "k1"), nil)
		}
		m, err := r.Mint(t.Context(), asking(t, tt.more))
		if !errors.Is(err, tt.want) || m.Link.IsZero() != (err != nil) || err == nil && m.Link.Sealed() == tt.stored {
			t.Errorf("%+v: %v", tt, err)
		}
		if err == nil && !tt.stored {
			if err := r.Delivered(t.Context(), m.Link); err != nil {
				t.Errorf("delivered: %v", err)
			}
		}
	}
}

func TestNotice(t *testing.T) {
	t.Parallel()
	r := newRig()
	m, err := r.Mint(t.Context(), asking(t, everything+`,"locale":"de","decisions":[{"value":"approve"},{"value":"reject","label":"Nein"},{"value":"x","label":"X"}]`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Notice("https://example.com/approvals/link")
	want := approval.Notice{
		RequestID: r.store.id(), Link: "https://example.com/approvals/link", Title: "Deploy version 7",
		Description: "Version 7 goes to production.\nIt changes the database.", Requester: "ann@example.com",
		Approvers: []string{"bob@example.com", "eve@example.com"}, OnPage: true, ExpiresAt: start().Add(2 * time.Hour), Locale: "de",
		Fields:    []approval.NoticeField{{Label: "Commit", Value: "4f2a9c"}, {Label: "Rows", Value: "1200000"}, {Label: "Notes", Value: "first\nsecond"}},
		Decisions: []approval.NoticeDecision{{Value: "approve", Label: "Genehmigen"}, {Value: "reject", Label: "Nein"}, {Value: "x", Label: "X"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for more, want := range map[string]bool{
		"": false, `,"comment":"none"`: false, `,"comment":"optional"`: false, `,"confirmPhrase":"yes"`: true,
		`,"comment":"required"`: true, `,"comment":"required-on-reject"`: true,
	} {
		if m, err := (&approval.Minted{Request: asking(t, more)}).Notice("x"); err != nil || m.OnPage != want {
			t.Errorf("%s: on the page alone: %v, %v", more, m.OnPage, err)
		}
	}
	plain := approval.Minted{Request: asking(t, "")}
	if got, err := plain.Notice("x"); err != nil || got.Locale != "en" || got.Decisions[0].Label != "Approve" || strings.Contains(fmt.Sprintf("%+v", got), canaryToken) {
		t.Errorf("%+v, %v", got, err)
	}
}
