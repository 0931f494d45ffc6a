package main

import (
	"strings"
	"testing"
	"testing/synctest"
)

// TestAStrangeComment reaches the workflow as it was written, apart from what nobody can type, and people with all of it visible.
func TestAStrangeComment(t *testing.T) {
	t.Parallel()
	const (
		written = "\u202eyad\u2066 on\u200b\r\nsecond\rthird\x00\x1b[31m\u0085 \ufeff</textarea><script>alert(1)</script>\u2028 "
		kept    = "\u202eyad\u2066 on\u200b\nsecond\nthird[31m \ufeff</textarea><script>alert(1)</script>"
	)
	for _, decision := range []string{"approve", "reject"} {
		for _, d := range doors() {
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				a := r.ask(`, "confirmPhrase": "yes"`)
				echo := r.visit(d.event(form(a.path(), "decision", decision, "comment", written)))
				if echo.Status != 400 || strings.Contains(echo.Body, "<script") || strings.Count(echo.Body, "</textarea>") != 1 || strings.ContainsAny(echo.Body, "\x00\x1b") {
					t.Errorf("%s, the form once more: %+v", d.name, echo)
				}
				if got := r.visit(d.event(form(a.path(), "decision", decision, "comment", written, "phrase", "yes"))); got.Status != 303 {
					t.Fatalf("%s: %+v", d.name, got)
				}
				if got := told(t, r.closing(a)); got.Comment != kept {
					t.Errorf("%s: the workflow was told %q", d.name, got.Comment)
				}
				page := r.visit(d.event(wire{method: "GET", path: a.path()}))
				const shown = "⟦U+202E⟧yad⟦U+2066⟧ on⟦U+200B⟧\nsecond\nthird[31m ⟦U+FEFF⟧&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
				if !strings.Contains(strings.ReplaceAll(page.Body, "&#43;", "+"), shown) || strings.ContainsAny(page.Body, "\u202e\u2066\u200b\ufeff\u2028\x1b") {
					t.Errorf("%s: the page %+v", d.name, page)
				}
				r.quiet()
			})
		}
	}
}
