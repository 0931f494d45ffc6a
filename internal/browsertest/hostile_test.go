//go:build browser

package browsertest

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"callback-completer/internal/local"
)

// stranger is another site, whose only page is given, and what it was asked for.
type stranger struct {
	server *local.Server
	page   string

	mu    sync.Mutex
	asked []string
}

func newStranger(t *testing.T, page string) *stranger {
	t.Helper()
	s := &stranger{page: page}
	var err error
	s.server, err = local.Serve("", s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.server.Close)
	return s
}

func (s *stranger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, s.page)
}

// url returns where it is: at another port of the page's own host, or with another host.
func (s *stranger) url(host string) string {
	at, _ := url.Parse(s.server.URL()) // it was one before
	return "http://" + host + ":" + at.Port()
}

func (s *stranger) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// sites are where a stranger may be: on another site, and beside the page.
var sites = map[string]struct{ host, fetchSite string }{
	"another site":   {strangerHost, "cross-site"},
	"another origin": {"127.0.0.1", "same-site"},
}

// TestFormOfAnotherSite: who knows the link gets an approver to send the form from elsewhere, with all that the approver's
// browser sends along.
func TestFormOfAnotherSite(t *testing.T) {
	t.Parallel()
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			a := w.ask(`, "approvers": ["bob@example.com"], "identity": "verified"`)
			s := newStranger(t, fmt.Sprintf(`<!doctype html><form method="post" action="%s"><button name="decision" value="approve">You won</button></form>`, html.EscapeString(a.url)))
			b := newTab(t)
			b.sends("Authorization", "Bearer bob@example.com")
			b.open(s.url(site.host))
			if status := b.press(button("approve")); status != 403 {
				t.Errorf("status %d", status)
			}
			posts := w.journal.all(http.MethodPost)
			if len(posts) != 1 || posts[0].header.Get("Sec-Fetch-Site") != site.fetchSite {
				t.Fatalf("%d forms", len(posts))
			}
			w.open(a)
			// It would have been taken from the page.
			b.open(a.url)
			b.press(button("approve"))
			w.ended(a, "SUCCEEDED")
		})
	}
}

// TestFrame: nobody puts the page where its buttons are pressed unseen.
func TestFrame(t *testing.T) {
	t.Parallel()
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			a := w.ask("")
			s := newStranger(t, fmt.Sprintf(`<!doctype html><p>Before</p><iframe src="%s"></iframe>`, html.EscapeString(a.url)))
			b := newTab(t)
			b.open(s.url(site.host))
			eventually(t, "the browser refuses", func() bool {
				return b.complained("frame-ancestors 'none'") || b.complained("X-Frame-Options")
			})
			tree := call(b, page.GetFrameTree, cdp.Empty{})
			for _, frame := range tree.FrameTree.ChildFrames {
				if strings.HasPrefix(frame.Frame.URL, w.site.URL()) {
					t.Error("the page is in the frame")
				}
			}
			if n := len(w.journal.all(http.MethodGet)); n != 1 {
				t.Errorf("the page was asked for %d times; the test sees nothing", n)
			}
			w.open(a)
		})
	}
}

// TestOpener: who opens the page has no hold of its window.
func TestOpener(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	s := newStranger(t, "<!doctype html><p>Before</p>")
	b := newTab(t)
	b.open(s.url(strangerHost))
	eval[bool](b, `(window.theirs = window.open('`+a.url+`')) !== null`)
	eventually(t, "the window is out of reach", func() bool { return eval[bool](b, "window.theirs.closed") })
	if n := len(w.journal.all(http.MethodGet)); n < 1 {
		t.Error("the page was not opened; the test sees nothing")
	}
}

// TestScriptInTheRequest: markup in any text is text.
func TestScriptInTheRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	evil := `</textarea></style></title>\"'><script>window.harmed = 1</script><img src=x onerror=window.harmed=1><a href=javascript:harmed=1>x</a>`
	a := w.ask(fmt.Sprintf(`, "title": "%[1]s", "description": "%[1]s", "requester": "%[1]s", "approvers": ["%[1]s"],
		"fields": [{"label": "<script>window.harmed = 1</script>", "value": "%[1]s"}], "comment": "required", "confirmPhrase": "<script>harmed</script>",
		"decisions": [{"value": "approve", "label": "<img src=x onerror=harmed=1>"}, {"value": "reject"}]`, evil))
	b := w.visit(a)
	harmless := func() {
		t.Helper()
		if n := eval[int](b, "document.querySelectorAll('script, img, main a[href^=javascript]').length"); n != 0 || eval[bool](b, "'harmed' in window") {
			t.Errorf("%d elements of the request are in the page", n)
		}
	}
	b.reads(`<script>window.harmed = 1</script>`, `<img src=x onerror=harmed=1>`)
	harmless()
	b.write("#comment", "CANARY-COMMENT "+evil)
	b.press(button("approve")) // the phrase is missing
	harmless()
	b.write("#phrase", "<script>harmed</script>")
	b.press(button("approve"))
	b.reads("This request is answered", "CANARY-COMMENT </textarea>")
	harmless()
	w.ended(a, "SUCCEEDED")
}

// TestScriptInThePage: if markup of somebody else got into the page all the same, the browser would not follow it.
func TestScriptInThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ask("")
	s := newStranger(t, "window.harmed = 1")
	there := s.url(strangerHost)
	w.journal.change(func(text []byte) []byte {
		return bytes.ReplaceAll(text, []byte("</main>"), []byte(`<base href="`+there+`/">
			<script>window.harmed = 1; document.querySelector('form button[value=approve]').click()</script><script src="`+there+`/script.js"></script>
			<img src="`+there+`/image.png" onerror="window.harmed = 1"><img src="x" onerror="window.harmed = 1">
			<link rel="stylesheet" href="`+there+`/style.css"><style>h1 { color: rgb(1, 2, 3) }</style><p id="styled" style="color: rgb(1, 2, 3)">styled</p>
			<iframe src="`+there+`/frame"></iframe><object data="`+there+`/object"></object><embed src="`+there+`/embed">
			<iframe srcdoc="<script>parent.harmed = 1</script>"></iframe>
			<form method="post" action="`+there+`/collect"><input name="comment" value="x"><button id="steal">Go on</button></form>
			<a id="javascript" href="javascript:window.harmed = 1">Go on</a></main>`))
	})
	b := newTab(t)
	if status := b.open(a.url); status != 200 {
		t.Fatalf("status %d", status)
	}
	do(b, chromedp.Click(chromedp.CSS("#javascript")))
	do(b, chromedp.Click(chromedp.CSS("#steal")))
	for _, directive := range []string{"default-src 'none'", "style-src", "form-action 'self'", "base-uri 'none'"} {
		eventually(t, "the browser refuses by "+directive, func() bool { return b.complained(directive) })
	}
	if eval[bool](b, "'harmed' in window") {
		t.Error("a script ran")
	}
	for _, selector := range []string{"h1", "#styled"} {
		if got := eval[string](b, "getComputedStyle(document.querySelector('"+selector+"')).color"); got == "rgb(1, 2, 3)" {
			t.Errorf("the style of %s is another's", selector)
		}
	}
	if got := s.requests(); len(got) > 0 {
		t.Errorf("the stranger was asked for %v", got)
	}
	if n := len(w.journal.all(http.MethodPost)); n != 0 {
		t.Errorf("%d forms were sent", n)
	}
	w.open(a)
}
