//go:build browser

package browsertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
)

func TestApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "description": "All regions.", "fields": [{"label": "Version", "value": 7}], "requester": "carol@example.com"`)
	b := w.visit(a)
	b.reads("Deploy version 7", "All regions.", "Version", "carol@example.com", "in 1 hour")
	w.open(a)
	b.write("#comment", canaryComment)
	if status := b.press(button("approve")); status != 200 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is answered", "The workflow has this answer.", "Approve", canaryComment, "identity not verified")
	if b.has("form") {
		t.Error("there is still a form")
	}
	got := w.ended(a, "SUCCEEDED")
	if !got.Approved || got.Decision != "approve" || got.Comment != canaryComment || got.Approver.Method != "link" || got.Approver.Verified {
		t.Errorf("the workflow is told %+v", got)
	}
	if diff := cmp.Diff([]int{http.StatusSeeOther}, w.journal.statuses(http.MethodPost)); diff != "" {
		t.Error(diff)
	}
}

// TestRejectNeedsAComment: the first try has none, and what is missing is said where people and screen readers find it.
func TestRejectNeedsAComment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "comment": "required-on-reject", "confirmPhrase": "deploy 7"`)
	b := w.visit(a)
	b.write("#phrase", "deploy 8")
	if status := b.press(button("reject")); status != 400 {
		t.Errorf("status %d", status)
	}
	b.reads("Your answer was not sent", "Write a comment that says why you reject.", "Type the phrase to confirm exactly as it is shown.")
	if got := do(b, chromedp.Title()); got != "Not sent: your decision is needed" {
		t.Errorf("title %q", got)
	}
	b.focuses("problems")
	for _, field := range []string{"comment", "phrase"} {
		do(b, chromedp.Click(chromedp.CSS(`#problems a[href="#`+field+`"]`)))
		b.focuses(field)
		if !eval[bool](b, `(e => e.getAttribute('aria-invalid') === 'true' && e.getAttribute('aria-describedby').split(' ')
			.some(id => document.getElementById(id).classList.contains('problem')))(document.getElementById('`+field+`'))`) {
			t.Errorf("the problem does not describe %s", field)
		}
	}
	w.open(a)

	b.write("#comment", canaryComment+"\nsecond line")
	if status := b.press(button("reject")); status != 400 { // the phrase is still wrong
		t.Errorf("status %d", status)
	}
	if got := b.value("#comment"); got != canaryComment+"\nsecond line" {
		t.Errorf("the comment became %q", got)
	}
	if got := b.value("#phrase"); got != "deploy 8" {
		t.Errorf("the phrase became %q", got)
	}
	do(b, chromedp.Clear(chromedp.CSS("#phrase")))
	b.write("#phrase", "deploy 7")
	if status := b.press(button("reject")); status != 200 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is answered", "Reject", canaryComment)
	if got := w.ended(a, "FAILED"); got.Approved || got.Decision != "reject" || got.Comment != canaryComment+"\nsecond line" {
		t.Errorf("the workflow is told %+v", got)
	}
}

// TestWithoutScript: nothing of the page needs any.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "comment": "required-on-reject"`)
	b := w.tab()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	if status := b.open(a.url); status != 200 {
		t.Fatalf("status %d", status)
	}
	if status := b.press(button("reject")); status != 400 {
		t.Errorf("status %d", status)
	}
	b.reads("Write a comment that says why you reject.")
	b.write("#comment", canaryComment)
	if status := b.press(button("reject")); status != 200 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is answered", canaryComment)
	w.ended(a, "FAILED")
}

