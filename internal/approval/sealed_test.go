package approval_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/approval"
)

// keyText returns a key of one byte repeated.
func keyText(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), 32)))
}

func ringText(current string, ids ...string) string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = fmt.Sprintf("%q:%q", id, keyText(id[len(id)-1]))
	}
	return fmt.Sprintf(`{"current":%q,"keys":{%s}}`, current, strings.Join(keys, ","))
}

func ring(t *testing.T, current string, ids ...string) *approval.Keyring {
	t.Helper()
	k, err := approval.ParseKeyring([]byte(ringText(current, ids...)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keys keeps a keyring for a rig, and counts how often it is fetched.
func keys(t *testing.T, r *rig, text string, fetched *int) *approval.Keys {
	t.Helper()
	return &approval.Keys{Now: r.now, Log: r.Log, Fetch: func(context.Context) ([]byte, error) {
		if fetched != nil {
			*fetched++
		}
		return []byte(text), nil
	}}
}

// sealedRig returns a rig without a store, and a sealed link to its request.
func sealedRig(t *testing.T, more string) (*rig, string) {
	t.Helper()
	r := newRig()
	r.Store, r.Keys = nil, keys(t, r, ringText("k1", "k1"), nil)
	return r, r.ask(t, more)
}

func TestParseKeyring(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `CANARY`, `[]`, `{}`, `{"current":"k1"}`, `{"keys":{}}`, `{"current":"k1","keys":{}}`, `{"current":1,"keys":{"k1":"` + keyText('a') + `"}}`,
		`{"current":"k2","keys":{"k1":"` + keyText('a') + `"}}`, `{"current":"k1","keys":{"k1":"CANARY"}}`, `{"current":"k1","keys":{"k1":"Q0FOQVJZ"}}`,
		`{"current":"K1","keys":{"K1":"` + keyText('a') + `"}}`, `{"current":"k1","keys":{"k1":7}}`, `{"current":"k1","keys":["k1"]}`, `{"current":"","keys":{"":"` + keyText('a') + `"}}`,
		`{"current":"k1","keys":{"k1":"` + keyText('a') + `"},"CANARY":1}`, `{"current":"k1","current":"k1","keys":{"k1":"` + keyText('a') + `"}}`,
		`{"current":"12345678901234567","keys":{"12345678901234567":"` + keyText('a') + `"}}`,
	} {
		if k, err := approval.ParseKeyring([]byte(text)); err == nil || k != nil || strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "k1") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSealedLinksOpenAgain(t *testing.T) {
	t.Parallel()
	want := asking(t, everything)
	old, both, next := ring(t, "k1", "k1"), ring(t, "k2", "k1", "k2"), ring(t, "k2", "k2")
	first, err := old.Seal(&want)
	if err != nil {
		t.Fatal(err)
	}
	second, err := both.Seal(&want)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		ring *approval.Keyring
		link approval.Link
		want error
	}{
		{"the same key", old, first, nil},
		{"a key that seals no more", both, first, nil},
		{"the new key", both, second, nil},
		{"only the new key", next, second, nil},
		{"a key that was withdrawn", next, first, approval.ErrKeyUnknown},
		{"a key that is not known yet", old, second, approval.ErrKeyUnknown},
		{"a stored link", old, storedLink(t), approval.ErrLink},
	} {
		got, err := tt.ring.Open(tt.link)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		} else if tt.want == nil {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
	}
}

// TestAChangedSealedLinkDoesNotOpen, whichever character was changed.
func TestAChangedSealedLinkDoesNotOpen(t *testing.T) {
	t.Parallel()
	r, link := sealedRig(t, "")
	want := render(t, r.Show(t.Context(), "no link", approval.Actor{}), approval.English)
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(link)-1).Draw(rt, "at")
		changed := link[:at] + rapid.StringMatching(`[A-Za-z0-9_-]?`).Draw(rt, "by") + link[at+1:]
		if changed == link {
			rt.Skip("the same")
		}
		if v := r.Show(t.Context(), changed, approval.Actor{}); v.Status != http.StatusNotFound || render(t, v, approval.English) != want {
			rt.Fatalf("%s has the status %d", changed, v.Status)
		}
	})
}

