package main

import (
	"context"
	"fmt"
	"io"
)

const usage = `callback is the developer's tool of callback-completer.

Usage:

    callback local [flags]   show the real functions at work on this machine, or keep them running there
    callback link [command]  mint, list, show and revoke links of callback local --serve at which people answer
    callback try [flags]     tell what the functions would do with an event
    callback mappings        list the mappings in the order in which they are tried
    callback help            print this

callback local -h, callback link -h and callback try -h tell more.
`

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it could not be done, or went otherwise than expected
	exitUsage  = 2
)

// lookup returns an environment variable, as os.LookupEnv does.
type lookup func(name string) (string, bool)

// run carries out the command line without the program's name and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, env lookup) int {
	if len(args) == 0 {
		_, _ = io.WriteString(stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "local":
		return runLocal(ctx, args[1:], stdout, stderr, env)
	case "link":
		return runLink(ctx, args[1:], stdout, stderr)
	case "try":
		return runTry(ctx, args[1:], stdout, stderr)
	case "mappings":
		return runMappings(args[1:], stdout, stderr)
	case "help", "-h", "-help", "--help":
		_, _ = io.WriteString(stdout, usage)
		return exitOK
	default:
		_, _ = fmt.Fprintf(stderr, "callback: there is no subcommand %q\n\n%s", args[0], usage)
		return exitUsage
	}
}
