package demo

import (
	"context"

	"callback-completer/internal/local"
)

// Serve runs the application until ctx ends, which is no error. It prints where everything is and commands for a shell to
// drive it with, then a line for whatever arrives, each verdict of a function, each link that people are sent and each answer of
// the API.
func Serve(ctx context.Context, o Options) error {
	out := &screen{w: o.Out, color: o.Color}
	a, err := deploy(ctx, o, nil, watcher{out}.hooks())
	if err != nil {
		return err
	}
	defer a.close()
	machine, err := a.create("order")
	if err != nil {
		return err
	}
	asking, err := a.create("release")
	if err != nil {
		return err
	}
	kept := "until the end"
	if o.Data != "" {
		kept = a.file.Path()
	}
	for _, fact := range [][2]string{
		{"endpoint", a.stack.URL()},
		{"account", local.DefaultAccount},
		{"region", a.stack.Region()},
		{"state machine", machine},
		{"request queue", a.requests.URL()},
		{"callback queue", a.callbacks.URL()},
		{"dead letters", a.deadLetters.URL()},
		{"failed events", a.failedEvents.URL()},
		{"callbacks", a.api.URL() + "/callbacks"},
		{"webhooks", a.api.URL() + a.partners.acme.path()},
		{"approvals", a.api.URL() + pagePath},
		{"kept requests", kept},
	} {
		out.line("%-14s  %s", fact[0], fact[1])
	}
	out.line("\nCopy these line by line into another terminal:")
	for _, c := range commands(a, machine, asking) {
		if c.about != "" {
			out.line("\n%s", out.paint(faint, "# "+c.about))
		}
		out.line("%s", c.text)
	}
	out.line("\nWhat happens is shown here. Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}
