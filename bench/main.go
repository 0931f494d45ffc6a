// Command bench measures the functions beside what a user would write instead of them: the same events, through the same
// small Lambda Runtime API, against the same endpoint on this machine, in one run and by turns.
//
// `make bench` runs everything and writes tables and pictures into docs; `make bench-smoke` holds a few ratios to the
// worst that is allowed, with Go alone. Ratios of one run hold; absolute figures belong to the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type options struct {
	smoke   bool
	profile bool
	only    string
	with    string
	rounds  int
	long    bool
	render  bool
	docs    bool
}

func main() {
	var o options
	flag.BoolVar(&o.smoke, "smoke", false, "measure little and fail where a ratio is worse than allowed; needs Go alone")
	flag.BoolVar(&o.profile, "profile", false, "show where functions/sqs spends its processor time, and measure nothing")
	flag.StringVar(&o.only, "only", "", "run the scenarios whose name contains this, and write no docs")
	flag.StringVar(&o.with, "with", "", "run these contenders alone, as in ours,a,g, and write no docs")
	flag.IntVar(&o.rounds, "rounds", 0, "run every scenario so many times, and write no docs")
	flag.BoolVar(&o.long, "long", false, "let (a) take part where it takes a minute or more: in batches of 10,000 and while throttled")
	flag.BoolVar(&o.render, "render", false, "measure nothing: write the docs from the last run's figures in .bench")
	flag.BoolVar(&o.docs, "docs", true, "write docs/performance.md and its pictures after a whole run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // what is deferred has nothing left to do
	}
}

// folder is where everything is built and kept; it is in .gitignore.
const folder = ".bench"

func run(ctx context.Context, o options, out io.Writer) error {
	if _, err := os.Stat(filepath.Join("functions", "sqs")); err != nil {
		return errors.New("run it in the root of the source tree, as make does")
	}
	if o.render {
		r, err := lastResults()
		if err != nil {
			return err
		}
		if r.Rounds != 0 {
			return errors.New("the last run was a short one, by -rounds; the docs show whole runs alone")
		}
		return write(r, func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) })
	}
	b, err := newBench(ctx, out)
	if err != nil {
		return err
	}
	defer b.close()
	switch {
	case o.profile:
		return b.profile(ctx)
	case o.smoke:
		return b.smoke(ctx)
	default:
		return b.all(ctx, o)
	}
}

// all measures every scenario and writes what came of it.
func (b *bench) all(ctx context.Context, o options) error {
	started := time.Now()
	plan, needed := selected(scenarios(), o)
	if err := b.build(ctx, needed, o.only == "" && o.with == ""); err != nil {
		return err
	}
	if err := b.rehearse(ctx, plan); err != nil {
		return err
	}
	results := b.environment(ctx)
	results.Rounds = o.rounds
	for _, s := range plan {
		r, err := b.scenario(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		results.Scenarios = append(results.Scenarios, r)
		b.say("%s", r)
	}
	if o.only == "" && o.with == "" {
		var err error
		if results.Profile, err = b.profiled(ctx, scenarioOf(thousandName)); err != nil {
			return err
		}
	}
	results.Took = time.Since(started).Round(time.Second)
	b.say("\nWhat must be reached\n\n%s", targetTable(results))
	if o.only != "" || o.with != "" {
		return nil
	}
	if err := results.save(); err != nil {
		return err
	}
	if !o.docs || o.rounds != 0 {
		return nil
	}
	return write(results, b.say)
}
