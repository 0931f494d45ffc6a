// Package bootstrap builds functions from the source tree for the machine it runs on, with the flags of the Makefile's
// deployed ones.
package bootstrap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// module is the first line of the go.mod that Root looks for.
const module = "module callback-completer"

// Errors that say what to do.
var (
	ErrNoSource = errors.New("this is not the callback-completer source tree, from which the functions are built: " +
		"change to a folder of your clone and try again, or name a folder of built functions with --functions")
	ErrNoGo = errors.New("the go command is not on PATH, and the functions are built with it: install Go (https://go.dev/dl/), " +
		"or name a folder of built functions with --functions")
)

// Root returns the root of the source tree that dir is in, or ErrNoSource. Modules nested in it are passed over.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the source tree: %w", err)
	}
	for {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // a go.mod above the developer's own folder
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find the source tree: %w", err)
		}
		first, _, _ := bytes.Cut(content, []byte("\n"))
		if string(bytes.TrimSpace(first)) == module {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrNoSource
		}
		dir = parent
	}
}

// Build builds packages, "./functions/sqs", of the source tree at root into folder, which exists. Each executable bears
// the last part of its package's path, "sqs". When ctx ends the compiler is interrupted. The error is context.Canceled too if
// the compiler alone was.
func Build(ctx context.Context, root, folder string, pkgs ...string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find the folder to build in: %w", err)
	}
	args := append([]string{
		"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=",
		"-o", folder + string(filepath.Separator),
	}, pkgs...)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // as meant
	cmd.Dir = root
	// GOTMPDIR: what go leaves behind when Ctrl-C in a terminal strikes it as well goes with the folder.
	cmd.Env = append(os.Environ(), "GOTMPDIR="+folder, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it stops its children and clears up
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case interrupted(err):
		return fmt.Errorf("build %s: %w", strings.Join(pkgs, ", "), context.Canceled)
	case errors.Is(err, exec.ErrNotFound):
		return ErrNoGo
	case err != nil:
		return fmt.Errorf("build %s: %w\n%s", strings.Join(pkgs, ", "), err, bytes.TrimSpace(output))
	}
	return nil
}

// interrupted tells whether a program was. Ctrl-C in a terminal strikes the compiler as well, which may end before ctx does.
func interrupted(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGINT
}
