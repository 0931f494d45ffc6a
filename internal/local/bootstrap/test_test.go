package bootstrap_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"callback-completer/internal/local/bootstrap"
)

// TestBuildForTest links what is built and builds what is not.
func TestBuildForTest(t *testing.T) {
	before, tree, folder := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("CALLBACK_BUILT_FOR_TESTS", before)
	write(t, filepath.Join(before, "one"), "#!/bin/sh\nprintf before >&2\n")
	if err := os.Chmod(filepath.Join(before, "one"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(tree, "go.mod"), "module small\n")
	for _, name := range []string{"one", "two"} {
		write(t, filepath.Join(tree, "functions", name, "main.go"), "package main\n\nfunc main() { print(\"now\") }\n")
	}
	if err := bootstrap.BuildForTest(t.Context(), tree, folder, "./functions/one", "./functions/two"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"one": "before", "two": "now"} {
		said, err := exec.CommandContext(t.Context(), filepath.Join(folder, name)).CombinedOutput()
		if err != nil || string(said) != want {
			t.Errorf("%s says %q, %v, want %q", name, said, err, want)
		}
	}
	if err := bootstrap.BuildForTest(t.Context(), tree, folder, "./functions/one"); err == nil {
		t.Error("an executable that is there is replaced")
	}
}
