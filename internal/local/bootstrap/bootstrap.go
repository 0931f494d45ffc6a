// Package bootstrap builds a function's `bootstrap` from the source tree for the machine it runs on, with the flags of
// the Makefile's deployed one.
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
	"time"
)

// module is the first line of the go.mod that Root looks for.
const module = "module callback-completer"

// Errors that say what to do.
var (
	ErrNoSource = errors.New("this is not the callback-completer source tree, from which the function is built: " +
		"change to a folder of your clone and try again, or name a built function with --bootstrap")
	ErrNoGo = errors.New("the go command is not on PATH, and the function is built with it: install Go (https://go.dev/dl/), " +
		"or name a built function with --bootstrap")
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

// Build builds the package, "./functions/sqs", of the source tree at root and returns the executable's path in folder.
// When ctx ends the compiler is interrupted.
func Build(ctx context.Context, root, pkg, folder string) (path string, err error) {
	if folder, err = filepath.Abs(folder); err != nil {
		return "", fmt.Errorf("find the folder to build in: %w", err)
	}
	path = filepath.Join(folder, "bootstrap")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", //nolint:gosec // as meant
		"-ldflags", "-s -w -buildid=", "-o", path, pkg)
	cmd.Dir = root
	// GOTMPDIR: what go leaves behind when Ctrl-C in a terminal strikes it as well goes with the folder.
	cmd.Env = append(os.Environ(), "GOTMPDIR="+folder, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it stops its children and clears up
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return "", ErrNoGo
	case err != nil:
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, bytes.TrimSpace(output))
	}
	return path, nil
}
