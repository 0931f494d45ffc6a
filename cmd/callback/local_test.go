package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callback-completer/internal/local/bootstrap"
	"callback-completer/internal/local/demo"
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "callback-test-")
	if err != nil {
		panic(err)
	}
	functions = sync.OnceValues(func() (string, error) {
		root, err := bootstrap.Root(".")
		if err != nil {
			return "", err
		}
		// The tool too: what it has in common with the functions is compiled once.
		return folder, bootstrap.BuildForTest(context.Background(), root, folder, append(demo.Packages(), "./cmd/callback")...)
	})
	tool = func() (string, error) {
		folder, err := functions()
		return filepath.Join(folder, "callback"), err
	}
	flag.Parse()
	if n := flag.Lookup("test.parallel").Value; n.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) && runtime.GOMAXPROCS(0) < 4 {
		_ = n.Set("4") // sessions wait for most of their time
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(folder)
		os.Exit(code)
	}))
}

// tool is functions for this command: it returns its path.
var tool func() (string, error)

// functions builds the functions once and returns their folder, for tests that are not about building.
var functions func() (string, error)

// session is the tool as a process of its own, with its own folder for temporary files.
type session struct {
	cmd    *exec.Cmd
	out    *bufio.Reader
	closer io.Closer
	stderr screen // the process writes to it while a failing test reads it
	temp   string
}

func begin(t *testing.T, args ...string) *session {
	t.Helper()
	path, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{temp: t.TempDir()}
	s.cmd = exec.CommandContext(t.Context(), path, args...)
	s.cmd.Env = append(os.Environ(), "TMPDIR="+s.temp)
	s.cmd.Stderr = &s.stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // which its children join
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out, s.closer = bufio.NewReader(out), out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// beginBuilt is begin for callback local with functions that are built already.
func beginBuilt(t *testing.T, args ...string) *session {
	t.Helper()
	folder, err := functions()
	if err != nil {
		t.Fatal(err)
	}
	return begin(t, append([]string{"local", "--functions", folder}, args...)...)
}

// until reads up to a line that begins with prefix, and returns it.
func (s *session) until(t *testing.T, prefix string) (line string) {
	t.Helper()
	return s.read(t, func(line string) bool { return strings.HasPrefix(line, prefix) }, prefix)
}

// line reads up to a line that holds part, and returns it.
func (s *session) line(t *testing.T, part string) (line string) {
	t.Helper()
	return s.read(t, func(line string) bool { return strings.Contains(line, part) }, part)
}

func (s *session) read(t *testing.T, wanted func(line string) bool, what string) (line string) {
	t.Helper()
	var seen strings.Builder
	for {
		line, err := s.out.ReadString('\n')
		if wanted(line) {
			return line
		}
		seen.WriteString(line)
		if err != nil {
			t.Fatalf("no line has %q in\n%s\n%s", what, seen.String(), s.stderr.String())
		}
	}
}

// untilGoWorks waits until the compiler has a folder to work in. A signal that strikes in the instant in which Go forks can
// end a process with "morestack on gsignal", which is the runtime's doing and not what is tested.
func (s *session) untilGoWorks(t *testing.T) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		if found, _ := filepath.Glob(filepath.Join(s.temp, "callback-local-*", "*")); len(found) > 0 {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-late:
			t.Fatal("the compiler does not begin")
		}
	}
}

// end waits for the process and checks that it leaves no file behind.
func (s *session) end(t *testing.T, code int) {
	t.Helper()
	err := s.cmd.Wait()
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("it exits with %d (%v), not %d\n%s", got, err, code, s.stderr.String())
	}
	if left, err := os.ReadDir(s.temp); len(left) > 0 || err != nil {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// alone checks that the session has no process left.
func (s *session) alone(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-s.cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("a process is left: %v", err)
	}
}

// interrupt does what Ctrl-C in a terminal does: it strikes every process of the session.
func (s *session) interrupt(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	s := begin(t, "local")
	s.until(t, "Built in ")
	s.until(t, "All 26 went as expected.")
	_, _ = io.Copy(io.Discard, s.out)
	s.end(t, 0)
	s.alone(t)
}

// brokenFunctions returns a folder with functions that never get as far as their first invocation.
func brokenFunctions(t *testing.T) string {
	t.Helper()
	broken, err := filepath.Abs("testdata/bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"sqs", "eventbridge", "http", "approval"} {
		if err := os.Symlink(broken, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestLocalWithBrokenFunctions(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"local", "--functions", brokenFunctions(t)}, &stdout, &stderr, none)
	if code != 1 || stderr.String() != "callback local: 25 of 26 scenes did not go as expected\n" {
		t.Errorf("it exits with %d and says %s", code, stderr.String())
	}
	for _, want := range []string{"\nNO  success ", "\nWhat differed\n", "exit status 3 during init: broken\n", "\n   broken\n"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is not in\n%s", want, stdout.String())
		}
	}
}

// The compiler's children are not waited for: go itself is killed by the second interrupt.
func TestInterruptedWhileItBuilds(t *testing.T) {
	t.Parallel()
	s := begin(t, "local")
	s.until(t, "Building ")
	s.untilGoWorks(t)
	s.interrupt(t)
	_, _ = io.Copy(io.Discard, s.out)
	s.end(t, 1)
	if got := s.stderr.String(); got != "callback local: interrupted\n" {
		t.Errorf("it says %s", got)
	}
}

func TestInterruptedInAScene(t *testing.T) {
	t.Parallel()
	s := beginBuilt(t)
	s.until(t, "5. ")
	s.interrupt(t)
	_, _ = io.Copy(io.Discard, s.out)
	s.end(t, 1)
	s.alone(t)
	if got := s.stderr.String(); got != "callback local: interrupted\n" {
		t.Errorf("it says %s", got)
	}
}

func TestServeEndsWell(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := beginBuilt(t, "--serve", "--port", "0")
			s.until(t, "What happens is shown here.")
			if err := s.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, s.out)
			s.end(t, 0)
			s.alone(t)
		})
	}
}

// A reader that goes, as `callback local | head` has one, ends it like Ctrl-C.
func TestReaderGoes(t *testing.T) {
	t.Parallel()
	s := beginBuilt(t)
	s.until(t, "1. ")
	if err := s.closer.Close(); err != nil {
		t.Fatal(err)
	}
	s.end(t, 1)
	s.alone(t)
}

func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	next := strconv.Itoa(number + 1)
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"local", "--functions", brokenFunctions(t), "--port", port}, &stdout, &stderr, none)
	if want := "callback local: port " + port + " or " + next + " is taken; choose another --port, 0 takes free ones\n"; code != 1 || stderr.String() != want {
		t.Errorf("it exits with %d and says %s", code, stderr.String())
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"local"}, &stdout, &stderr, none); code != 1 || stderr.String() != "callback local: interrupted\n" {
		t.Errorf("it exits with %d and says %s", code, stderr.String())
	}
}
