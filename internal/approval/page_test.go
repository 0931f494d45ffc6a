package approval_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

var update = flag.Bool("update", false, "write the golden pages anew")

const everything = `,"description":"Version 7 goes to production.\nIt changes the database.","requester":"ann@example.com",
	"approvers":["bob@example.com","eve@example.com"],"execution":"arn:aws:states:eu-west-1:123456789012:execution:release:run-7",
	"fields":[{"label":"Commit","value":"4f2a9c"},{"label":"Rows","value":1200000},{"label":"Notes","value":"first\nsecond"}],
	"confirmPhrase":"deploy 7","comment":"required-on-reject"`

func threw(err error) func(callback.Callback) error {
	return func(callback.Callback) error { return err }
}

// screens are the states of the page, each with how it comes about.
func screens(t *testing.T) map[string]approval.View {
	t.Helper()
	throttled := &callback.Error{Kind: callback.Transient, Code: "ThrottlingException", Message: "slow"}
	lost := &callback.Error{Kind: callback.Transient, Code: callback.CodeNetwork, Message: "lost", AnswerLost: true}
	bob, eve := known("bob@example.com"), known("eve@example.com")
	quorum := everything + `,"approvals":2`
	views := map[string]approval.View{}
	add := func(name, more string, view func(r *rig, link string) approval.View) {
		r := newRig()
		link := r.ask(t, more)
		r.wait(5 * time.Minute)
		views[name] = view(r, link)
	}
	shown := func(actor approval.Actor) func(r *rig, link string) approval.View {
		return func(r *rig, link string) approval.View { return r.Show(t.Context(), link, actor) }
	}
	add("open", everything, shown(bob))
	add("open-plain", ``, shown(approval.Actor{}))
	add("open-decisions", `,"comment":"none","rejectAs":"success","decisions":[{"value":"yes","label":"Yes, all of it"},{"value":"half","label":"Only half"},{"value":"no","label":"No","rejects":true}]`,
		shown(approval.Actor{}))
	add("open-german", everything+`,"locale":"de"`, shown(bob))
	add("open-votes", quorum, func(r *rig, link string) approval.View {
		r.Decide(t.Context(), link, bob, form("approve", "fine with me", "deploy 7"))
		return r.Show(t.Context(), link, eve)
	})
	add("open-voted", quorum, func(r *rig, link string) approval.View {
		r.Decide(t.Context(), link, bob, form("approve", "", "deploy 7"))
		return r.Show(t.Context(), link, bob)
	})
	add("open-own", `,"requester":"bob@example.com","noSelfApproval":true,"approvers":["bob@example.com","eve@example.com"]`, shown(bob))
	add("open-unconfirmed", everything, func(r *rig, link string) approval.View {
		r.tasks.before = threw(lost)
		r.Decide(t.Context(), link, bob, form("approve", "go", "deploy 7"))
		return r.Show(t.Context(), link, bob)
	})
	add("problems", everything, func(r *rig, link string) approval.View {
		return r.Decide(t.Context(), link, bob, form("reject", "  ", "Deploy 7"))
	})
	add("problems-decision", everything, func(r *rig, link string) approval.View {
		return r.Decide(t.Context(), link, bob, form("Approve", "</textarea><script>alert(1)</script>", "deploy 7"))
	})
	add("unreachable", everything, func(r *rig, link string) approval.View {
		r.tasks.before = threw(throttled)
		return r.Decide(t.Context(), link, bob, form("approve", "go\nahead", "deploy 7"))
	})
	add("refused-by-step-functions", ``, func(r *rig, link string) approval.View {
		r.tasks.before = threw(callback.Reject(callback.CodeInvalidToken, "x"))
		return r.Decide(t.Context(), link, approval.Actor{}, form("approve"))
	})
	add("not-asked", everything, shown(known("mallory@example.com")))
	add("identity-needed", everything+`,"identity":"verified"`, shown(approval.Actor{}))
	add("answered", everything, func(r *rig, link string) approval.View {
		r.Decide(t.Context(), link, bob, form("reject", "not on\na Friday", "deploy 7"))
		r.wait(3 * 24 * time.Hour)
		return r.Show(t.Context(), link, bob)
	})
	add("answered-link", ``, func(r *rig, link string) approval.View {
		r.Decide(t.Context(), link, approval.Actor{}, form("approve"))
		return r.Show(t.Context(), link, approval.Actor{})
	})
	add("answered-probably", ``, func(r *rig, link string) approval.View {
		gone := &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut, Message: "closed", AnswerLost: true}
		r.tasks.before = threw(gone)
		r.Decide(t.Context(), link, approval.Actor{}, form("approve"))
		return r.Show(t.Context(), link, approval.Actor{})
	})
	add("answered-votes", quorum, func(r *rig, link string) approval.View {
		r.Decide(t.Context(), link, bob, form("approve", "fine with me", "deploy 7"))
		r.Decide(t.Context(), link, eve, form("approve", "", "deploy 7"))
		return r.Show(t.Context(), link, eve)
	})
	add("expired", everything, func(r *rig, link string) approval.View {
		r.wait(2 * time.Hour)
		return r.Show(t.Context(), link, bob)
	})
	add("closed", ``, func(r *rig, link string) approval.View {
		r.tasks.expire(asking(t, "").Token)
		r.Decide(t.Context(), link, approval.Actor{}, form("approve"))
		return r.Show(t.Context(), link, approval.Actor{})
	})
	add("closed-unclear", ``, func(r *rig, link string) approval.View {
		r.tasks.before = threw(lost)
		r.Decide(t.Context(), link, approval.Actor{}, form("approve", "first"))
		r.Decide(t.Context(), link, approval.Actor{}, form("reject", "second"))
		r.tasks.before = threw(errClosed)
		r.Decide(t.Context(), link, approval.Actor{}, form("reject", "third"))
		return r.Show(t.Context(), link, approval.Actor{})
	})
	add("revoked", everything, func(r *rig, link string) approval.View {
		if err := r.Revoke(t.Context(), r.store.only(t).ID); err != nil {
			t.Fatal(err)
		}
		return r.Show(t.Context(), link, bob)
	})
	add("missing", ``, func(r *rig, _ string) approval.View {
		return r.Show(t.Context(), strings.Repeat("x", 32), bob)
	})
	add("unavailable", ``, func(r *rig, link string) approval.View {
		r.store.before = func(string) error { return errBroken }
		return r.Decide(t.Context(), link, bob, form("approve", "keep this"))
	})
	return views
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, view := range screens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := render(t, view, approval.English)
			style := regexp.MustCompile(`(?s)<style>.*</style>`)
			got = style.ReplaceAllString(got, "<style></style>") // tested apart
			path := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("the page changed; see it with -update (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPagesOfAllScreens(t *testing.T) {
	t.Parallel()
	wanted := map[string]struct {
		screen approval.Screen
		status int
	}{
		"open": {"request", 200}, "open-plain": {"request", 200}, "open-decisions": {"request", 200}, "open-german": {"request", 200},
		"open-votes": {"request", 200}, "open-voted": {"request", 200}, "open-own": {"request", 200}, "open-unconfirmed": {"request", 200},
		"problems": {"request", 400}, "problems-decision": {"request", 400},
		"unreachable": {"request", 503}, "refused-by-step-functions": {"request", 500},
		"not-asked": {"refused", 403}, "identity-needed": {"refused", 403},
		"answered": {"answered", 200}, "answered-link": {"answered", 200}, "answered-probably": {"answered", 200}, "answered-votes": {"answered", 200},
		"expired": {"ended", 410}, "closed": {"ended", 410}, "closed-unclear": {"ended", 410}, "revoked": {"ended", 410},
		"missing": {"missing", 404}, "unavailable": {"unavailable", 503},
	}
	got := screens(t)
	if len(got) != len(wanted) {
		t.Errorf("%d screens, want %d", len(got), len(wanted))
	}
	for name, want := range wanted {
		if v := got[name]; v.Screen != want.screen || v.Status != want.status {
			t.Errorf("%s: %s, %d, want %s, %d", name, v.Screen, v.Status, want.screen, want.status)
		}
	}
}

