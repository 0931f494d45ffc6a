//go:build browser

package browsertest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/fault"
)

// TestTwoClicks: the second comes while the first is on its way, and both arrive.
func TestTwoClicks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	hold := make(chan struct{})
	w.journal.keep(hold)
	click := b.middle(button("approve"))
	for n := 1; n <= 2; n++ {
		do(b, click)
		eventually(t, "the form arrives", func() bool { return len(w.journal.all(http.MethodPost)) == n })
	}
	w.open(a)
	close(hold)
	b.shows("This request is answered")
	w.ended(a, "SUCCEEDED")
	eventually(t, "both forms are answered", func() bool {
		return cmp.Equal([]int{http.StatusSeeOther, http.StatusSeeOther}, w.journal.statuses(http.MethodPost))
	})
	w.closing(a)
}

// TestDoubleClick: as fast as a browser takes it.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	do(b, chromedp.DoubleClick(button("approve")))
	b.shows("This request is answered")
	w.ended(a, "SUCCEEDED")
	w.closing(a)
	if n := len(w.journal.all(http.MethodPost)); n < 1 || n > 2 {
		t.Errorf("%d forms", n)
	}
}

// TestGoingBack: the form is not there any more, to be sent once more.
func TestGoingBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	b.press(button("approve"))
	w.ended(a, "SUCCEEDED")
	before := len(w.journal.all(http.MethodGet))
	if !b.back() {
		t.Fatal("the form has no place in the history")
	}
	b.shows("This request is answered")
	if b.has("form") {
		t.Error("there is a form")
	}
	if n := len(w.journal.all(http.MethodGet)); n != before+1 {
		t.Errorf("the page was asked for %d times", n-before)
	}
	if n := len(w.journal.all(http.MethodPost)); n != 1 {
		t.Errorf("the form was sent %d times", n)
	}
}

// TestGoingBackToAnOldPage: Chromium keeps a page for some minutes, no-store or not, when somebody leaves it for another. Its
// form decides nothing if the request was answered meanwhile.
func TestGoingBackToAnOldPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere, a := w.ask(""), w.ask("")
	b := w.visit(a)
	if status := b.open(elsewhere.url); status != 200 {
		t.Fatalf("status %d", status)
	}
	w.visit(a).press(button("approve"))
	w.ended(a, "SUCCEEDED")
	b.back()
	eventually(t, "the page is there", func() bool { return b.has("main") })
	if b.has("form") {
		do(b, b.middle(button("reject")))
	}
	b.shows("This request is answered")
	b.shows("Approve")
	w.closing(a)
	w.open(elsewhere)
}

