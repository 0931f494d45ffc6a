//go:build sambuild

package template

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSamBuild builds each template as a user would, in two folders of different names and depths, and compares what
// comes out: a deployment of unchanged code must change nothing. It needs `sam` in the PATH.
func TestSamBuild(t *testing.T) {
	t.Parallel()
	first := checkout(t, "a")
	second := checkout(t, filepath.Join("another", "depth"))
	for _, file := range []string{"template.yaml", "examples/sqs-callback/template.yaml"} {
		one, two := build(t, first, file), build(t, second, file)
		functions := section(load(t, filepath.Join(first, file)), "Resources")
		var built int
		for id, declared := range functions {
			if declared.(map[string]any)["Type"] != "AWS::Serverless::Function" {
				continue
			}
			built++
			binary := filepath.Join(one, id, "bootstrap")
			if a, b := sum(t, binary), sum(t, filepath.Join(two, id, "bootstrap")); a != b {
				t.Errorf("%s differs between two folders: %x, %x", id, a, b)
			}
			checkBinary(t, binary)
			if files := list(t, filepath.Join(one, id)); !slices.Equal(files, []string{"bootstrap"}) {
				t.Errorf("%s ships %v, want bootstrap alone", id, files)
			}
		}
		if built == 0 {
			t.Errorf("%s has no function", file)
		}
	}
}

// checkBinary holds a binary to what Lambda's provided.al2023 needs on arm64, and to what we promise of it.
func checkBinary(t *testing.T, path string) {
	t.Helper()
	if info, err := os.Stat(path); err != nil {
		t.Fatal(err)
	} else if info.Mode().Perm()&0o111 != 0o111 {
		t.Errorf("%s has mode %v: not everybody may run it", path, info.Mode())
	}
	binary, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = binary.Close() }()
	if binary.Machine != elf.EM_AARCH64 || binary.Class != elf.ELFCLASS64 {
		t.Errorf("%s is for %v (%v), want 64-bit AArch64", path, binary.Machine, binary.Class)
	}
	for _, segment := range binary.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("%s is linked dynamically", path)
		}
	}
	for _, part := range binary.Sections {
		if part.Type == elf.SHT_SYMTAB || strings.HasPrefix(part.Name, ".debug_") || strings.HasPrefix(part.Name, ".zdebug_") {
			t.Errorf("%s is not stripped: it has %s", path, part.Name)
		}
	}
	checkSettings(t, path)
}

func checkSettings(t *testing.T, path string) {
	t.Helper()
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"-tags": "lambda.norpc", "-trimpath": "true", "CGO_ENABLED": "0", "GOARCH": "arm64", "GOOS": "linux"}
	got := map[string]string{}
	for _, setting := range info.Settings {
		if _, ok := want[setting.Key]; ok || strings.HasPrefix(setting.Key, "vcs") {
			got[setting.Key] = setting.Value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s was built with (-want +got):\n%s", path, diff)
	}
}

// build runs sam in the checkout and returns the folder that it built into. The environment tries to lead it astray.
func build(t *testing.T, root, file string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "build")
	cmd := exec.CommandContext(t.Context(), "sam", "build", "--template-file", file, "--build-dir", out)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOARCH=amd64", "GOFLAGS=-mod=vendor", "SAM_CLI_TELEMETRY=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sam build: %v\n%s", err, output)
	}
	return out
}

// checkout copies what git would ship to a new folder of this name.
func checkout(t *testing.T, name string) string {
	t.Helper()
	const root = "../.."
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	target := filepath.Join(t.TempDir(), name)
	for path := range bytes.SplitSeq(bytes.TrimRight(output, "\x00"), []byte{0}) {
		copyFile(t, filepath.Join(root, string(path)), filepath.Join(target, string(path)))
	}
	return target
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