// TestHowLongSealedLinksAre: with a token as Step Functions gives it, which has 512 bytes in base64.
func TestHowLongSealedLinksAre(t *testing.T) {
	t.Parallel()
	k := ring(t, "k1", "k1")
	request := asking(t, "")
	request.Token = token(t, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 512))))
	link, err := k.Seal(&request)
	if n := len(link.Expose()); err != nil || n > 850 {
		t.Errorf("%d characters, %v", n, err)
	}
	request.Description = strings.Repeat("x", 3000)
	if link, err = k.Seal(&request); !errors.Is(err, approval.ErrUnanswerable) || !link.IsZero() || strings.Contains(err.Error(), "xxx") {
		t.Errorf("%v", err)
	}
}

func TestSealedAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		call    error
		outcome approval.Outcome
		status  int
		screen  approval.Screen
	}{
		{"taken", nil, "answered", 200, "answered"},
		{"closed", errClosed, "late", 410, "ended"},
		{"closed after an answer was lost", closedLost, "probable", 200, "answered"},
		{"throttled", throttled, "retry", 503, "request"},
		{"answer lost", lostAnswer, "retry", 503, "request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, link := sealedRig(t, `,"approvers":["bob"]`)
			if tt.call != nil {
				r.tasks.before = threw(tt.call)
			}
			v := r.Decide(t.Context(), link, known("bob"), form("approve", "my comment"))
			told(t, v, tt.outcome, tt.status)
			if page := render(t, v, approval.English); v.Screen != tt.screen || tt.screen != "ended" && !strings.Contains(page, "my comment") {
				t.Errorf("screen %s", v.Screen)
			}
		})
	}
	t.Run("what the workflow is told", func(t *testing.T) {
		t.Parallel()
		r, link := sealedRig(t, "")
		told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve")), approval.OutcomeAnswered, 200)
		want := map[string]any{
			"decision": "approve", "approved": true, "comment": "", "decidedAt": "2026-11-23T15:04:05Z", "channel": "web",
			"approver": map[string]any{"id": "", "method": "link", "verified": false}, "requestId": "0fef8d9eb0aecc2f100690a4ae8fa088",
		}
		if diff := cmp.Diff(want, r.taken()); diff != "" {
			t.Error(diff)
		}
		told(t, r.Decide(t.Context(), link, approval.Actor{}, form("approve")), approval.OutcomeLate, 410)
	})
	t.Run("the same rules", func(t *testing.T) {
		t.Parallel()
		r, link := sealedRig(t, `,"approvers":["bob"],"confirmPhrase":"yes"`)
		told(t, r.Decide(t.Context(), link, known("eve"), form("approve", "", "yes")), approval.OutcomeRefused, 403)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve")), approval.OutcomeInvalid, 400)
		r.wait(2 * time.Hour)
		told(t, r.Decide(t.Context(), link, known("bob"), form("approve", "", "yes")), approval.OutcomeLate, 410)
		if r.tasks.calls != 0 {
			t.Errorf("%d calls", r.tasks.calls)
		}
	})
}

// TestBothKindsOfLinks: while an installation changes from one to the other, the links of both lead on.
func TestBothKindsOfLinks(t *testing.T) {
	t.Parallel()
	r, sealed := sealedRig(t, "")
	stored := newRig()
	link := stored.ask(t, "")
	if v := r.Show(t.Context(), link, approval.Actor{}); v.Status != 404 {
		t.Errorf("a stored link without a store: %d", v.Status)
	}
	if v := stored.Show(t.Context(), sealed, approval.Actor{}); v.Status != 404 {
		t.Errorf("a sealed link without keys: %d", v.Status)
	}
	stored.Keys = r.Keys
	for _, text := range []string{link, sealed} {
		if v := stored.Show(t.Context(), text, approval.Actor{}); v.Status != 200 {
			t.Errorf("with both: %d", v.Status)
		}
	}
}

