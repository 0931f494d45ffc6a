package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/race"
	"callback-completer/internal/secret"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/webhook"
)

// sealedRig is the function where links are sealed. There is a table, which it does not know of.
type sealedRig struct {
	*askedRig

	reference webhook.Reference
}

// keyring returns a keyring of these keys, the first of which is the current one.
func keyring(ids ...string) string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = fmt.Sprintf("%q: %q", id, base64.StdEncoding.EncodeToString([]byte(strings.Repeat(id[len(id)-1:], 32))))
	}
	return fmt.Sprintf(`{"current": %q, "keys": {%s}}`, ids[0], strings.Join(keys, ", "))
}

func newSealed(t *testing.T) *sealedRig {
	t.Helper()
	r := &sealedRig{askedRig: newAsked(t)}
	r.exchange(keyring("k1"))
	r.seals(r.fetched())
	r.serve(config.HTTP{ApprovalKeys: r.reference})
	return r
}

// exchange gives the secret another value.
func (r *sealedRig) exchange(text string) {
	r.T.Helper()
	arn, err := r.Stack.Secrets.PutSecret("keyring", text)
	if err != nil {
		r.T.Fatal(err)
	}
	if r.reference, err = webhook.ParseReference(arn); err != nil {
		r.T.Fatal(err)
	}
}

// fetched returns the keyring as functions/approval has it, whose calls are not counted.
func (r *sealedRig) fetched() *approval.Keys {
	fetch := secret.New(r.AWS(r.Client())).Document(r.reference)
	return &approval.Keys{Fetch: fetch, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// seals has workflows ask by these keys.
func (r *sealedRig) seals(keys *approval.Keys) {
	r.requests = &approval.Service{Keys: keys, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// seal asks by a keyring that the function may not have.
func (r *sealedRig) seal(text string) asked {
	r.T.Helper()
	before := r.requests
	r.seals(&approval.Keys{Fetch: func(context.Context) ([]byte, error) { return []byte(text), nil }, Now: time.Now, Log: before.Log})
	a := r.ask("")
	r.requests = before
	return a
}

// TestASealedLinkIsAnswered through each front door, and leaves nothing behind.
func TestASealedLinkIsAnswered(t *testing.T) {
	t.Parallel()
	for _, d := range doors() {
		for decision, prefix := range map[string]string{"approve": "output ", "reject": "error ApprovalRejected "} {
			synctest.Test(t, func(t *testing.T) {
				r := newSealed(t)
				a := r.ask("")
				get := d.event(wire{method: http.MethodGet, path: a.path()})
				page := r.visit(get)
				if page.Status != 200 || !strings.Contains(page.Body, "Deploy version 7") || !strings.Contains(page.Body, `<form method="post"`) {
					t.Fatalf("%s: page %+v", d.name, page)
				}
				if head := r.visit(d.event(wire{method: http.MethodHead, path: a.path()})); head.Status != 200 || head.Body != "" {
					t.Errorf("%s: HEAD %+v", d.name, head)
				}
				r.open(a)
				submit := d.event(form(a.path(), "comment", canaryComment, "decision", decision))
				sent := r.visit(submit)
				if sent.Status != 200 || !strings.Contains(sent.Body, "CANARY-COMMENT looks &lt;b&gt;good") || strings.Contains(sent.Body, "<form") {
					t.Errorf("%s: answer %+v", d.name, sent)
				}
				closing := r.closing(a)
				if said := told(t, closing); !strings.HasPrefix(closing, prefix) || said.Decision != decision || said.Comment != canaryComment || said.Channel != "web" {
					t.Errorf("%s: the workflow was told %s", d.name, closing)
				}
				// Nobody knows of it any more.
				if again := r.visit(get); again.Status != 200 || again.Body != page.Body {
					t.Errorf("%s: page afterwards %+v", d.name, again)
				}
				for _, other := range []string{"approve", "reject"} {
					late := r.visit(d.event(form(a.path(), "decision", other)))
					if late.Status != 410 || strings.Contains(late.Body, "<form") || strings.Contains(late.Body, "CANARY") {
						t.Errorf("%s: answer afterwards %+v", d.name, late)
					}
				}
				if got := r.closing(a); got != closing {
					t.Errorf("%s: closed anew by %q", d.name, got)
				}
				time.Sleep(2 * time.Hour)
				if expired := r.visit(get); expired.Status != 410 || strings.Contains(expired.Body, "<form") {
					t.Errorf("%s: page when expired %+v", d.name, expired)
				}
				if n := r.calls.of("GetItem") + r.calls.of("PutItem") + r.calls.of("Query"); n != 0 {
					t.Errorf("%s: calls %v", d.name, r.calls.names())
				}
				r.quiet()
			})
		}
	}
}

// TestEverySealedLinkThatLeadsNowhereLooksTheSame, and costs the same: no call.
func TestEverySealedLinkThatLeadsNowhereLooksTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		a, b := r.ask(""), r.ask("")
		stranger, withdrawn := r.seal(keyring("k2")), r.seal(strings.Replace(keyring("k1"), "MTEx", "MTEy", 1)) // the latter names a key that we have
		r.visit(doors()[0].event(wire{method: http.MethodGet, path: a.path()}))                                 // the keyring is read
		l := a.link
		half := len(l) / 2
		wrong := []string{
			"", l[1:], l[:len(l)-1], l + "A", l + "=", l + "%3D", l + "%0a", "%20" + l, l + "/x", l[:half] + b.link[half:], l[:32], stranger.link, withdrawn.link,
			strings.ToLower(l), strings.ToUpper(l), strings.Repeat("A", 32), strings.Repeat("A", 900), strings.Repeat("A", 5000), l + strings.Repeat("A", 4000), "ä",
		}
		flips := len(wrong)
		for i := range l {
			if race.Enabled && i%4 > 0 {
				continue
			}
			flipped := byte('A')
			if l[i] == flipped {
				flipped = 'B'
			}
			wrong = append(wrong, l[:i]+string(flipped)+l[i+1:])
		}
		var first heard
		for i, link := range wrong {
			d := doors()[i%len(doors())]
			requests := []wire{
				{method: http.MethodGet, path: "/approvals/" + link}, form("/approvals/"+link, "decision", "approve", "comment", canaryComment),
			}
			if i >= flips {
				requests = requests[i/len(doors())%2:][:1] // in turn: there are many
			}
			for _, request := range requests {
				got := r.visit(d.event(request))
				if first.Status == 0 {
					first = got
				}
				if got.Status != 404 || !sameAnswer(got, first) {
					t.Errorf("%s, %s %q: %+v", d.name, request.verb(), link, got)
				}
			}
		}
		if n := r.calls.of("GetSecretValue"); n != 1 || len(r.calls.names()) != 1 {
			t.Errorf("calls %v, the secret was read %d times", r.calls.names(), n)
		}
		r.open(a)
		r.quiet()
	})
}

// TestLooksAtASealedLink by scanners complete nothing.
func TestLooksAtASealedLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		a := r.ask("")
		var scanners sync.WaitGroup
		for i := range 300 {
			method := []string{http.MethodGet, http.MethodHead, http.MethodOptions}[i%3]
			scanners.Go(func() { r.visit(doors()[i%len(doors())].event(wire{method: method, path: a.path()})) })
		}
		scanners.Wait()
		r.open(a)
		if n := r.calls.of("GetSecretValue"); n != 1 {
			t.Errorf("the secret was read %d times", n)
		}
	})
}

