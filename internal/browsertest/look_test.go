//go:build browser

package browsertest

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

// overflow tells what of a page is not to be seen without scrolling sideways, or not at all.
const overflow = `(() => {
	const root = document.documentElement, all = []
	if (root.scrollWidth > root.clientWidth) all.push('page: ' + root.scrollWidth + ' of ' + root.clientWidth)
	for (const e of document.querySelectorAll('main *')) {
		if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && e.clientWidth > 0)
			all.push(e.localName + '.' + e.className + ': ' + e.scrollWidth + ' of ' + e.clientWidth)
		const r = e.getBoundingClientRect()
		if (r.right > root.clientWidth + 1 || r.left < -1) all.push(e.localName + '.' + e.className + ' ends at ' + r.right)
	}
	return all
})()`

// TestNarrow: every state on a small phone, and at 400 % on a desk, which is as narrow; and with text of twice its size.
func TestNarrow(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	for _, l := range approval.Locales() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.size(320, 256)
			b.sends("Accept-Language", string(l))
			for name := range states() {
				b.open(site.URL() + "/" + url.PathEscape(name))
				for _, size := range []string{"100%", "200%"} {
					if got := eval[[]string](b, "document.documentElement.style.fontSize = '"+size+"', "+overflow); len(got) > 0 {
						t.Errorf("%s at %s: %q", name, size, got)
					}
				}
				if got := eval[[]string](b, `[...document.querySelectorAll('button:not([hidden]), textarea, input')].map(e => e.getBoundingClientRect())
					.filter(r => r.width < 44 || r.height < 44).map(r => r.width + ' by ' + r.height)`); len(got) > 0 {
					t.Errorf("%s: too small for a finger: %v", name, got)
				}
			}
		})
	}
}

// TestCrowdedByTheFunction: a request that fills every limit comes through the function as well.
func TestCrowdedByTheFunction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := crowded()
	fields := ""
	for i, f := range r.Fields {
		fields += fmt.Sprintf("%s{\"label\": %q, \"value\": %q}", []string{"", ", "}[min(i, 1)], f.Label, f.Value)
	}
	a := w.ask(fmt.Sprintf(`, "title": %q, "description": %q, "fields": [%s], "approvers": [%q], "requester": %q`,
		r.Title, r.Description, fields, r.Approvers[0], r.Requester))
	b := w.tab()
	b.size(320, 640)
	if status := b.open(a.url); status != 200 {
		t.Fatalf("status %d", status)
	}
	if got := eval[[]string](b, overflow); len(got) > 0 {
		t.Errorf("%q", got)
	}
	b.reads("⟦U+202E⟧⟦U+202E⟧")
	b.press(button("approve"))
	if got := eval[[]string](b, overflow); len(got) > 0 {
		t.Errorf("%q", got)
	}
	w.ended(a, "SUCCEEDED")
}

// TestHiddenCharacters: what would not be seen, or would turn the rest around, is shown, and a text from right to left turns
// nothing but itself.
func TestHiddenCharacters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "title": "Pay 10\u202e000 EUR\u200b to \u05d0\u05d1\u05d2", "fields": [{"label": "\u05d0\u05d1", "value": "1 2 3"}], "requester": "\u05d0\u05d1\u05d2 (bob)"`)
	b := w.visit(a)
	if got := eval[string](b, "document.querySelector('h1').innerText"); got != "Pay 10⟦U+202E⟧000 EUR⟦U+200B⟧ to אבג" {
		t.Errorf("the title is shown as %q", got)
	}
	for _, selector := range []string{"h1", "dt", "dd"} {
		if got := eval[[]string](b, `[...document.querySelectorAll('`+selector+` bdi')].map(e => getComputedStyle(e).unicodeBidi)`); len(got) == 0 || got[0] != "isolate" {
			t.Errorf("%s is not isolated: %q", selector, got)
		}
	}
	if got := eval[string](b, "getComputedStyle(document.querySelector('main')).direction"); got != "ltr" {
		t.Errorf("the page runs %s", got)
	}
	b.write("#comment", "CANARY-COMMENT a\u202eb")
	b.press(button("approve"))
	b.reads("CANARY-COMMENT a⟦U+202E⟧b", "Pay 10⟦U+202E⟧000 EUR⟦U+200B⟧ to אבג")
	if got := w.ended(a, "SUCCEEDED"); got.Comment != "CANARY-COMMENT a\u202eb" {
		t.Errorf("the workflow is told %q", got.Comment)
	}
}

// palette is of a page.
type palette struct{ Scheme, Paper, Ink, Button, Label string }

func (b *tab) palette() palette {
	b.t.Helper()
	return eval[palette](b, `(() => { const of = s => getComputedStyle(document.querySelector(s)); return {
		scheme: of(':root').colorScheme, paper: of('main').backgroundColor, ink: of('h1').color,
		button: of('button[value=approve]').backgroundColor, label: of('button[value=approve]').color} })()`)
}

// TestSchemes: the page is as light or dark as a person wants it, and nothing is set in one of them alone. TestAxe measures
// the contrast.
func TestSchemes(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	b := newTab(t)
	b.open(site.URL() + "/request")
	seen := map[string]palette{}
	for _, scheme := range []string{"light", "dark"} {
		b.prefers("prefers-color-scheme", scheme)
		seen[scheme] = b.palette()
	}
	want := map[string]palette{
		"light": {"light dark", "rgb(255, 255, 255)", "rgb(26, 28, 32)", "rgb(26, 28, 32)", "rgb(255, 255, 255)"},
		"dark":  {"light dark", "rgb(24, 27, 32)", "rgb(236, 238, 241)", "rgb(236, 238, 241)", "rgb(24, 27, 32)"},
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("colours (-want +got):\n%s", diff)
	}
}

// TestForcedColours: with a person's own colours alone, whatever can be pressed or filled in still has an edge, and so has the
// list of problems.
func TestForcedColours(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.prefers("forced-colors", "active", "prefers-color-scheme", scheme)
			b.open(site.URL() + "/problems")
			if !eval[bool](b, "matchMedia('(forced-colors: active)').matches") {
				t.Fatal("the colours are not forced; the test sees nothing")
			}
			for _, selector := range []string{"button[value=approve]", "button[value=reject]", "textarea", "input", ".notice"} {
				if !eval[bool](b, `(s => s.borderTopStyle === 'solid' && parseFloat(s.borderTopWidth) >= 1 && s.borderTopColor !==
					getComputedStyle(document.querySelector('main')).backgroundColor)(getComputedStyle(document.querySelector('`+selector+`')))`) {
					t.Errorf("%s has no edge", selector)
				}
			}
			b.focuses("problems")
			b.stops() // the focus is seen at each
		})
	}
}

// TestEqualButtons: nothing leads a person to one of them.
func TestEqualButtons(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	for _, width := range []int64{320, 800} {
		b := newTab(t)
		b.size(width, 800)
		b.open(site.URL() + "/request")
		looks := eval[[]string](b, `[...document.querySelectorAll('button:not([hidden])')].map(e => { const s = getComputedStyle(e), r = e.getBoundingClientRect()
			return [s.backgroundColor, s.color, s.font, s.border, s.padding, r.width, r.height].join(' ') })`)
		if len(looks) != 2 || looks[0] != looks[1] {
			t.Errorf("%d wide: %q", width, looks)
		}
		do(b, chromedp.Evaluate[bool]("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))", chromedp.EvalAwaitPromise))
		if got := b.focused(); got != "body" {
			t.Errorf("%d wide: the focus is on %s", width, got)
		}
	}
}
