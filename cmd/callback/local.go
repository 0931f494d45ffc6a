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
EventBridge, DynamoDB, API Gateway and Lambda, all on this machine. It plays scenes and exits with 0 only if all of them
went as expected. Then it prints a link at which a workflow waits for your decision, and at a terminal it waits for two
minutes too.

Usage:

    callback local [flags]

Flags:

`

// servePort is where --serve is, with its API Gateway on the next port, so that links outlive a restart and callback link
// finds it.
const servePort = 6270

// serveEndpoint is the stand-in's address there.
func serveEndpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", servePort) }

// localFlags are the flags of callback local.
type localFlags struct {
	serve, open bool
	port        int // 0: any
	data        string
	functions   string
}

func (f *localFlags) set() *flag.FlagSet {
	set := flag.NewFlagSet("callback local", flag.ContinueOnError)
	set.SetOutput(io.Discard) // what goes where depends on what was wrong
	set.BoolVar(&f.serve, "serve", false, "keep everything running until Ctrl-C, and print commands to drive it with")
	set.BoolVar(&f.open, "open", false, "wait an hour for your decision at the link that is printed at the end")
	set.IntVar(&f.port, "port", 0, fmt.Sprintf(
		"the stand-in's port on 127.0.0.1, its API Gateway has the next one; 0 takes free ones. Without this flag --serve takes %d", servePort))
	set.StringVar(&f.data, "data", "", "with --serve, a `folder` that keeps the approval requests for the next time; without it they are forgotten")
	set.StringVar(&f.functions, "functions", "", "run the executables sqs, eventbridge, http and approval in this `folder`, and build nothing")
	return set
}

func (f *localFlags) parse(args []string) (*flag.FlagSet, error) {
	set := f.set()
	if err := set.Parse(args); err != nil {
		return set, err
	}
	given := false
	set.Visit(func(one *flag.Flag) { given = given || one.Name == "port" })
	if f.serve && !given {
		f.port = servePort
	}
	switch {
	case set.NArg() > 0:
		return set, fmt.Errorf("%q is no flag", set.Arg(0))
	case f.port < 0 || f.port > 65_535:
		return set, fmt.Errorf("there is no port %d", f.port)
	case f.port == 65_535:
		return set, errors.New("there is no port after 65535 for the API Gateway")
	case f.serve && f.open:
		return set, errors.New("--open waits for one decision, --serve for Ctrl-C: choose one of them")
	case f.data != "" && !f.serve:
		return set, errors.New("--data keeps what --serve is asked; the scenes keep nothing")
	}
	return set, nil
}

// address is where the stand-in listens, or its API Gateway.
func (f *localFlags) address(next int) string {
	if f.port == 0 {
		next = 0
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(f.port+next))
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
	options := demo.Options{Out: &outlet{stdout, cancel}, Color: colorful(stdout, env)}
	switch {
	case f.open:
		options.Wait = demo.WhenAsked
	case !f.serve && attended(stdout, os.Stdin, env):
		options.Wait, options.Enough = demo.AtATerminal, pressed(os.Stdin)
	}
	err = f.run(ctx, options)
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil, errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(stderr, "callback local: interrupted")
	case errors.Is(err, syscall.EADDRINUSE):
		_, _ = fmt.Fprintf(stderr, "callback local: port %d or %d is taken; choose another --port, 0 takes free ones\n", f.port, f.port+1)
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
func (f *localFlags) run(ctx context.Context, options demo.Options) error {
	options.Functions, options.Address, options.API, options.Data = f.functions, f.address(0), f.address(1), f.data
	if options.Functions == "" {
		folder, err := os.MkdirTemp("", "callback-local-")
		if err != nil {
			return fmt.Errorf("make a folder for the functions: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }() // what is left is in the system's folder for temporary files
		if err := buildFunctions(ctx, folder, options.Out); err != nil {
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
