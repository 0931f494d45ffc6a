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
	built = sync.OnceValues(func() (string, error) {
		root, err := bootstrap.Root(".")
		if err != nil {
			return "", err
		}
		return folder, bootstrap.BuildForTest(context.Background(), root, folder, append(Packages(), "./internal/local/demo/testdata/gives-back")...)
	})
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

// built builds the executables that the tests need, once, and returns their folder.
var built func() (folder string, err error)

// functions returns the folder of the functions' executables.
func functions(t *testing.T) string {
	t.Helper()
	folder, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// calm is held by the one test that plays every scene and expects the best of each, and shared by the others that run
// processes: scenes know how long things take.
var calm sync.RWMutex

// sharing holds the tests that share calm.
var sharing sync.Map

// share lets a test run processes beside others. A test shares once: a lock that somebody waits for is not shared again,
// so that each would wait for the other.
func share(t *testing.T) {
	t.Helper()
	if _, twice := sharing.LoadOrStore(t, true); twice {
		t.Fatal("share is called twice")
	}
	calm.RLock()
	t.Cleanup(calm.RUnlock)
}

// otherFunctions returns a folder with other executables in the places of the functions.
func otherFunctions(t *testing.T, executables map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, executable := range executables {
		path, err := filepath.Abs(executable)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
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
