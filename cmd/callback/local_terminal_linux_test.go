package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// newTerminal returns the two ends of a terminal: the person's and the program's.
func newTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine gives out no terminals: %v", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var number, unlock uint32
	for request, argument := range map[uintptr]*uint32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(argument))); code != 0 {
			t.Fatal(code)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// beginAtATerminal runs the tool where somebody sits, with or without a terminal for what he types.
func beginAtATerminal(t *testing.T, args ...string) (s *session, person *os.File) {
	t.Helper()
	path, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := functions()
	if err != nil {
		t.Fatal(err)
	}
	person, program := newTerminal(t)
	s = &session{temp: t.TempDir(), out: bufio.NewReader(person)}
	s.cmd = exec.CommandContext(t.Context(), path, append([]string{"local", "--functions", folder}, args...)...)
	s.cmd.Env = append(os.Environ(), "TMPDIR="+s.temp, "TERM=dumb", "CI=")
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = program, program, &s.stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s, person
}

// TestLocalAtATerminal keeps its last page up until Enter is pressed.
func TestLocalAtATerminal(t *testing.T) {
	t.Parallel()
	s, person := beginAtATerminal(t)
	s.until(t, "    http://127.0.0.1:")
	s.until(t, "The page is here for 2 minutes. Enter ends it before.")
	if _, err := io.WriteString(person, "\n"); err != nil {
		t.Fatal(err)
	}
	s.until(t, "Nobody has decided.")
	s.end(t, 0)
	s.alone(t)
}

// TestOpen waits for the decision, with nobody at a terminal too.
func TestOpen(t *testing.T) {
	t.Parallel()
	s := beginBuilt(t, "--open")
	page := strings.TrimSpace(s.until(t, "    http://127.0.0.1:"))
	s.until(t, "The page is here for an hour. Ctrl-C ends it before.")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, page, strings.NewReader(url.Values{"decision": {"approve"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if answer.Body.Close() != nil || err != nil || answer.StatusCode != http.StatusOK || bytes.Contains(text, []byte("<form")) {
		t.Errorf("after the form the page is %d, %v:\n%s", answer.StatusCode, err, text)
	}
	s.until(t, "The workflow went to Deploy and is SUCCEEDED: ")
	_, _ = io.Copy(io.Discard, s.out)
	s.end(t, 0)
	s.alone(t)
}

// TestOpenInterrupted: nobody has to decide.
func TestOpenInterrupted(t *testing.T) {
	t.Parallel()
	s := beginBuilt(t, "--open")
	s.until(t, "The page is here for an hour.")
	s.interrupt(t)
	s.until(t, "Nobody has decided.")
	_, _ = io.Copy(io.Discard, s.out)
	s.end(t, 0)
	s.alone(t)
}

func TestAttended(t *testing.T) {
	t.Parallel()
	_, terminal := newTerminal(t)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	for name, test := range map[string]struct {
		out  io.Writer
		in   *os.File
		ci   string
		want bool
	}{
		"both":       {terminal, terminal, "", true},
		"no input":   {terminal, null, "", false},
		"no output":  {null, terminal, "", false},
		"a file":     {&bytes.Buffer{}, terminal, "", false},
		"a CI's own": {terminal, terminal, "true", false},
	} {
		env := func(name string) (string, bool) { return map[string]string{"CI": test.ci}[name], true }
		if got := attended(test.out, test.in, env); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
