package emulator

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFindSaysWhatToRun(t *testing.T) {
	t.Parallel()
	_, err := Find("no-such-emulator")
	if !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "run `make venv`") {
		t.Errorf("Find: %v", err)
	}
}

// A server that ends at once is noticed at once, and its last words are in the error.
func TestStartOfAServerThatEnds(t *testing.T) {
	t.Parallel()
	_, err := start(t.Context(), spec{
		program: "sh", args: []string{"-c", "echo port {port} is cursed >&2; exit 3"}, ready: Request{Path: "/"}, folder: t.TempDir(),
	})
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != 3 || !errors.Is(err, errNotReady) || !strings.Contains(err.Error(), "is cursed") {
		t.Errorf("start: %v", err)
	}
}

func TestServersInheritNothing(t *testing.T) {
	t.Parallel()
	_, env := spec{env: []string{"GATEWAY_PORT={port}"}, folder: "/folder"}.at("4566", "/venv/bin/ministack")
	for _, want := range []string{"GATEWAY_PORT=4566", "HOME=/folder", "TMPDIR=/folder", "PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin"} {
		if !strings.Contains("\n"+strings.Join(env, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("%q is not in %q", want, env)
		}
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var log tail
	for _, text := range []string{strings.Repeat("a", tailBytes), "the ", "end"} {
		if n, err := log.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
	}
	if got := log.String(); len(got) != tailBytes || !strings.HasSuffix(got, "aathe end") {
		t.Errorf("kept %d bytes, ending in %q", len(got), got[max(0, len(got)-10):])
	}
}

// breaking is a body like the SDK's: once closed it ends in an error.
type breaking struct {
	io.Reader
	closed bool
}

func (b *breaking) Close() error { b.closed = true; return nil }

func TestClientSendsTheWholeBody(t *testing.T) {
	t.Parallel()
	received := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ContentLength != int64(len(body)) {
			t.Errorf("content length %d, %d bytes: %v", r.ContentLength, len(body), err)
		}
		received <- string(body)
	}))
	t.Cleanup(server.Close)
	for _, want := range []string{"a body", ""} {
		body := io.ReadCloser(&breaking{Reader: strings.NewReader(want)})
		if want == "" {
			body = nil
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := Client{HTTP: server.Client()}.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := <-received; got != want {
			t.Errorf("received %q, want %q", got, want)
		}
	}
}

func TestBundleIsExecutable(t *testing.T) {
	t.Parallel()
	sh, err := Find("sh")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := Bundle(sh)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.File) != 1 || archive.File[0].Name != "bootstrap" || archive.File[0].Mode().Perm() != 0o755 ||
		archive.File[0].UncompressedSize64 == 0 {
		t.Errorf("the archive holds %+v", archive.File)
	}
	if _, err := Bundle(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing executable is no error")
	}
}
