package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"callback-completer/internal/local/bootstrap"
	"callback-completer/internal/local/demo"
)

const localUsage = `callback local builds the function from this source and runs it between stand-ins for Step Functions, SQS and
Lambda, all on this machine. It plays scenes and exits with 0 only if all of them went as expected.

Usage:

    callback local [flags]

Flags:

`

// localFlags are the flags of callback local.
type localFlags struct {
	serve     bool
	port      int
	bootstrap string
}

func (f *localFlags) set() *flag.FlagSet {
	set := flag.NewFlagSet("callback local", flag.ContinueOnError)
	set.SetOutput(io.Discard) // what goes where depends on what was wrong
	set.BoolVar(&f.serve, "serve", false, "keep everything running until Ctrl-C, and print commands to drive it with the AWS CLI")
	set.IntVar(&f.port, "port", 0, "the stand-in's port on 127.0.0.1; 0 takes a free one")
	set.StringVar(&f.bootstrap, "bootstrap", "", "run this `file`, a function built for this machine, and build nothing")
	return set
}

func (f *localFlags) parse(args []string) (*flag.FlagSet, error) {
	set := f.set()
	if err := set.Parse(args); err != nil {
		return set, err
	}
	switch {
	case set.NArg() > 0:
		return set, fmt.Errorf("%q is no flag", set.Arg(0))
	case f.port < 0 || f.port > 65_535:
		return set, fmt.Errorf("there is no port %d", f.port)
	}
	return set, nil
}

func runLocal(ctx context.Context, args []string, stdout, stderr io.Writer, env lookup) int {
	var f localFlags
	set, err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		printLocalUsage(stdout, set)
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "callback local: %v\n\n", err)
		printLocalUsage(stderr, set)
		return exitUsage
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err = f.run(ctx, &outlet{stdout, cancel}, colorful(stdout, env))
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(stderr, "callback local: interrupted")
	case errors.Is(err, syscall.EADDRINUSE):
		_, _ = fmt.Fprintf(stderr, "callback local: port %d is taken; choose another --port, or leave it out\n", f.port)
	default:
		_, _ = fmt.Fprintln(stderr, "callback local:", err)
	}
	return exitFailed
}

func printLocalUsage(w io.Writer, set *flag.FlagSet) {
	_, _ = io.WriteString(w, localUsage)
	set.SetOutput(w)
	set.PrintDefaults()
}

// run builds the function into a folder that is removed at the end, and runs it.
func (f *localFlags) run(ctx context.Context, out io.Writer, color bool) error {
	options := demo.Options{
		Bootstrap: f.bootstrap, Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port)), Out: out, Color: color,
	}
	if options.Bootstrap == "" {
		folder, err := os.MkdirTemp("", "callback-local-")
		if err != nil {
			return fmt.Errorf("make a folder for the function: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }() // what is left is in the system's folder for temporary files
		if options.Bootstrap, err = buildFunction(ctx, folder, out); err != nil {
			return err
		}
	}
	if f.serve {
		return demo.Serve(ctx, options)
	}
	return demo.Run(ctx, options)
}

func buildFunction(ctx context.Context, folder string, out io.Writer) (path string, err error) {
	root, err := bootstrap.Root(".")
	if err != nil {
		return "", err
	}
	_, _ = io.WriteString(out, "Building functions/sqs …\n")
	began := time.Now()
	if path, err = bootstrap.Build(ctx, root, "./functions/sqs", folder); err != nil {
		return "", err
	}
	_, _ = fmt.Fprintf(out, "Built in %.1f s.\n", time.Since(began).Seconds())
	return path, nil
}