// TestPhrase: it guards both decisions.
func TestPhrase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "confirmPhrase": "delete production"`)
	b := w.visit(a)
	b.reads("To confirm, type this:", "delete production")
	for _, decision := range []string{"approve", "reject"} {
		if status := b.press(button(decision)); status != 400 {
			t.Errorf("%s without the phrase: %d", decision, status)
		}
		b.reads("Type the phrase to confirm exactly as it is shown.")
	}
	w.open(a)
	b.write("#phrase", " delete production ")
	if status := b.press(button("approve")); status != 200 {
		t.Errorf("status %d", status)
	}
	w.ended(a, "SUCCEEDED")
}

// TestVotes: two of three must approve, each as himself.
func TestVotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	everybody := `, "approvals": 2, "noSelfApproval": true, "requester": "carol@example.com",
		"approvers": ["bob@example.com", "eve@example.com", "dan@example.com", "carol@example.com"]`
	a := w.ask(everybody)
	known := func(mail string, status int64) *tab {
		b := w.tab()
		b.sends("Authorization", "Bearer "+mail)
		if got := b.open(a.url); got != status {
			t.Errorf("%s: status %d, want %d", mail, got, status)
		}
		return b
	}
	nobody := w.tab()
	if status := nobody.open(a.url); status != 403 {
		t.Errorf("whoever has the link: %d", status)
	}
	nobody.reads("The link alone is not enough")
	known("mallory@example.com", 403).reads("Somebody else is asked", "bob@example.com")
	carol := known("carol@example.com", 200)
	carol.reads("You asked for this yourself")

	bob, eve := known("bob@example.com", 200), known("eve@example.com", 200)
	bob.reads("0 of 2 approvals")
	bob.write("#comment", canaryComment)
	if status := bob.press(button("approve")); status != 200 {
		t.Errorf("bob: %d", status)
	}
	bob.reads("1 of 2 approvals", "You have approved already", canaryComment)
	bob.reads("You can still reject")
	if bob.has(string(button("approve"))) || carol.has("form") {
		t.Error("who may not decide has a form")
	}
	w.open(a)
	if status := eve.press(button("approve")); status != 200 {
		t.Errorf("eve: %d", status)
	}
	eve.reads("This request is answered", "bob@example.com", "eve@example.com", "identity verified")
	if got := w.ended(a, "SUCCEEDED"); got.Approver.ID != "eve@example.com" || !got.Approver.Verified {
		t.Errorf("the workflow is told %+v", got)
	}

	a = w.ask(everybody)
	bob, dan := known("bob@example.com", 200), known("dan@example.com", 200)
	bob.press(button("approve"))
	if status := dan.press(button("reject")); status != 200 {
		t.Errorf("dan: %d", status)
	}
	dan.reads("This request is answered", "Reject")
	if got := w.ended(a, "FAILED"); got.Approver.ID != "dan@example.com" || got.Approved {
		t.Errorf("the workflow is told %+v", got)
	}
}

// TestWhatIsSent: the page's headers reach the browser, and what the browser sends is what the function's check of the origin
// stands on.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	b.press(button("approve"))
	gets, posts := w.journal.all(http.MethodGet), w.journal.all(http.MethodPost)
	page := func(v visit) bool { return strings.HasPrefix(v.path, "/approvals/") }
	if n := len(slices.DeleteFunc(slices.Clone(gets), func(v visit) bool { return !page(v) })); n != 2 || len(posts) != 1 {
		t.Fatalf("%d times the page, %d forms", n, len(posts))
	}
	for name, want := range map[string]string{"Origin": "null", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Content-Type": "application/x-www-form-urlencoded"} {
		if got := posts[0].header.Get(name); got != want {
			t.Errorf("the form is sent with %s: %q, want %q", name, got, want)
		}
	}
	for _, v := range append(gets, posts...) {
		if got := v.header.Values("Referer"); len(got) > 0 {
			t.Errorf("%s %s is sent with a Referer of %d bytes", v.method, v.path[:11], len(got[0]))
		}
		if !page(v) {
			continue
		}
		for name, want := range approval.Headers() {
			if diff := cmp.Diff(want, v.answer.Values(name)); diff != "" {
				t.Errorf("%s answers %d with another %s (-want +got):\n%s", v.method, v.status, name, diff)
			}
		}
	}
}

// TestGerman: the page speaks the browser's language.
func TestGerman(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.tab()
	b.sends("Accept-Language", "de-AT, de;q=0.9, en;q=0.8")
	if status := b.open(a.url); status != 200 {
		t.Errorf("status %d", status)
	}
	b.reads("Genehmigen", "Ablehnen")
	if got := eval[string](b, "document.documentElement.lang"); got != "de" {
		t.Errorf("language %s", got)
	}
	b.press(button("approve"))
	b.reads("Der Workflow hat diese Antwort.")
	w.ended(a, "SUCCEEDED")
}
