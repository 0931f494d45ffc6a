//go:build browser

package browsertest

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"callback-completer/internal/approval"
)

// tags are the rules that pages are held to: WCAG 2.2 at the levels A and AA, and what axe calls best practice.
const tags = "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'"

// minPasses is how many rules apply at least, to the shortest page. With fewer axe has not seen the page.
const minPasses = 15

// finding is a rule that a page breaks, or of which axe cannot tell.
type finding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// checked is what axe says of a page.
type checked struct {
	Passes     int       `json:"passes"`
	Violations []finding `json:"violations"`
	Incomplete []finding `json:"incomplete"`
}

// axe examines the page that is open and has it.
func (b *tab) axe() checked {
	b.t.Helper()
	return do(b, chromedp.Evaluate[checked](`axe.run(document, {runOnly: [`+tags+`]}).then(r => {
		const brief = f => ({id: f.id, help: f.help, nodes: f.nodes.map(n => ({html: n.html, failureSummary: n.failureSummary}))})
		return {passes: r.passes.length, violations: r.violations.map(brief), incomplete: r.incomplete.map(brief)}
	})`, chromedp.EvalAwaitPromise))
}

// TestAxe examines every state of the page, in each language, light and dark, and prints how many rules it passes.
func TestAxe(t *testing.T) {
	t.Parallel()
	site := gallery(t)
	var mu sync.Mutex
	var report []string
	t.Cleanup(func() {
		slices.Sort(report)
		_, _ = fmt.Fprint(os.Stdout, strings.Join(report, ""))
	})
	for name := range states() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			line := fmt.Sprintf("axe: %-20s", name)
			for _, l := range approval.Locales() {
				b.sends("Accept-Language", string(l))
				b.open(site.URL() + "/" + url.PathEscape(name))
				do(b, chromedp.Evaluate[chromedp.Void](shared.axe))
				for _, scheme := range []string{"light", "dark"} {
					b.prefers("prefers-color-scheme", scheme)
					got := b.axe()
					for _, f := range slices.Concat(got.Violations, got.Incomplete) {
						for _, n := range f.Nodes {
							t.Errorf("%s, %s: %s: %s\n%s\n%s", l, scheme, f.ID, f.Help, n.HTML, n.Summary)
						}
					}
					if got.Passes < minPasses {
						t.Errorf("%s, %s: only %d rules apply", l, scheme, got.Passes)
					}
					line += fmt.Sprintf("  %s %s: %d passed, %d violated", l, scheme, got.Passes, len(got.Violations)+len(got.Incomplete))
				}
			}
			b.quiet(site.URL())
			mu.Lock()
			defer mu.Unlock()
			report = append(report, line+"\n")
		})
	}
}

// TestAxeSeesFaults: one of each kind that the page could have, so that no fault found means something.
func TestAxeSeesFaults(t *testing.T) {
	t.Parallel()
	s := newStranger(t, `<!doctype html><html><title>Faults</title><main><h1>Faults</h1><p style="color: #999">pale</p><input><button></button>
		<p id="a" role="alert" aria-labelledby="nothing">a</p><h4>deep</h4></main>`)
	b := newTab(t)
	b.open(s.url("127.0.0.1"))
	do(b, chromedp.Evaluate[chromedp.Void](shared.axe))
	var got []string
	for _, f := range b.axe().Violations {
		got = append(got, f.ID)
	}
	for _, want := range []string{"html-has-lang", "color-contrast", "label", "button-name", "heading-order"} {
		if !slices.Contains(got, want) {
			t.Errorf("axe does not see %s, only %q", want, got)
		}
	}
}