// TestReload: after an answer it is no other answer, and after a form with problems it is the same problems.
func TestReload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "comment": "required"`)
	b := w.visit(a)
	b.press(button("approve"))
	do(b, chromedp.Reload())
	b.reads("Write a comment.")
	w.open(a)
	b.write("#comment", canaryComment)
	b.press(button("approve"))
	posts := len(w.journal.all(http.MethodPost))
	do(b, chromedp.Reload())
	b.reads("This request is answered", canaryComment)
	if n := len(w.journal.all(http.MethodPost)); n != posts {
		t.Errorf("reloading sent the form again, %d times", n-posts)
	}
	w.ended(a, "SUCCEEDED")
}

func TestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = func() time.Time { return time.Now().Add(-3 * time.Hour) } // it had two
	a := w.ask("")
	b := w.tab()
	if status := b.open(a.url); status != 410 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is not open any more", "Its time is over", "Deploy version 7")
	if b.has("form") {
		t.Error("there is a form")
	}
	w.open(a)
}

// TestClosedMeanwhile: the state ended while somebody had the page open.
func TestClosedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	b.write("#comment", canaryComment)
	if err := w.Stack.StepFunctions.StopExecution(a.Execution, "", ""); err != nil {
		t.Fatal(err)
	}
	if status := b.press(button("approve")); status != 410 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is not open any more", "The workflow takes no more answers")
}

// TestRevokedMeanwhile: an operator withdrew it while somebody had the page open.
func TestRevokedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	pending, err := w.requests.Pending(t.Context(), 1)
	if err != nil || len(pending) != 1 {
		t.Fatalf("%d requests, %v", len(pending), err)
	}
	if err := w.requests.Revoke(t.Context(), pending[0].ID); err != nil {
		t.Fatal(err)
	}
	if status := b.press(button("approve")); status != 410 {
		t.Errorf("status %d", status)
	}
	b.reads("This request is not open any more", "It was withdrawn.")
	w.open(a)
}

// TestSecondApprover: the first answer counts, and who comes second sees it.
func TestSecondApprover(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	first, second := w.visit(a), w.visit(a)
	second.write("#comment", "CANARY-COMMENT no")
	first.write("#comment", canaryComment)
	first.press(button("approve"))
	if status := second.press(button("reject")); status != 200 {
		t.Errorf("status %d", status)
	}
	second.reads("This request is answered", "Approve", canaryComment)
	if got := w.ended(a, "SUCCEEDED"); got.Comment != canaryComment {
		t.Errorf("the workflow is told %+v", got)
	}
	w.closing(a)
}

func TestUnknownLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	pages := map[string]bool{}
	for _, url := range []string{a.url[:len(a.url)-1], a.url + "x", a.url[:len(a.url)-32] + strings.Repeat("x", 32), a.url[:len(a.url)-32] + "%00"} {
		b := w.tab()
		if status := b.open(url); status != 404 {
			t.Errorf("status %d", status)
		}
		b.reads("There is no such request")
		pages[eval[string](b, "document.documentElement.outerHTML")] = true
	}
	if len(pages) != 1 {
		t.Errorf("%d different pages", len(pages))
	}
}

// TestTableUnavailable: nobody types his comment twice.
func TestTableUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	b.write("#comment", canaryComment)
	w.Faults.Add(fault.Rule{Operation: "GetItem", Kind: fault.ServerError, Rate: 1})
	if status := b.press(button("approve")); status != 503 {
		t.Errorf("status %d", status)
	}
	b.reads("Not available at the moment", "Your answer was not sent.")
	if got := b.value("#comment"); got != canaryComment {
		t.Errorf("the comment became %q", got)
	}
	w.open(a)
	w.Faults.Clear()
	if status := b.press(`main a[href=""]`); status != 200 {
		t.Errorf("status %d", status)
	}
	b.write("#comment", canaryComment)
	b.press(button("approve"))
	b.reads("This request is answered")
	w.ended(a, "SUCCEEDED")
}

// TestWorkflowUnreachable: the form stays filled in, and sending it again is all that is needed.
func TestWorkflowUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask(`, "confirmPhrase": "deploy 7"`)
	b := w.visit(a)
	b.write("#comment", canaryComment)
	b.write("#phrase", "deploy 7")
	w.Faults.Add(fault.Rule{Operation: "SendTaskSuccess", Kind: fault.AccessDenied, Rate: 1})
	if status := b.press(button("approve")); status != 503 {
		t.Errorf("status %d", status)
	}
	b.reads("The workflow could not be reached. Nothing is lost")
	b.focuses("problems")
	if b.value("#comment") != canaryComment || b.value("#phrase") != "deploy 7" {
		t.Errorf("the form holds %q and %q", b.value("#comment"), b.value("#phrase"))
	}
	w.open(a)
	w.Faults.Clear()
	if status := b.press(button("approve")); status != 200 {
		t.Errorf("status %d", status)
	}
	if got := w.ended(a, "SUCCEEDED"); got.Comment != canaryComment {
		t.Errorf("the workflow is told %+v", got)
	}
}

// TestCommentTooLong: longer than the page takes, and longer than what is read.
func TestCommentTooLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	b := w.visit(a)
	long := "CANARY-COMMENT " + strings.Repeat("länger ", 12<<10)
	b.write("#comment", long)
	if status := b.press(button("approve")); status != 400 {
		t.Errorf("status %d", status)
	}
	b.reads("Shorten the comment: it has at most 16384 bytes.")
	if got := b.value("#comment"); got != strings.TrimSpace(long) {
		t.Errorf("the comment has %d bytes now, had %d", len(got), len(long))
	}
	b.write("#comment", strings.Repeat("ü", 48<<10))
	if status := b.press(button("approve")); status != 413 {
		t.Errorf("status %d", status)
	}
	b.reads("The comment was so long that it could not be kept.")
	w.open(a)
}
