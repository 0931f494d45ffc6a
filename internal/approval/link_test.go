package approval_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

func token(t *testing.T, text string) callback.Token {
	t.Helper()
	token, err := callback.NewToken(text)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestLinksStay: links and IDs of requests that are out there must go on being found.
func TestLinksStay(t *testing.T) {
	t.Parallel()
	l, err := approval.ParseLink("-GlC85gjnJ5ov8_rZIV5aU4DFe3K5djS")
	if err != nil || l.ID() != "9d8548750402b74310c33d05a8adfd71" {
		t.Errorf("ID %s, %v", l.ID(), err)
	}
}

// TestLinksAreDrawn: no two are alike, one token has one, and what follows from the token leads nowhere.
func TestLinksAreDrawn(t *testing.T) {
	t.Parallel()
	r := newRig()
	given, of := map[string]string{}, map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z0-9+/=]{1,200}`).Draw(t, "token")
		token, err := callback.NewToken(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := r.Mint(t.Context(), approval.Request{Token: token, Expires: start().Add(time.Hour), Approvals: 1})
		if err != nil {
			t.Fatal(err)
		}
		link := m.Link.Expose()
		if before, known := given[text]; known && before != link || m.Before != known {
			t.Fatal("one token has two links")
		}
		if whose, known := of[link]; known && whose != text {
			t.Fatal("two tokens have one link")
		}
		given[text], of[link] = link, text
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`).MatchString(link) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(string(m.ID())) {
			t.Fatalf("link %s, ID %s", link, m.ID())
		}
		parsed, err := approval.ParseLink(link)
		if err != nil || parsed.ID() != m.ID() || parsed.Sealed() || parsed.IsZero() {
			t.Fatalf("read again: %v", err)
		}
	})
	other := newRig()
	for text, link := range given {
		request := approval.Request{Token: token(t, text), Expires: start().Add(time.Hour), Approvals: 1}
		if m, err := other.Mint(t.Context(), request); err != nil || m.Link.Expose() == link || string(m.ID()) == string(r.store.id()) {
			t.Fatalf("the link follows from the token: %v", err)
		}
	}
	var none approval.Link
	if !none.IsZero() || none.Expose() != "" || none.ID() != "" || none.Sealed() {
		t.Error("no link is one")
	}
}

