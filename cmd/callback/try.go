package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callback-completer/functions/mappings"
	"callback-completer/internal/local/trial"
	"callback-completer/internal/mapping"
)

const tryUsage = `callback try tells what the functions would do with an event, and calls nobody: which envelopes are opened,
which mappings take it and where one fails, the callback that comes of it with its sizes against the limits, and
what each trigger does then. It exits with 0 only for a valid callback.

Usage:

    callback try --event FILE [flags]

Flags:

`

// tryFlags are the flags of callback try.
type tryFlags struct {
	event, trigger, mapping string
	watch                   bool
}

func (f *tryFlags) set() *flag.FlagSet {
	set := flag.NewFlagSet("callback try", flag.ContinueOnError)
	set.SetOutput(io.Discard) // what goes where depends on what was wrong
	set.StringVar(&f.event, "event", "", "the `file` with the event, as Lambda hands it to the function, or with the body of a message or request")
	set.StringVar(&f.trigger, "trigger", "", strings.Join(trial.Triggers(), ", ")+"; told from the event if it is not given")
	set.StringVar(&f.mapping, "mapping", "", "a `file` with one more jq program, tried first")
	set.BoolVar(&f.watch, "watch", false, "try again whenever a file changes, until Ctrl-C")
	return set
}

func (f *tryFlags) parse(args []string) (*flag.FlagSet, error) {
	set := f.set()
	if err := set.Parse(args); err != nil {
		return set, err
	}
	switch {
	case set.NArg() > 0:
		return set, fmt.Errorf("%q is no flag", set.Arg(0))
	case f.event == "":
		return set, errors.New("--event is missing")
	case f.trigger != "" && !slices.Contains(trial.Triggers(), f.trigger):
		return set, fmt.Errorf("there is no trigger %q", f.trigger)
	}
	return set, nil
}

func runTry(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var f tryFlags
	set, err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stdout, tryUsage)
		set.SetOutput(stdout)
		set.PrintDefaults()
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "callback try: %v\n\n%s", err, tryUsage)
		set.SetOutput(stderr)
		set.PrintDefaults()
		return exitUsage
	}
	before := f.state() // before the files are read: what changes meanwhile is a change
	code := f.once(ctx, stdout, stderr)
	for f.watch && f.changed(ctx, before) {
		before = f.state()
		_, _ = fmt.Fprintf(stdout, "\n%s changed\n", time.Now().Format(time.TimeOnly))
		code = f.once(ctx, stdout, stderr)
	}
	return code
}

func (f *tryFlags) once(ctx context.Context, stdout, stderr io.Writer) int {
	err := f.try(ctx, stdout)
	switch {
	case err == nil:
		return exitOK
	case !errors.Is(err, trial.ErrNoCallback): // that one is on the screen already
		_, _ = fmt.Fprintln(stderr, "callback try:", err)
	}
	return exitFailed
}

func (f *tryFlags) try(ctx context.Context, out io.Writer) error {
	event, err := os.ReadFile(f.event)
	if err != nil {
		return fmt.Errorf("read the event: %w", err)
	}
	programs, err := mappings.Shipped()
	if err != nil {
		return err
	}
	if f.mapping != "" {
		source, err := os.ReadFile(f.mapping)
		if err != nil {
			return fmt.Errorf("read the mapping: %w", err)
		}
		programs = append([]mapping.Program{{Name: filepath.Base(f.mapping), Source: string(source)}}, programs...)
	}
	return trial.Run(ctx, trial.Options{Event: event, Trigger: f.trigger, Programs: programs, Out: out})
}

// changed waits until the files are not as before. It returns false when ctx ends.
func (f *tryFlags) changed(ctx context.Context, before string) bool {
	const pause = 200 * time.Millisecond
	for {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
			if f.state() != before {
				return true
			}
		}
	}
}

// state tells one version of the files from another. A file that is missing, as while an editor writes it, is a
// version as well.
func (f *tryFlags) state() string {
	state := ""
	for _, path := range []string{f.event, f.mapping} {
		if info, err := os.Stat(path); err == nil {
			state += fmt.Sprint(info.ModTime(), info.Size())
		}
		state += "\n"
	}
	return state
}
