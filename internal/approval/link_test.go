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
	l := approval.NewLink(token(t, "AAAAKgAAAAIAAAAAAAAAAQ=="))
	if l.Expose() != "-GlC85gjnJ5ov8_rZIV5aU4DFe3K5djS" || l.ID() != "9d8548750402b74310c33d05a8adfd71" {
		t.Errorf("link %s, ID %s", l.Expose(), l.ID())
	}
}

func TestLinksOfTokens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z0-9+/=]{1,200}`)
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		link := func(text string) approval.Link {
			token, err := callback.NewToken(text)
			if err != nil {
				t.Fatal(err)
			}
			return approval.NewLink(token)
		}
		la, lb := link(a), link(b)
		if (la.Expose() == lb.Expose()) != (a == b) || (la.ID() == lb.ID()) != (a == b) || la.Expose() != link(a).Expose() {
			t.Fatal("links are not told apart by their token")
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`).MatchString(la.Expose()) || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(string(la.ID())) {
			t.Fatalf("link %s, ID %s", la.Expose(), la.ID())
		}
		parsed, err := approval.ParseLink(la.Expose())
		if err != nil || parsed.ID() != la.ID() || parsed.Sealed() || parsed.IsZero() {
			t.Fatalf("read again: %v", err)
		}
	})
	var none approval.Link
	if l := approval.NewLink(callback.Token{}); !l.IsZero() || !none.IsZero() || none.Expose() != "" || none.ID() != "" || none.Sealed() {
		t.Error("no token has a link")
	}
}

func TestNoLinks(t *testing.T) {
	t.Parallel()
	good := approval.NewLink(token(t, "T")).Expose()
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
	link := approval.NewLink(token(t, canaryToken))
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