func TestNoLinks(t *testing.T) {
	t.Parallel()
	good := "-GlC85gjnJ5ov8_rZIV5aU4DFe3K5djS"
	for _, text := range []string{
		"", good[:31], good[:28], good + "A", good + "AA", good + "=", good + "\n", good[:8] + "\r\n" + good[8:], " " + good, good[:31] + "+", good[:31] + "/",
		good[:31] + "=", good[:31] + "ä", strings.Repeat("A", 44), strings.Repeat("A", 4097), strings.Repeat("A", 1<<20), good[:31] + "\x00",
		strings.Repeat("A", 49) + "B", // bits that no byte has
	} {
		if l, err := approval.ParseLink(text); !errors.Is(err, approval.ErrLink) || !l.IsZero() || err.Error() != "this is no link to a request" {
			t.Errorf("%.50q: %v", text, err)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	for _, seed := range []string{"", strings.Repeat("A", 32), strings.Repeat("_-", 30), strings.Repeat("A", 31) + "=", "\n" + strings.Repeat("A", 32)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := approval.ParseLink(text)
		switch {
		case err != nil && (!errors.Is(err, approval.ErrLink) || !l.IsZero()):
			t.Fatalf("%v", err)
		case err == nil && (l.Expose() != text || l.Sealed() == (len(text) == 32) || l.Sealed() != (l.ID() == "")):
			t.Fatalf("%q is read as another link", text)
		}
	})
}

// TestNothingSecretIsPrinted: neither link, comment, request nor keys, alone or in other values.
func TestNothingSecretIsPrinted(t *testing.T) {
	t.Parallel()
	r := newRig()
	r.Keys = keys(t, r, `{"current":"k1","keys":{"k1":"`+keyText('K')+`"}}`, nil)
	ring, err := approval.ParseKeyring([]byte(`{"current":"k1","keys":{"k1":"` + keyText('K') + `"}}`))
	if err != nil {
		t.Fatal(err)
	}
	request := asking(t, `,"description":"CANARY-REQUEST"`)
	sealed, err := ring.Seal(&request)
	if err != nil {
		t.Fatal(err)
	}
	minted, err := r.Mint(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	link := minted.Link
	view := r.Decide(t.Context(), link.Expose(), approval.Actor{}, form("approved", "CANARY-COMMENT"))
	hidden := struct {
		link    approval.Link
		comment approval.Comment
		view    *approval.View
	}{link, approval.NewComment("CANARY-COMMENT"), &view}
	var out strings.Builder
	for _, v := range []any{link, &link, sealed, hidden, &hidden, minted, view, view.Kept, approval.NewComment("CANARY-COMMENT"), *ring, ring, r.Keys, request, &request} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		if _, whole := v.(approval.Request); whole {
			continue // its JSON is what is sealed
		}
		if _, whole := v.(*approval.Request); whole {
			continue
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		if text, err := xml.Marshal(v); err == nil {
			out.Write(text)
		}
	}
	for _, v := range []any{link, sealed, approval.NewComment("CANARY-COMMENT")} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	for _, secret := range []string{canaryToken, link.Expose(), sealed.Expose()[:40], "CANARY-COMMENT", keyText('K')[:20], "[75 75 75"} {
		if strings.Contains(out.String(), secret) {
			at := strings.Index(out.String(), secret)
			t.Errorf("%s was printed: …%s", secret, out.String()[max(0, at-80):at+len(secret)])
		}
	}
	if out.Len() < 2000 {
		t.Errorf("only %d bytes were printed", out.Len())
	}
}

// TestTheLogTellsNothing of what people wrote and what completes the task, whatever goes wrong.
func TestTheLogTellsNothing(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(r *rig){
		"none":          func(*rig) {},
		"throttled":     func(r *rig) { r.tasks.before = threw(throttled) },
		"answer lost":   func(r *rig) { r.tasks.before = threw(lostAnswer) },
		"closed":        func(r *rig) { r.tasks.before = threw(errClosed) },
		"refused":       func(r *rig) { r.tasks.before = threw(callback.Reject(callback.CodeInvalidToken, "x")) },
		"store fails":   func(r *rig) { r.store.before = func(string) error { return errBroken } },
		"always newer":  func(r *rig) { r.store.before = onUpdate(approval.ErrConflict) },
		"update fails":  func(r *rig) { r.store.before = onUpdate(errBroken) },
		"record broken": func(r *rig) { r.tamper(func(record *approval.Record) { record.Request[20] ^= 1 }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig()
			link := r.ask(t, `,"description":"CANARY-REQUEST","approvers":["CANARY-WHO"]`)
			trouble(r)
			views := []approval.View{
				r.Show(t.Context(), link, approval.Actor{}),
				r.Decide(t.Context(), link, approval.Actor{}, form("reject", "CANARY-COMMENT")),
				r.Decide(t.Context(), link, known("CANARY-WHO"), form("CANARY", "CANARY-COMMENT")),
			}
			for _, v := range views {
				if strings.Contains(fmt.Sprintf("%+v", v), canaryToken) {
					t.Error("the view prints the token")
				}
			}
			_, err := r.Mint(t.Context(), asking(t, ""))
			log := r.log.String() + fmt.Sprint(err, r.Revoke(t.Context(), r.store.id()))
			if strings.Contains(log, "CANARY") || strings.Contains(log, link) {
				t.Errorf("the log says %s", log)
			}
			if name != "throttled" && name != "none" && !strings.Contains(log, `"msg"`) {
				t.Error("nothing is logged")
			}
		})
	}
}

func onUpdate(err error) func(string) error {
	return func(operation string) error {
		if operation == "update" {
			return err
		}
		return nil
	}
}

// storedLink returns a link to nothing.
func storedLink(t *testing.T) approval.Link {
	t.Helper()
	l, err := approval.ParseLink("-GlC85gjnJ5ov8_rZIV5aU4DFe3K5djS")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
