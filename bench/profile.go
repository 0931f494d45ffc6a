package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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

// parts are the functions that are shown with what they call: the project's own, the decoding of the event, the SDK's
// stack, the transport and the collector.
const parts = `callback-completer/|lambda\.reflectHandler|runtime\.gcBgMarkWorker$|crypto/tls\.\(\*Conn\)\.(Read|Write)$|` +
	`net/http\.\(\*persistConn\)\.(readLoop|writeLoop)$|net/http\.\(\*Transport\)\.roundTrip$|smithy-go/middleware\.\(\*Stack\)`

// profile runs functions/sqs under three loads and prints where the time went.
func (b *bench) profile(ctx context.Context) error {
	for _, s := range scenarios() {
		if s.Name != thousandName && s.Name != tenName && s.Name != largeName {
			continue
		}
		text, err := b.profiled(ctx, s)
		if err != nil {
			return err
		}
		b.say("\n%s: %s\n\n%s", s.Title, profileFile(s), text)
	}
	return nil
}

func profileFile(s scenario) string { return filepath.Join(folder, "cpu-"+s.Name+".pprof") }

// profiled runs functions/sqs for ten seconds under a load and tells where its processor time went: the functions that
// had most of it, and the project's own with what they call.
func (b *bench) profiled(ctx context.Context, s scenario) (string, error) {
	binary := filepath.Join(b.root, folder, "profiled")
	if err := b.buildProfiled(ctx, binary); err != nil {
		return "", err
	}
	e, err := s.event()
	if err != nil {
		return "", err
	}
	program := b.program(find(contenders(), sqsKey), strconv.Itoa(fullMemoryMB), "", true)
	program.Dir = filepath.Join(b.root, folder)
	program.Args, program.Env = []string{binary}, append(program.Env, "BENCH_PROFILE="+filepath.Join(b.root, profileFile(s)))
	b.endpoint.Set(states.Behaviour{Latency: s.Latency})
	p, err := function.Start(ctx, program)
	if err != nil {
		return "", err
	}
	defer p.Close()
	var sample Sample
	for started := time.Now(); time.Since(started) < 10*time.Second; {
		if _, err := b.invoke(p, s, e, &sample); err != nil {
			return "", err
		}
	}
	if err := p.End(syscall.SIGUSR1); err != nil {
		return "", err
	}
	flat, err := b.top(ctx, binary, profileFile(s), "-nodecount=15")
	if err != nil {
		return "", err
	}
	cum, err := b.top(ctx, binary, profileFile(s), "-nodecount=20", "-cum", "-show="+parts)
	return flat + "\n" + cum, err
}

func (b *bench) buildProfiled(ctx context.Context, binary string) error {
	source, overlay := filepath.Join(b.root, folder, "profiler.go"), filepath.Join(b.root, folder, "overlay.json")
	if err := os.WriteFile(source, []byte(profiler), 0o600); err != nil {
		return fmt.Errorf("write the profiler: %w", err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(b.root, "functions", "sqs", "zz_profiler.go"): source}})
	if err != nil {
		return fmt.Errorf("write the overlay: %w", err)
	}
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return fmt.Errorf("write the overlay: %w", err)
	}
	return b.command(ctx, "env", "CGO_ENABLED=0", "go", "build", "-tags", "lambda.norpc", "-overlay", overlay, "-o", binary, "./functions/sqs")
}

// top is pprof's list without its heading, which names files and times.
func (b *bench) top(ctx context.Context, binary, profile string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"tool", "pprof", "-top"}, args...), binary, profile)...) //nolint:gosec // Go's own tool
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("read the profile: %w", err)
	}
	_, list, ok := strings.Cut(string(text), "Showing nodes")
	if _, rest, found := strings.Cut(list, "\n"); ok && found {
		list = rest
	}
	return list, nil
}
