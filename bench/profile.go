package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"callback-completer/bench/function"
	"callback-completer/bench/states"
)

// profiler is added to functions/sqs by a build overlay: the function itself stays as it is.
const profiler = `package main

import (
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
)

func init() {
	file, err := os.Create(os.Getenv("BENCH_PROFILE"))
	if err != nil {
		panic(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		panic(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGUSR1)
	go func() {
		<-stop
		pprof.StopCPUProfile()
		_ = file.Close()
		os.Exit(0)
	}()
}
`

// profile runs functions/sqs for ten seconds under batches of 1,000 and of ten and prints where the time went.
func (b *bench) profile(ctx context.Context) error {
	source, overlay := filepath.Join(b.root, folder, "profiler.go"), filepath.Join(b.root, folder, "overlay.json")
	if err := os.WriteFile(source, []byte(profiler), 0o600); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(b.root, "functions", "sqs", "zz_profiler.go"): source}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return err
	}
	binary := filepath.Join(b.root, folder, "profiled")
	if err := b.command(ctx, "env", "CGO_ENABLED=0", "go", "build", "-tags", "lambda.norpc", "-overlay", overlay, "-o", binary, "./functions/sqs"); err != nil {
		return err
	}
	for _, s := range scenarios() {
		if s.Name != thousandName && s.Name != tenName && s.Name != largeName {
			continue
		}
		profile := filepath.Join(b.root, folder, "cpu-"+s.Name+".pprof")
		if err := b.profiled(ctx, s, binary, profile); err != nil {
			return err
		}
		top := func(args ...string) error {
			cmd := append([]string{"tool", "pprof", "-top", "-nodecount=25"}, args...)
			return b.shown(ctx, "go", append(cmd, binary, profile)...)
		}
		b.say("\n%s: %s, by function\n\n", s.Title, profile)
		if err := top(); err != nil {
			return err
		}
		b.say("\n%s, with what they call\n\n", s.Title)
		if err := top("-cum", "-focus=.", "-nodecount=60"); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) profiled(ctx context.Context, s scenario, binary, profile string) error {
	e, err := s.event()
	if err != nil {
		return err
	}
	program := b.program(find(contenders(), sqsKey), strconv.Itoa(fullMemoryMB), "")
	program.Args, program.Env = []string{binary}, append(program.Env, "BENCH_PROFILE="+profile)
	b.endpoint.Set(states.Behaviour{Latency: s.Latency})
	p, err := function.Start(ctx, program)
	if err != nil {
		return err
	}
	defer p.Close()
	var sample Sample
	for started := time.Now(); time.Since(started) < 10*time.Second; {
		if _, err := b.invoke(p, s, e, &sample); err != nil {
			return err
		}
	}
	return p.End(syscall.SIGUSR1)
}
