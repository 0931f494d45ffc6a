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
	"strings"
	"syscall"
	"time"

	"callback-completer/internal/local/bootstrap"
	"callback-completer/internal/local/demo"
)

const localUsage = `callback local builds the functions from this source and runs them between stand-ins for Step Functions, SQS,
EventBridge, API Gateway and Lambda, all on this machine. It plays scenes and exits with 0 only if all of them went as
expected.

Usage:

    callback local [flags]

Flags:

`

// localFlags are the flags of callback local.
type localFlags struct {
	serve     bool
	port      int
	functions string
}

func (f *localFlags) set() *flag.FlagSet {
	set := flag.NewFlagSet("callback local", flag.ContinueOnError)
	set.SetOutput(io.Discard) // what goes where depends on what was wrong
	set.BoolVar(&f.serve, "serve", false, "keep everything running until Ctrl-C, and print commands to drive it with")
	set.IntVar(&f.port, "port", 0, "the stand-in's port on 127.0.0.1; 0 takes a free one")
	set.StringVar(&f.functions, "functions", "", "run the executables sqs, eventbridge and http in this `folder`, and build nothing")
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

// run builds the functions into a folder that is removed at the end, and runs them.
func (f *localFlags) run(ctx context.Context, out io.Writer, color bool) error {
	options := demo.Options{
		Functions: f.functions, Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port)), Out: out, Color: color,
	}
	if options.Functions == "" {
		folder, err := os.MkdirTemp("", "callback-local-")
		if err != nil {
			return fmt.Errorf("make a folder for the functions: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }() // what is left is in the system's folder for temporary files
		if err := buildFunctions(ctx, folder, out); err != nil {
			return err
		}
		options.Functions = folder
	}
	if f.serve {
		return demo.Serve(ctx, options)
	}
	return demo.Run(ctx, options)
}

func buildFunctions(ctx context.Context, folder string, out io.Writer) error {
	root, err := bootstrap.Root(".")
	if err != nil {
		return err
	}
	packages := demo.Packages()
	_, _ = fmt.Fprintf(out, "Building %s …\n", strings.ReplaceAll(strings.Join(packages, ", "), "./", ""))
	began := time.Now()
	if err := bootstrap.Build(ctx, root, folder, packages...); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Built in %.1f s.\n", time.Since(began).Seconds())
	return nil
}