func TestWhenKeysAreFetched(t *testing.T) {
	t.Parallel()
	r := newRig()
	fetched, text, err := 0, ringText("k1", "k1"), error(nil)
	k := &approval.Keys{Now: r.now, Log: r.Log, Fetch: func(context.Context) ([]byte, error) {
		fetched++
		return []byte(text), err
	}}
	request := asking(t, "")
	known, sealErr := k.Seal(t.Context(), &request)
	if sealErr != nil {
		t.Fatal(sealErr)
	}
	unknown, sealErr := ring(t, "k2", "k2").Seal(&request)
	if sealErr != nil {
		t.Fatal(sealErr)
	}
	step := func(name string, wait time.Duration, link approval.Link, wantErr error, wantFetched int) {
		t.Helper()
		r.wait(wait)
		if _, err := k.Open(t.Context(), link); !errors.Is(err, wantErr) || fetched != wantFetched {
			t.Errorf("%s: %v after %d fetches, want %v after %d", name, err, fetched, wantErr, wantFetched)
		}
	}
	step("fresh", 0, known, nil, 1)
	step("nearly old", 5*time.Minute-time.Second, known, nil, 1)
	step("old", time.Second, known, nil, 2)
	step("unknown, just fetched", 59*time.Second, unknown, approval.ErrLink, 2)
	step("unknown, a minute later", time.Second, unknown, approval.ErrLink, 3)
	step("unknown again", 0, unknown, approval.ErrLink, 3)
	text = ringText("k2", "k1", "k2")
	step("the new key is there", time.Minute, unknown, nil, 4)
	err = errBroken
	step("no secret store: the old keyring", 5*time.Minute, known, nil, 5)
	step("and not asked again at once", time.Second, known, nil, 5)
	text, err = "broken", nil
	step("a keyring that cannot be read", 5*time.Minute, unknown, nil, 6)
	if logged := strings.Count(r.log.String(), "could not be read anew"); logged != 2 {
		t.Errorf("%d lines tell of an old keyring", logged)
	}
	fetched = 0
	fresh := &approval.Keys{Now: r.now, Log: r.Log, Fetch: func(context.Context) ([]byte, error) {
		fetched++
		return nil, errBroken
	}}
	if _, err := fresh.Open(t.Context(), known); !errors.Is(err, errBroken) {
		t.Errorf("without any keyring: %v", err)
	}
	if _, err := fresh.Seal(t.Context(), &request); !errors.Is(err, errBroken) {
		t.Errorf("without any keyring: %v", err)
	}
	r.Store, r.Keys = nil, fresh
	for range 100 {
		if v := r.Show(t.Context(), known.Expose(), approval.Actor{}); v.Status != http.StatusServiceUnavailable {
			t.Errorf("without any keyring the page has the status %d", v.Status)
		}
	}
	if r.wait(5*time.Second - time.Millisecond); fetched != 1 {
		t.Errorf("%d fetches at once", fetched)
	}
	fresh.Fetch = func(context.Context) ([]byte, error) { return []byte(ringText("k1", "k1")), nil }
	for wait, want := range []error{errBroken, nil} {
		r.wait(time.Duration(wait) * time.Millisecond)
		if _, err := fresh.Open(t.Context(), known); !errors.Is(err, want) {
			t.Errorf("later: %v, want %v", err, want)
		}
	}
}

// TestACallerWithoutTime does not keep the next one from the keyring.
func TestACallerWithoutTime(t *testing.T) {
	t.Parallel()
	r := newRig()
	k := &approval.Keys{Now: r.now, Log: r.Log, Fetch: func(ctx context.Context) ([]byte, error) {
		return []byte(ringText("k1", "k1")), ctx.Err()
	}}
	request := asking(t, "")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Seal(gone, &request); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := k.Seal(t.Context(), &request); err != nil {
		t.Error(err)
	}
}
