package bootstrap_test

import (
	"context"
	"errors"
	"os"
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
	t.Run("makes an executable", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		path, err := bootstrap.Build(t.Context(), root, "./functions/sqs", folder)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if path != filepath.Join(folder, "bootstrap") || info.Mode().Perm()&0o100 == 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
	})
	t.Run("shows the compiler's words", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		write(t, filepath.Join(folder, "go.mod"), "module broken\n")
		write(t, filepath.Join(folder, "main.go"), "package main\n\nfunc main() { missing() }\n")
		_, err := bootstrap.Build(t.Context(), folder, ".", folder)
		if err == nil || !strings.Contains(err.Error(), "undefined: missing") {
			t.Errorf("%v; want the compiler's words", err)
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := bootstrap.Build(ctx, root, "./functions/sqs", t.TempDir()); !errors.Is(err, context.Canceled) {
			t.Errorf("%v; want Canceled", err)
		}
	})
}

func TestBuildWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := bootstrap.Build(t.Context(), ".", ".", t.TempDir()); !errors.Is(err, bootstrap.ErrNoGo) {
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
