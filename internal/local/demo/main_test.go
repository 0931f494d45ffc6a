package demo

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"callback-completer/internal/local/bootstrap"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "demo-test-")
	if err != nil {
		panic(err)
	}
	builds.folder = folder
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

// builds holds every executable that a test has asked for.
var builds struct {
	folder string
	mu     sync.Mutex
	paths  map[string]string
}

// built returns the executable of a package of this module, which is built once.
func built(t *testing.T, pkg string) string {
	t.Helper()
	builds.mu.Lock()
	defer builds.mu.Unlock()
	if path, ok := builds.paths[pkg]; ok {
		return path
	}
	root, err := bootstrap.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(builds.folder, filepath.Base(pkg))
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path, err := bootstrap.Build(context.WithoutCancel(t.Context()), root, pkg, folder)
	if err != nil {
		t.Fatal(err)
	}
	if builds.paths == nil {
		builds.paths = map[string]string{}
	}
	builds.paths[pkg] = path
	return path
}

// printed is an Options.Out that a test can wait on.
type printed struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed and replaced at each write
}

func newPrinted() *printed { return &printed{changed: make(chan struct{})} }

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// wait returns what was printed once it holds want.
func (p *printed) wait(t *testing.T, want string) string {
	t.Helper()
	for {
		p.mu.Lock()
		text, changed := p.text.String(), p.changed
		p.mu.Unlock()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatalf("%q was never printed; this was:\n%s", want, text)
		}
	}
}
