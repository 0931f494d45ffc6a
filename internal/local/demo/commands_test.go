package demo

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestPrintedCommandsForTheAPI runs the printed lines of curl and openssl in a shell.
func TestPrintedCommandsForTheAPI(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("the commands need %s, which is not here", program)
		}
	}
	s := serve(t)
	credentials := block(t, s.out.String(), "The CLI asks for credentials")
	for about, answered := range map[string]string{
		"a webhook of the partner acme": "POST /webhooks/acme: 200 delivered",
		"a call that is signed":         "POST /callbacks: 200 delivered",
	} {
		execution, token := s.order(t)
		script := strings.Join([]string{"set -euo pipefail", credentials, "TOKEN='" + token + "'", block(t, s.out.String(), about)}, "\n")
		shell := exec.CommandContext(t.Context(), "bash", "-c", script)
		shell.Env = append(os.Environ(), "NO_PROXY=*")
		output, err := shell.CombinedOutput()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(output)), `{"status":"delivered"}`) {
			t.Errorf("%s: %v\n%s", about, err, output)
		}
		if text := s.out.wait(t, "  answered     "+answered); strings.Contains(text, tokenHead) {
			t.Errorf("a token was printed:\n%s", text)
		}
		if got := s.ended(t, execution); got != `SUCCEEDED {"status":"accepted"}` {
			t.Errorf("%s: the workflow is %s", about, got)
		}
	}
}

// block returns the printed lines under a comment that begins with about.
func block(t *testing.T, text, about string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "\n# "+about)
	if !found {
		t.Fatalf("there is no comment %q in\n%s", about, text)
	}
	_, rest, _ = strings.Cut(rest, "\n") // the rest of the comment
	lines, _, _ := strings.Cut(rest, "\n\n")
	return lines
}
