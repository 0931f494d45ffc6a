//go:build browser

package browsertest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything may take that a test waits for, on a machine that has much else to do.
const patience = time.Minute

// tab is a tab of a browser that knows nothing of the others: it has cookies, cache and history of its own.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // it is the tab: chromedp keeps it there

	mu         sync.Mutex
	asked      []string // URLs that it asked for
	complaints []string // what the browser found wrong with the pages
}

// newTab opens a tab 800 pixels wide.
func newTab(t *testing.T) *tab {
	t.Helper()
	b := &tab{t: t}
	ctx, closeTab := chromedp.NewContext(shared.browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(closeTab)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		t.Fatal(err)
	}
	b.size(800, 900)
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *log.EventEntryAdded:
		// That a page is a 404 is no fault of the page.
		if !strings.HasPrefix(e.Entry.Text, "Failed to load resource: the server responded with a status of") {
			b.complaints = append(b.complaints, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+e.ExceptionDetails.Text)
	}
}

// quiet demands that the tab asked nobody but the origin for anything, and that the browser found nothing wrong.
func (b *tab) quiet(origin string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.asked {
		if !strings.HasPrefix(url, origin+"/") {
			b.t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.asked) == 0 {
		b.t.Error("nothing was asked for; the check sees nothing")
	}
	for _, complaint := range b.complaints {
		b.t.Errorf("the browser says %s", complaint)
	}
}

// complained reports whether the browser said something that holds a text.
func (b *tab) complained(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(strings.Join(b.complaints, "\n"), text)
}

// do runs an action within its time.
func do[T any](b *tab, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// call sends a command of the DevTools protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	return do(b, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, command, params) })
}

// eval returns the value of an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T](expression))
}

// open goes to an address and returns the status of what is there.
func (b *tab) open(url string) int64 {
	b.t.Helper()
	return do(b, chromedp.NavigateResponse(url)).Status
}

// follow takes steps that lead to another page, and returns its status.
func (b *tab) follow(steps ...chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.Status
}

// press clicks on what leads to another page, and returns its status.
func (b *tab) press(selector chromedp.CSS) int64 {
	b.t.Helper()
	return b.follow(chromedp.Click(selector))
}

// button is the button of a decision.
func button(decision string) chromedp.CSS { return chromedp.CSS("button[value=" + decision + "]") }

// write puts a text where the cursor goes when somebody clicks on an element.
func (b *tab) write(selector chromedp.CSS, text string) {
	b.t.Helper()
	do(b, chromedp.Click(selector))
	call(b, input.InsertText, input.InsertTextParams{Text: text})
}

// key presses a key and lets it go.
func (b *tab) key(key string) {
	b.t.Helper()
	do(b, chromedp.KeyEvent(key))
}

// text returns what can be read on the page.
func (b *tab) text() string {
	b.t.Helper()
	return do(b, chromedp.Text(chromedp.CSS("main")))
}

// reads demands that texts stand on the page.
func (b *tab) reads(texts ...string) {
	b.t.Helper()
	shown := b.text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.t.Errorf("the page does not say %q:\n%s", text, shown)
		}
	}
}

// shows waits until a text stands on the page, or on the one that comes after it.
func (b *tab) shows(text string) {
	b.t.Helper()
	eventually(b.t, "the page says "+text, func() bool {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		defer cancel()
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body?.innerText ?? ''"))
		return err == nil && strings.Contains(shown, text) // it fails where the page goes away
	})
}

// back goes to the page before, if there is one, and does not wait for it: a page that the browser has kept is loaded by
// no event.
func (b *tab) back() bool {
	b.t.Helper()
	history := do(b, chromedp.NavigationEntries())
	at := history.CurrentIndex - 1
	if at < 1 { // the first is blank
		return false
	}
	call(b, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[at].ID})
	eventually(b.t, "the browser goes back", func() bool { return do(b, chromedp.NavigationEntries()).CurrentIndex == at })
	return true
}

// middle returns a click on the middle of an element, which can be done again while another page is on its way.
func (b *tab) middle(selector chromedp.CSS) chromedp.Action[chromedp.Void] {
	b.t.Helper()
	at := eval[[]float64](b, `(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect()
		return [r.x + r.width / 2, r.y + r.height / 2] })(document.querySelector('`+string(selector)+`'))`)
	return chromedp.MouseClickXY(at[0], at[1])
}

// value returns what a field holds.
func (b *tab) value(selector chromedp.CSS) string {
	b.t.Helper()
	return do(b, chromedp.Value(selector))
}

// has reports whether an element is on the page.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return eval[bool](b, "document.querySelector('"+selector+"') !== null")
}

// focused returns the id, or else the value, of the element that has the focus.
func (b *tab) focused() string {
	b.t.Helper()
	return eval[string](b, "document.activeElement.id || document.activeElement.value || document.activeElement.localName")
}

// focuses waits until an element has the focus, which a browser moves when it draws the page.
func (b *tab) focuses(id string) {
	b.t.Helper()
	eventually(b.t, "the focus is on "+id, func() bool { return b.focused() == id })
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// prefers sets what pages learn of a person's wishes, "prefers-color-scheme" "dark".
func (b *tab) prefers(pairs ...string) {
	b.t.Helper()
	var features []*emulation.MediaFeature
	for i := 0; i < len(pairs); i += 2 {
		features = append(features, &emulation.MediaFeature{Name: pairs[i], Value: pairs[i+1]})
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// sends adds headers to whatever the tab asks for.
func (b *tab) sends(name, value string) {
	b.t.Helper()
	call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{name: value}})
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("it never came to pass: %s", what)
		}
	}
}
