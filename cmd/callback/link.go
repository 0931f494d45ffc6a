package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/link"
)

const linkUsage = `callback link deals with the approval requests of a running callback local --serve.

Usage:

    callback link mint [flags]             print a link at which people answer an execution that waits
    callback link list [flags]             list the open requests, the oldest first
    callback link show REQUEST [flags]     tell what is known of a request
    callback link revoke REQUEST [flags]   end a request without an answer

REQUEST is the id of a request, its link, or the address of its page. Whoever has the link is shown what is asked and who
decided what; with the id it is told when it was asked, by which execution, and how far it is. Revoking does not end the
execution: it waits on.

`

// linkFlags are the flags of all subcommands of callback link.
type linkFlags struct {
	endpoint string
	json     bool
	mint     link.Request
}

// subcommand is one of callback link.
type subcommand struct {
	flags func(*linkFlags, *flag.FlagSet)
	takes int // arguments
	run   func(ctx context.Context, d *link.Desk, f *linkFlags, args []string, stdout, stderr io.Writer) error
}

func linkSubcommands() map[string]subcommand {
	return map[string]subcommand{
		"mint":   {flags: (*linkFlags).ofMint, run: linkMint},
		"list":   {flags: (*linkFlags).ofPrinting, run: linkList},
		"show":   {flags: (*linkFlags).ofPrinting, takes: 1, run: linkShow},
		"revoke": {flags: func(*linkFlags, *flag.FlagSet) {}, takes: 1, run: linkRevoke},
	}
}

func (f *linkFlags) ofPrinting(set *flag.FlagSet) {
	set.BoolVar(&f.json, "json", false, "print JSON")
}

// defaultExpiry is how long a link lasts that nobody gave a time.
const defaultExpiry = time.Hour

// mintPatience lets a script start an execution and mint its link in the next line.
const mintPatience = 2 * time.Second

func (f *linkFlags) ofMint(set *flag.FlagSet) {
	r := &f.mint
	r.Patience = mintPatience
	set.StringVar(&r.Execution, "execution", "", "the `execution`, by its ARN or name; not needed if only one waits")
	set.StringVar(&r.Title, "title", "", "what is asked, in a line")
	set.StringVar(&r.Description, "description", "", "more about it")
	set.Func("field", "a `label=value` to know before deciding; may be given several times", func(text string) error {
		label, value, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("it is no label=value")
		}
		r.Fields = append(r.Fields, approval.Field{Label: label, Value: value})
		return nil
	})
	set.Func("approver", "`who` is asked; may be given several times. Without it, whoever holds the link", func(text string) error {
		r.Approvers = append(r.Approvers, text)
		return nil
	})
	set.StringVar(&r.Requester, "requester", "", "`who` asks")
	set.StringVar(&r.Comment, "comment", "", "a `rule`: none, optional, required-on-reject or required; optional if it is not given")
	set.StringVar(&r.ConfirmPhrase, "confirm", "", "a `phrase` to be typed before any answer")
	set.StringVar(&r.RejectAs, "reject-as", "", "success or failure: what a rejection is to the execution; failure if it is not given")
	set.StringVar(&r.Locale, "locale", "", "the page's `language`, en or de; as the browser asks if it is not given")
	set.DurationVar(&r.Expires, "expires", defaultExpiry, "how long the link lasts, as 90s, 10m or 2h")
}

// parseLink reads the arguments behind the subcommand's name. Flags may stand before and behind the others.
func parseLink(name string, c subcommand, f *linkFlags, args []string) (set *flag.FlagSet, rest []string, err error) {
	set = flag.NewFlagSet("callback link "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // what goes where depends on what was wrong
	set.StringVar(&f.endpoint, "endpoint", serveEndpoint(), "the `address` of the stand-in, as callback local --serve prints it")
	c.flags(f, set)
	for {
		if err := set.Parse(args); err != nil {
			return set, nil, err
		}
		if set.NArg() == 0 {
			break
		}
		rest, args = append(rest, set.Arg(0)), set.Args()[1:]
	}
	switch {
	case len(rest) < c.takes:
		return set, nil, errors.New("REQUEST is missing")
	case len(rest) > c.takes:
		return set, nil, fmt.Errorf("%q is too much", rest[c.takes])
	}
	return set, rest, nil
}

func runLink(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		_, _ = fmt.Fprintf(stderr, "callback link: a subcommand is missing\n\n%s", linkUsage)
		return exitUsage
	}
	name := args[0]
	c, ok := linkSubcommands()[name]
	switch {
	case name == "-h" || name == "-help" || name == "--help":
		_, _ = io.WriteString(stdout, linkUsage+"callback link mint -h prints its flags, and so on.\n")
		return exitOK
	case !ok:
		_, _ = fmt.Fprintf(stderr, "callback link: there is no subcommand %q\n\n%s", name, linkUsage)
		return exitUsage
	}
	var f linkFlags
	set, rest, err := parseLink(name, c, &f, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		printLinkUsage(stdout, set)
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "callback link %s: %v\n\n", name, err)
		printLinkUsage(stderr, set)
		return exitUsage
	}
	if err := doLink(ctx, c, &f, rest, stdout, stderr); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		_, _ = fmt.Fprintf(stderr, "callback link %s: %v\n", name, err)
		return exitFailed
	}
	return exitOK
}

func printLinkUsage(w io.Writer, set *flag.FlagSet) {
	_, _ = io.WriteString(w, linkUsage+"Flags:\n\n")
	set.SetOutput(w)
	set.PrintDefaults()
}

func doLink(ctx context.Context, c subcommand, f *linkFlags, args []string, stdout, stderr io.Writer) error {
	d, err := link.Open(ctx, f.endpoint)
	if err != nil {
		return err
	}
	defer d.Close()
	return c.run(ctx, d, f, args, stdout, stderr)
}
