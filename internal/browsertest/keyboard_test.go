//go:build browser

package browsertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// stops presses Tab from the top of the page until the focus leaves it, and returns where it stopped. Each stop can be seen.
func (b *tab) stops() []string {
	b.t.Helper()
	var all []string
	for range 20 {
		b.key(kb.Tab)
		if eval[bool](b, "document.activeElement === document.body") {
			return all
		}
		all = append(all, b.focused())
		if !eval[bool](b, `(e => { const s = getComputedStyle(e); return e.matches(':focus-visible') && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 &&
			s.outlineColor !== getComputedStyle(document.body).backgroundColor })(document.activeElement)`) {
			b.t.Errorf("nobody sees that the focus is on %s", b.focused())
		}
	}
	b.t.Fatalf("the focus stops at %q and on", all)
	return nil
}

// tabTo presses Tab until the focus is somewhere.
func (b *tab) tabTo(stop string) {
	b.t.Helper()
	for range 20 {
		if b.focused() == stop {
			return
		}
		b.key(kb.Tab)
	}
	b.t.Fatalf("Tab does not lead to %s", stop)
}

// TestKeyboard: every field and every button is reached in the order in which it is read, and pressed.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ key, decision, status string }{
		"Enter": {kb.Enter, "approve", "SUCCEEDED"},
		"Space": {" ", "reject", "FAILED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			a := w.ask(`, "confirmPhrase": "deploy 7", "comment": "required"`)
			b := w.visit(a)
			if diff := cmp.Diff([]string{"comment", "phrase", "approve", "reject"}, b.stops()); diff != "" {
				t.Errorf("stops (-want +got):\n%s", diff)
			}
			b.tabTo("comment")
			b.key("CANARY-COMMENT keys")
			b.key(kb.Tab)
			b.key("deploy 7")
			b.tabTo(tt.decision)
			b.follow(chromedp.KeyEvent(tt.key))
			b.reads("This request is answered", "CANARY-COMMENT keys")
			w.ended(a, tt.status)
		})
	}
}

// TestEnterDecidesNothing: in a field it could be meant for the field.
func TestEnterDecidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "confirmPhrase": "deploy 7"`)
	b := w.visit(a)
	b.write("#phrase", "deploy 7")
	b.key(kb.Enter)
	b.tabTo("approve") // what Enter began would be there by then
	if posts := w.journal.all(http.MethodPost); len(posts) != 0 || !b.has("form") {
		t.Errorf("%d forms were sent", len(posts))
	}
	w.open(a)
	b.write("#comment", "CANARY-COMMENT first")
	b.key(kb.Enter + "second")
	if got := b.value("#comment"); !strings.HasSuffix(got, "first\nsecond") {
		t.Errorf("the comment is %q", got)
	}
}

// TestProblemsByKeyboard: from the list of problems to the field and back to the button.
func TestProblemsByKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "comment": "required"`)
	b := w.visit(a)
	for range 2 { // the second time the address names the field
		b.tabTo("approve")
		b.follow(chromedp.KeyEvent(kb.Enter))
		b.focuses("problems")
		b.key(kb.Tab)
		b.key(kb.Enter)
		b.focuses("comment")
	}
	b.key("CANARY-COMMENT now")
	b.tabTo("approve")
	b.follow(chromedp.KeyEvent(kb.Enter))
	b.reads("This request is answered")
	w.ended(a, "SUCCEEDED")
}
