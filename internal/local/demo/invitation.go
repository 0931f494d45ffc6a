package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"callback-completer/internal/local/stepfunctions"
)

// How long the page of the invitation is kept up.
const (
	// AtATerminal is where somebody reads, who may want his terminal back.
	AtATerminal = 2 * time.Minute
	// WhenAsked is for those who asked for it.
	WhenAsked = time.Hour
)

// pageLimit is how long a browser may take to show the answer before everything ends.
const pageLimit = 5 * time.Second

// invite starts a workflow that waits for a person and prints the link to its page. It waits for the decision as long as o
// says and tells what the workflow got. Nobody has to decide: neither that nor the end of ctx is an error then.
func invite(ctx context.Context, o Options, out *screen) error {
	logs, browser := newJournals(), &visitor{shown: make(chan struct{})}
	a, err := deploy(ctx, o, nil, hooks{
		log: func(function string) io.Writer { return logs[function] }, answered: browser.answered,
	})
	if err != nil {
		return err
	}
	defer a.close()
	q, err := a.invitation(ctx, max(o.Wait, AtATerminal))
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		tails(out, logs)
		return fmt.Errorf("ask for a decision: %w", err)
	}
	out.line("\n%s", out.paint(bold, "Your turn: a workflow waits for a decision, on a page for a browser on this machine:"))
	out.line("\n    %s\n", q.page)
	if o.Wait == 0 {
		out.line("The page was there. Nobody is at a terminal, so this run ends now, and the page with it.")
		out.line("This keeps one until somebody decides: go run ./cmd/callback local --open")
		return nil
	}
	how := "Ctrl-C ends it before."
	if o.Enough != nil {
		how = "Enter ends it before."
	}
	out.line("The page is here for %s. %s", inWords(o.Wait), how)
	return a.awaitDecision(ctx, o, out, q, browser)
}

// visitor notes that a browser got its page after it sent a form.
type visitor struct {
	mu    sync.Mutex
	sent  bool
	shown chan struct{} // closed then
}

func (v *visitor) answered(method, _ string, answer reply) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case method == http.MethodPost && answer.status == http.StatusSeeOther:
		v.sent = true
	case method == http.MethodGet && v.sent:
		select {
		case <-v.shown:
		default:
			close(v.shown)
		}
	}
}

// invitation asks people, and looks whether the page is there.
func (a *application) invitation(ctx context.Context, expires time.Duration) (question, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, sceneLimit, errSlow)
	defer cancel()
	s := &stage{app: a, caller: newCaller(a.api.URL()), screen: &screen{w: io.Discard}}
	defer s.caller.close()
	q, err := s.askPeople(ctx, expires)
	if err != nil {
		return q, err
	}
	page, err := s.look(ctx, http.MethodGet, q.page)
	if err == nil && (page.status != http.StatusOK || !strings.Contains(page.body, releaseTitle)) {
		err = fmt.Errorf("the page answers %s", page)
	}
	return q, err
}

// awaitDecision waits for the end of the execution, or of the wait.
func (a *application) awaitDecision(ctx context.Context, o Options, out *screen, q question, browser *visitor) error {
	errEnough := errors.New("somebody pressed Enter")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, stop := context.WithTimeoutCause(ctx, o.Wait, errSlow)
	defer stop()
	go func() {
		select {
		case <-o.Enough:
			cancel(errEnough)
		case <-ctx.Done():
		}
	}()
	e, err := a.stack.StepFunctions.Wait(ctx, q.execution)
	switch {
	case err == nil:
	case ctx.Err() == nil:
		return fmt.Errorf("wait for the decision: %w", err)
	case errors.Is(context.Cause(ctx), errSlow):
		out.line("Nobody decided within %s. The workflow ends with this run, and the page with it.", inWords(o.Wait))
		return nil
	default:
		out.line("Nobody has decided. The workflow ends with this run, and the page with it.")
		return nil
	}
	state, err := a.lastState(q.execution)
	if err != nil {
		return err
	}
	if e.Status == stepfunctions.Succeeded {
		out.line("The workflow went to %s and is %s: %s", state, e.Status, e.Output)
	} else {
		out.line("The workflow went to %s and is %s: %s", state, e.Status, strings.TrimRight(e.Error+": "+e.Cause, ": "))
	}
	select { // a browser that was sent back to the page finds it there
	case <-browser.shown:
	case <-time.After(pageLimit):
	case <-ctx.Done():
	}
	return nil
}

// inWords tells whole minutes or hours.
func inWords(d time.Duration) string {
	switch {
	case d == time.Hour:
		return "an hour"
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	default:
		return d.String()
	}
}
