package bootstrap_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"callback-completer/internal/local/bootstrap"
)

func TestRoot(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	write(t, filepath.Join(tree, "go.mod"), "module callback-completer\n\ngo 1.26\n")
	write(t, filepath.Join(tree, "nested", "go.mod"), "module nested\n")
	if err := os.MkdirAll(filepath.Join(tree, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", "a", "a/b", "nested"} {
		if got, err := bootstrap.Root(filepath.Join(tree, dir)); got != tree || err != nil {
			t.Errorf("from %q: %q, %v; want %q", dir, got, err, tree)
		}
	}
}

func TestRootOutsideTheSourceTree(t *testing.T) {
	t.Parallel()
	elsewhere := t.TempDir()
	write(t, filepath.Join(elsewhere, "go.mod"), "module callback-completer-fork\n")
	if got, err := bootstrap.Root(elsewhere); !errors.Is(err, bootstrap.ErrNoSource) {
		t.Errorf("%q, %v; want ErrNoSource", got, err)
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	root, err := bootstrap.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("makes executables", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		tree := t.TempDir()
		write(t, filepath.Join(tree, "go.mod"), "module small\n")
		for _, name := range []string{"one", "two"} {
			write(t, filepath.Join(tree, "functions", name, "main.go"), "package main\n\nfunc main() { print(\""+name+"\") }\n")
		}
		if err := bootstrap.Build(t.Context(), tree, folder, "./functions/one", "./functions/two"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"one", "two"} {
			said, err := exec.CommandContext(t.Context(), filepath.Join(folder, name)).CombinedOutput()
			if err != nil || string(said) != name {
				t.Errorf("%s says %q, %v", name, said, err)
			}
		}
	})
	t.Run("shows the compiler's words", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		write(t, filepath.Join(folder, "go.mod"), "module broken\n")
		write(t, filepath.Join(folder, "main.go"), "package main\n\nfunc main() { missing() }\n")
		err := bootstrap.Build(t.Context(), folder, folder, ".")
		if err == nil || !strings.Contains(err.Error(), "undefined: missing") {
			t.Errorf("%v; want the compiler's words", err)
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := bootstrap.Build(ctx, root, t.TempDir(), "./functions/sqs"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v; want Canceled", err)
		}
	})
}

func TestBuildWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := bootstrap.Build(t.Context(), ".", t.TempDir(), "."); !errors.Is(err, bootstrap.ErrNoGo) {
		t.Errorf("%v; want ErrNoGo", err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBuildThatIsInterrupted: the signal strikes the compiler before its caller hears of it.
func TestBuildThatIsInterrupted(t *testing.T) {
	path := t.TempDir()
	write(t, filepath.Join(path, "go"), "#!/bin/sh\nkill -INT $$\n")
	if err := os.Chmod(filepath.Join(path, "go"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", path)
	if err := bootstrap.Build(t.Context(), ".", t.TempDir(), "."); !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want Canceled", err)
	}
}
