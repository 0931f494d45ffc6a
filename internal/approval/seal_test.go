package approval_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
)

// tamper changes the record of the one request behind the service's back.
func (r *rig) tamper(change func(*approval.Record)) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	for id, record := range r.store.records {
		if record.State == approval.Pointer {
			continue
		}
		record.Request, record.Progress = bytes.Clone(record.Request), bytes.Clone(record.Progress)
		change(&record)
		r.store.records[id] = record
	}
}

// voted returns a rig whose record has both sealed parts.
func voted(t *testing.T, taskToken string) (*rig, string) {
	t.Helper()
	r := newRig()
	request := asking(t, `,"approvals":3,"approvers":["CANARY-WHO","eve","bob"],"description":"CANARY-REQUEST"`)
	request.Token = token(t, taskToken)
	m, err := r.Mint(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	told(t, r.Decide(t.Context(), m.Link.Expose(), known("CANARY-WHO"), form("approve", "CANARY-COMMENT")), approval.OutcomeVoted, 303)
	return r, m.Link.Expose()
}

// TestARecordTellsNothing: neither the token, the link, what was asked nor what was answered stands in it.
func TestARecordTellsNothing(t *testing.T) {
	t.Parallel()
	r, link := voted(t, canaryToken)
	record := r.store.only(t)
	text := fmt.Sprintf("%+v %s %s", record, record.Request, record.Progress)
	for _, secret := range []string{"CANARY", "Deploy", "approve", link} {
		if strings.Contains(text, secret) {
			t.Errorf("the record tells %s", secret)
		}
	}
	if len(record.Request) < 100 || len(record.Progress) < 100 {
		t.Errorf("%d and %d bytes; the parts are missing", len(record.Request), len(record.Progress))
	}
}

// TestAChangedRecordDoesNotOpen, whichever bit was changed in whichever part.
func TestAChangedRecordDoesNotOpen(t *testing.T) {
	t.Parallel()
	r, link := voted(t, canaryToken)
	whole := r.store.only(t)
	want := render(t, r.Show(t.Context(), "no link", approval.Actor{}), approval.English)
	rapid.Check(t, func(rt *rapid.T) {
		changed := whole
		changed.Request, changed.Progress = bytes.Clone(whole.Request), bytes.Clone(whole.Progress)
		part := rapid.SampledFrom([]*[]byte{&changed.Request, &changed.Progress}).Draw(rt, "part")
		at := rapid.IntRange(0, len(*part)-1).Draw(rt, "byte")
		switch rapid.IntRange(0, 3).Draw(rt, "how") {
		case 0:
			*part = (*part)[:at]
			if at == 0 && part == &changed.Progress {
				rt.Skip("nothing happened yet")
			}
		case 1:
			*part = append(*part, 0)
		default:
			(*part)[at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		}
		r.tamper(func(record *approval.Record) { *record = changed })
		v := r.Show(t.Context(), link, known("eve"))
		if v.Status != http.StatusNotFound || render(t, v, approval.English) != want {
			rt.Fatalf("the page has the status %d", v.Status)
		}
	})
	r.tamper(func(record *approval.Record) { *record = whole })
	if v := r.Show(t.Context(), link, known("eve")); v.Status != http.StatusOK || len(v.Standing.Votes) != 1 {
		t.Errorf("unchanged, the page has the status %d", v.Status)
	}
}

// TestPartsStayInTheirPlace: a part of another record, or the other part of the same one, opens nothing.
func TestPartsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	other, otherLink := voted(t, "another")
	stranger := other.store.only(t)
	for name, change := range map[string]func(*approval.Record){
		"another request":                  func(r *approval.Record) { r.Request = stranger.Request },
		"another progress":                 func(r *approval.Record) { r.Progress = stranger.Progress },
		"another record":                   func(r *approval.Record) { r.Request, r.Progress = stranger.Request, stranger.Progress },
		"the request as progress":          func(r *approval.Record) { r.Progress = r.Request },
		"the progress as request":          func(r *approval.Record) { r.Request = r.Progress },
		"no request":                       func(r *approval.Record) { r.Request = nil },
		"only a version":                   func(r *approval.Record) { r.Request = r.Request[:1] },
		"another's link to a forged place": func(r *approval.Record) { r.Request = append([]byte{2}, r.Request[1:]...) },
	} {
		r, link := voted(t, canaryToken)
		r.tamper(change)
		if v := r.Show(t.Context(), link, known("eve")); v.Status != http.StatusNotFound {
			t.Errorf("%s: the page has the status %d", name, v.Status)
		}
		if !strings.Contains(r.log.String(), "damaged or exchanged") {
			t.Errorf("%s: nobody is told", name)
		}
		if v := r.Show(t.Context(), otherLink, known("eve")); v.Status != http.StatusNotFound {
			t.Errorf("%s: by the other's link it has the status %d", name, v.Status)
		}
	}
}
