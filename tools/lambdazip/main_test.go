package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRunPacksOneExecutable(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "sqs.zip")
	if err := run(out, writeExecutable(t, "the program", 0o600)); err != nil {
		t.Fatal(err)
	}

	archive, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	if len(archive.File) != 1 {
		t.Fatalf("%d files in the package, want 1", len(archive.File))
	}
	file := archive.File[0]
	if file.Name != "bootstrap" || file.Mode() != fs.FileMode(0o755) {
		t.Errorf("got %s with mode %v, want bootstrap with mode -rwxr-xr-x", file.Name, file.Mode())
	}
	entry, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(entry)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(content); got != "the program" {
		t.Errorf("packed %q", got)
	}
}

func TestRunIsReproducible(t *testing.T) {
	t.Parallel()
	first, second := filepath.Join(t.TempDir(), "sqs.zip"), filepath.Join(t.TempDir(), "sqs.zip")
	older := writeExecutable(t, "the program", 0o700)
	if err := os.Chtimes(older, time.Time{}, time.Unix(1_000_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	if err := run(first, older); err != nil {
		t.Fatal(err)
	}
	if err := run(second, writeExecutable(t, "the program", 0o600)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read(t, first), read(t, second)); diff != "" {
		t.Errorf("two packages of one program differ:\n%s", diff)
	}
}

func TestRunWritesTheChecksum(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "sqs.zip")
	if err := run(out, writeExecutable(t, "the program", 0o600)); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(read(t, out))
	want := hex.EncodeToString(sum[:]) + "  sqs.zip\n"
	if got := string(read(t, out+".sha256")); got != want {
		t.Errorf("checksum file holds %q, want %q", got, want)
	}
}

func TestRunReportsAMissingExecutable(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "sqs.zip")
	if err := run(out, filepath.Join(t.TempDir(), "bootstrap")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want a missing file", err)
	}
}

func writeExecutable(t *testing.T, content string, mode fs.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
