package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"callback-completer/bench/load"
	"callback-completer/bench/states"
)

// bench has what all scenarios share.
type bench struct {
	out       io.Writer
	root      string
	authority string // file with the certificate that contenders trust
	node      string // the executable
	endpoint  *states.Endpoint
	sizes     []Size
	sequence  int // number of the next task token
	quota     quota
}

// Size is a deployed executable, built for arm64.
type Size struct {
	Function      string
	Bytes, Zipped int64
}

func newBench(ctx context.Context, out io.Writer) (*bench, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	b := &bench{out: out, root: root, authority: filepath.Join(root, folder, "authority.pem"), quota: findQuota()}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	certificate, authority, err := states.Certificate(time.Now())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(b.authority, authority, 0o600); err != nil {
		return nil, fmt.Errorf("write the certificate: %w", err)
	}
	b.endpoint, err = states.Start(ctx, certificate, load.WebhookSecret)
	return b, err
}

func (b *bench) close() { b.endpoint.Close() }

// say writes to the user, who may have closed the pipe.
func (b *bench) say(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format, args...) }

// build builds the contenders, and with sizes the functions once more as they are deployed.
func (b *bench) build(ctx context.Context, all []contender, sizes bool) error {
	for _, c := range all {
		var err error
		switch c.kind {
		case ours:
			err = b.command(ctx, "make", "--no-print-directory", c.make, "HOST_ARCH=1", "ARTIFACTS_DIR="+filepath.Dir(b.path(c)))
			if err == nil && sizes {
				err = b.measureSize(ctx, c)
			}
		case native:
			err = b.command(ctx, "env", "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0", "go", "build", "-trimpath", "-buildvcs=false",
				"-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=", "-o", b.path(c), "./bench/contender/"+c.name)
		case node:
			err = b.bundle(ctx, c)
		case python:
			if !exists(filepath.Join(filepath.Dir(b.path(c)), ".venv", ".installed")) {
				err = errors.New("the Python packages are not installed: make bench-tools")
			}
		}
		if err != nil {
			return fmt.Errorf("build %s: %w", c.Key, err)
		}
	}
	return nil
}

// bundle makes one file of a contender in JavaScript, as SAM's esbuild builder does.
func (b *bench) bundle(ctx context.Context, c contender) error {
	folder := filepath.Join(b.root, "bench", "contender", "node")
	esbuild := filepath.Join(folder, "node_modules", ".bin", "esbuild")
	if !exists(esbuild) {
		return errors.New("the Node.js packages are not installed: make bench-tools")
	}
	var err error
	if b.node, err = exec.LookPath("node"); err != nil {
		return fmt.Errorf("find Node.js: %w", err)
	}
	return b.command(ctx, esbuild, filepath.Join(folder, c.name+".mjs"), "--bundle", "--minify", "--platform=node", "--target=node20",
		"--format=esm", "--log-level=warning", "--outfile="+b.path(c),
		`--banner:js=import{createRequire}from"node:module";const require=createRequire(import.meta.url);`)
}

func (b *bench) measureSize(ctx context.Context, c contender) error {
	target := filepath.Join(folder, "arm64-"+c.name)
	if err := b.command(ctx, "make", "--no-print-directory", c.make, "HOST_ARCH=", "ARTIFACTS_DIR="+target); err != nil {
		return err
	}
	archive := target + ".zip"
	if err := b.command(ctx, "go", "run", "./tools/lambdazip", "-o", archive, filepath.Join(target, "bootstrap")); err != nil {
		return err
	}
	size := Size{Function: "functions/" + c.name}
	for path, n := range map[string]*int64{filepath.Join(target, "bootstrap"): &size.Bytes, archive: &size.Zipped} {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("measure what was built: %w", err)
		}
		*n = info.Size()
	}
	b.sizes = append(b.sizes, size)
	return nil
}

func (b *bench) command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // the project's own build
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MFLAGS=") // this make's flags are not for that one
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(output))
	}
	return nil
}

// environment describes what the figures were measured on.
func (b *bench) environment(ctx context.Context) *Results {
	r := &Results{
		When: time.Now().UTC(), CPUs: runtime.NumCPU(), Arch: runtime.GOOS + "/" + runtime.GOARCH, CPU: cpuModel(), Sizes: b.sizes, Load: load1(),
		Versions: []string{strings.Replace(runtime.Version(), "go", "Go ", 1)},
	}
	say := func(name string, args ...string) string {
		text, err := exec.CommandContext(ctx, name, args...).Output() //nolint:gosec // asks for a version
		if err != nil {
			return "unknown"
		}
		return strings.TrimSpace(string(text))
	}
	if b.node != "" {
		r.Versions = append(r.Versions, "Node.js "+strings.TrimPrefix(say(b.node, "--version"), "v"),
			say(filepath.Join("bench", "contender", "python", ".venv", "bin", "python"), "--version"))
	}
	commit := say("git", "rev-parse", "--short=12", "HEAD")
	if say("git", "status", "--porcelain", "--untracked-files=no", "--", "functions", "internal", "bench", "go.mod") != "" {
		commit += " with changes"
	}
	r.Commit = commit
	return r
}

// load1 is the machine's load before the run: what others do to the figures.
func load1() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range bytes.Lines(text) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.HasPrefix(name, []byte("model name")) {
			return string(bytes.TrimSpace(value))
		}
	}
	return "unknown processor"
}