// TestTheStyleIsAllowed: the hash in the header is that of the style sheet in the page.
func TestTheStyleIsAllowed(t *testing.T) {
	t.Parallel()
	page := render(t, approval.View{Screen: approval.ScreenMissing}, approval.English)
	found := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(page, -1)
	if len(found) != 1 || len(found[0][1]) < 1000 {
		t.Fatalf("%d style sheets", len(found))
	}
	sum := sha256.Sum256([]byte(found[0][1]))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	headers := approval.Headers()
	if got := headers.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy\n%s, want\n%s", got, want)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "X-Robots-Tag": "noindex, nofollow, noarchive",
		"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
	} {
		if got := headers.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestThePagesAreSound looks for what every page must have, and must not.
func TestThePagesAreSound(t *testing.T) {
	t.Parallel()
	for name, view := range screens(t) {
		for _, l := range approval.Locales() {
			page := render(t, view, l)
			for pattern, want := range map[string]int{`<h1`: 1, `<main>`: 1, `<html lang="(en|de)">`: 1, `<title>[^<]+</title>`: 1, `%!`: 0} {
				if got := len(regexp.MustCompile(pattern).FindAllString(page, -1)); got != want {
					t.Errorf("%s in %s: %d times %s, want %d", name, l, got, pattern, want)
				}
			}
			ids := map[string]bool{}
			for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
				if ids[id[1]] {
					t.Errorf("%s: two elements with the id %s", name, id[1])
				}
				ids[id[1]] = true
			}
			for _, ref := range regexp.MustCompile(`(?:for|aria-labelledby|aria-describedby|href)="#?([^"]+)"`).FindAllStringSubmatch(page, -1) {
				for id := range strings.FieldsSeq(ref[1]) {
					if !ids[id] {
						t.Errorf("%s: %s leads nowhere", name, ref[0])
					}
				}
			}
			if at := strings.Index(page, "<button"); at >= 0 && !strings.HasPrefix(page[at:], `<button type="submit" disabled hidden>`) {
				t.Errorf("%s: Enter in a text field presses %.60s", name, page[at:])
			}
			for _, never := range []string{"<script", "http:", "https:", "onclick", "javascript", canaryToken, "checked", "selected"} {
				if strings.Contains(page, never) {
					t.Errorf("%s: the page has %q", name, never)
				}
			}
		}
	}
}
