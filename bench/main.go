// Command bench measures the functions beside what a user would write instead of them: the same events, through the same
// small Lambda Runtime API, against the same endpoint on this machine, in one run and by turns.
//
// `make bench` runs everything and writes the figures into .bench; `make bench-smoke` holds a few ratios to the
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
	rounds  int
}

func main() {
	var o options
	flag.BoolVar(&o.smoke, "smoke", false, "measure little and fail where a ratio is worse than allowed; needs Go alone")
	flag.BoolVar(&o.profile, "profile", false, "show where functions/sqs spends its processor time, and measure nothing")
	flag.StringVar(&o.only, "only", "", "run the scenarios whose name contains this")
	flag.IntVar(&o.rounds, "rounds", 0, "run every scenario so many times")
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
	if err := b.build(ctx, contenders(), true); err != nil {
		return err
	}
	plan := selected(scenarios(), o)
	if err := b.rehearse(ctx, plan); err != nil {
		return err
	}
	results := b.environment(ctx)
	for _, s := range plan {
		r, err := b.scenario(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		results.Scenarios = append(results.Scenarios, r)
		b.say("%s", r)
	}
	results.Took = time.Since(started).Round(time.Second)
	whole := o.only == "" && o.rounds == 0
	if !whole {
		return nil
	}
	if err := results.save(); err != nil {
		return err
	}
	b.say("\nWhat must be reached\n\n%s", targetTable(results))
	return nil
}
