package demo

import (
	"context"

	"callback-completer/internal/local"
)

// Serve runs the application until ctx ends, which is no error. It prints where everything is and commands of the AWS CLI
// to drive it with, then a line for each message that arrives and each verdict of the function.
func Serve(ctx context.Context, o Options) error {
	out := &screen{w: o.Out, color: o.Color}
	watch := &watcher{out: out}
	a, err := deploy(ctx, o, hooks{log: watch, arrived: watch.arrived, dealt: watch.dealt})
	if err != nil {
		return err
	}
	defer a.close()
	machine, err := a.create("order")
	if err != nil {
		return err
	}
	for _, fact := range [][2]string{
		{"endpoint", a.stack.URL()},
		{"account", local.DefaultAccount},
		{"region", a.stack.Region()},
		{"state machine", machine},
		{"request queue", a.requests.URL()},
		{"callback queue", a.callbacks.URL()},
		{"dead letters", a.deadLetters.URL()},
	} {
		out.line("%-14s  %s", fact[0], fact[1])
	}
	out.line("\nCopy these line by line into another terminal:")
	for _, c := range commands(a, machine) {
		if c.about != "" {
			out.line("\n%s", out.paint(faint, "# "+c.about))
		}
		out.line("%s", c.text)
	}
	out.line("\nWhat happens is shown here. Ctrl-C ends it.")
	<-ctx.Done()
	return nil
}