// TestTheKeyIsExchanged in the steps that docs/approvals.md names, and links of both keys lead on throughout.
func TestTheKeyIsExchanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		leads := func(step string, want int, requests ...asked) {
			t.Helper()
			for i, a := range requests {
				if got := r.get(a.path()); got.Status != want {
					t.Errorf("%s: link %d: %d, want %d", step, i, got.Status, want)
				}
			}
		}
		old := r.ask("")
		leads("before", 200, old)
		r.exchange(keyring("k1", "k2"))
		time.Sleep(5 * time.Minute)
		leads("added", 200, old, r.ask(""))
		r.exchange(keyring("k2", "k1"))
		time.Sleep(5 * time.Minute)
		fresh := r.ask("")
		leads("made the current one", 200, old, fresh)
		r.exchange(keyring("k2"))
		leads("withdrawn, not known yet", 200, old, fresh)
		time.Sleep(5 * time.Minute)
		leads("withdrawn", 200, fresh)
		leads("withdrawn", 404, old)
		if got := r.submit(form(fresh.path(), "decision", "approve")); got.Status != 200 || r.closing(fresh) == "" {
			t.Errorf("answer %+v", got)
		}
		if got := r.submit(form(old.path(), "decision", "approve")); got.Status != 404 || r.closing(old) != "" {
			t.Errorf("answer %+v", got)
		}
		r.quiet()
	})
}

// TestAStormOfSealedLinksWithUnknownKeys reads the secret once a minute.
func TestAStormOfSealedLinksWithUnknownKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		unknown := r.seal(keyring("k2"))
		for range 120 { // ten minutes
			for range 3 {
				if got := r.get(unknown.path()); got.Status != 404 {
					t.Fatalf("%+v", got)
				}
			}
			time.Sleep(5 * time.Second)
		}
		if n := r.calls.of("GetSecretValue"); n != 10 {
			t.Errorf("the secret was read %d times in ten minutes", n)
		}
		r.exchange(keyring("k1", "k2")) // a key that was not known yet
		if got := r.get(unknown.path()); got.Status != 200 {
			t.Errorf("%+v", got)
		}
	})
}

// TestTheKeyringCannotBeRead: whoever has read it before uses it, everybody else is told to come again, with what he wrote.
func TestTheKeyringCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		a := r.ask("")
		r.get(a.path())
		deny := func() { r.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.ServerError, Rate: 1}) }
		deny()
		time.Sleep(time.Hour)
		if got := r.get(a.path()); got.Status != 200 {
			t.Errorf("with an old keyring: %+v", got)
		}
		r.serve(config.HTTP{ApprovalKeys: r.reference}) // with nothing in memory
		before := r.calls.of("GetSecretValue")
		for range 100 {
			for _, got := range []heard{r.get(a.path()), r.submit(form(a.path(), "decision", "approve", "comment", canaryComment))} {
				if got.Status != 503 || got.Header.Get("Retry-After") == "" {
					t.Fatalf("%+v", got)
				}
			}
		}
		if n := r.calls.of("GetSecretValue") - before; n > 2 { // one fetch with its second attempt
			t.Errorf("%d calls for 200 requests at once", n)
		}
		sent := r.submit(form(a.path(), "decision", "approve", "comment", canaryComment))
		if !strings.Contains(sent.Body, "CANARY-COMMENT looks &lt;b&gt;good") {
			t.Errorf("the comment is lost: %+v", sent)
		}
		r.open(a)
		r.Faults.Clear()
		time.Sleep(5 * time.Second)
		if got := r.submit(form(a.path(), "decision", "approve")); got.Status != 200 || r.closing(a) == "" {
			t.Errorf("afterwards: %+v", got)
		}
		if out := r.Out.String(); !strings.Contains(out, "read the keyring: GetSecretValue of ") || !strings.Contains(out, "could not be read anew") {
			t.Errorf("log %s", out)
		}
		r.quiet()
	})
}

// TestAKeyringThatIsNone answers nobody, and quotes nothing.
func TestAKeyringThatIsNone(t *testing.T) {
	t.Parallel()
	short := strings.Replace(keyring("k1"), base64.StdEncoding.EncodeToString([]byte(strings.Repeat("1", 32))), "CANARY-COMMENT", 1)
	for _, text := range []string{`CANARY-COMMENT`, `{}`, `{"current": "CANARY-COMMENT", "keys": {}}`, short} {
		synctest.Test(t, func(t *testing.T) {
			r := newSealed(t)
			a := r.ask("")
			r.exchange(text)
			r.serve(config.HTTP{ApprovalKeys: r.reference})
			if got := r.submit(form(a.path(), "decision", "approve")); got.Status != 503 {
				t.Errorf("%+v", got)
			}
			r.open(a)
			r.quiet()
		})
	}
}

// TestBothKindsOfLinks: an installation that goes from one to the other answers both, and one that knows a kind alone has
// never heard of the other.
func TestBothKindsOfLinks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSealed(t)
		sealed, other := r.ask(""), r.ask("")
		r.requests = &approval.Service{Store: dynamo.New(r.AWS(r.Client()), "approvals"), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		stored := r.ask("")
		for name, tt := range map[string]struct {
			settings       config.HTTP
			stored, sealed int
		}{
			"neither": {config.HTTP{}, 404, 404},
			"stored":  {config.HTTP{ApprovalsTable: "approvals"}, 200, 404},
			"sealed":  {config.HTTP{ApprovalKeys: r.reference}, 404, 200},
			"both":    {config.HTTP{ApprovalsTable: "approvals", ApprovalKeys: r.reference}, 200, 200},
		} {
			r.serve(tt.settings)
			if a, b := r.get(stored.path()), r.get(sealed.path()); a.Status != tt.stored || b.Status != tt.sealed {
				t.Errorf("%s: stored %d, sealed %d", name, a.Status, b.Status)
			}
		}
		r.serve(config.HTTP{ApprovalsTable: "approvals", ApprovalKeys: r.reference})
		if got := r.submit(form(stored.path(), "decision", "approve")); got.Status != 303 || r.closing(stored) == "" {
			t.Errorf("stored: %+v", got)
		}
		if got := r.submit(form(sealed.path(), "decision", "approve")); got.Status != 200 || r.closing(sealed) == "" {
			t.Errorf("sealed: %+v", got)
		}
		if n := r.closing(other); n != "" {
			t.Errorf("another one was closed by %q", n)
		}
		r.quiet()
	})
}
