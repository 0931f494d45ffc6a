package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTry(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	order := file("order.json", `{"order": 7, "token": "t"}`)
	good := file("good.jq", `{taskToken: .token, output: .order}`)
	failing := file("failing.jq", `{taskToken: "t", id: .order[]}`)
	broken := file("broken.jq", `{taskToken: .token`)
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string // what they hold; empty: nothing is written
	}{
		{"--event ../../events/sqs-success.json", 0, "SendTaskSuccess", ""},
		{"--event ../../events/sqs-malformed.json", 1, "ErrorCode NoMapping", ""},
		{"--event " + order + " --mapping " + good, 0, "good.jq takes it", ""},
		{"--event " + order + " --mapping " + good + " --trigger eventbridge", 0, "eventbridge after 200", ""},
		{"--event ../../events/http-api-v2-iam.json", 0, "passes if CALLBACKS_AUTHORIZER is iam or none", ""},
		{"--event ../../events/http-api-v2-success-base64.json --trigger http", 0, "202 {\"status\":\"unconfirmed\"}", ""},
		{"--event ../../events/http-webhook-github-ping.json", 1, "a source with the scheme github only wants an answer", ""},
		{"--event ../../events/http-alb-health-check.json", 1, "http        200", ""},
		{"--event " + order + " --mapping " + good + " --trigger http", 0, "422 {", ""},
		{"--event " + order + " --mapping " + failing, 1, "at line 1, column 22: .order[]\n            applied to .order", ""},
		{"--event ../../events/sqs-success.json --trigger http", 1, "", "callback try: the event is one of sqs, not of http"},
		{"--event " + order, 1, "ErrorCode NoMapping", ""},
		{"--event " + order + " --mapping " + broken, 1, "", "mapping broken.jq, line 1: unexpected EOF"},
		{"--event /nowhere/x.json", 1, "", "callback try: read the event: open /nowhere/x.json"},
		{"--event " + order + " --mapping /nowhere/x.jq", 1, "", "callback try: read the mapping"},
		{"--event " + order + " --trigger kinesis", 2, "", `callback try: there is no trigger "kinesis"`},
		{"", 2, "", "callback try: --event is missing"},
		{"x", 2, "", `callback try: "x" is no flag`},
		{"-h", 0, "callback try tells", ""},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), append([]string{"try"}, strings.Fields(test.args)...), &stdout, &stderr, none); code != test.code {
				t.Errorf("it exits with %d, not %d", code, test.code)
			}
			for name, pair := range map[string][2]string{"stdout": {stdout.String(), test.stdout}, "stderr": {stderr.String(), test.stderr}} {
				if !strings.Contains(pair[0], pair[1]) || pair[1] == "" && pair[0] != "" {
					t.Errorf("%s is\n%s\nand lacks %q", name, pair[0], pair[1])
				}
			}
		})
	}
}

// TestTrySamples: of every HTTP request it is told what becomes of it, without its task token.
func TestTrySamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../events/http-*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	var valid []string
	for _, file := range files {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"try", "--event", file}, &stdout, &stderr, none)
		name := filepath.Base(file)
		if code == exitOK {
			valid = append(valid, name)
		}
		if code == exitUsage || stderr.Len() > 0 || !strings.Contains(stdout.String(), "verdict     ") || strings.Contains(stdout.String(), "FAKE-TASK-TOKEN") {
			t.Errorf("%s: exit code %d\n%s%s", name, code, &stdout, &stderr)
		}
	}
	want := []string{ // no mapping takes what the webhooks send
		"http-alb.json", "http-api-v2-iam.json", "http-api-v2-jwt.json", "http-api-v2-lambda-authorizer.json",
		"http-api-v2-success-base64.json", "http-function-url-callback.json", "http-rest-failure.json", "http-rest-iam.json",
		"http-rest-lambda-authorizer.json",
	}
	if diff := cmp.Diff(want, valid); diff != "" {
		t.Errorf("valid callbacks (-want +got):\n%s", diff)
	}
}

// screen is a writer that says when it holds a text.
type screen struct {
	mu   sync.Mutex
	b    bytes.Buffer
	more chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *screen) waitFor(t *testing.T, text string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		found := strings.Contains(s.b.String(), text)
		s.mu.Unlock()
		if found {
			return
		}
		select {
		case <-s.more:
		case <-late:
			t.Fatalf("the screen never shows %q", text)
		}
	}
}

func TestTryAgainOnChange(t *testing.T) {
	t.Parallel()
	event := filepath.Join(t.TempDir(), "event.json")
	write := func(text string) {
		if err := os.WriteFile(event, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"output": 1}`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &screen{more: make(chan struct{}, 1)}
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"try", "--event", event, "--watch"}, out, out, none) }()
	out.waitFor(t, "ErrorCode NoMapping")
	write(`{"taskToken": "t", "output": 1}`)
	out.waitFor(t, "SendTaskSuccess")
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("it exits with %d", got)
	}
}

func TestMappingsAreListed(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"mappings"}, &stdout, &stderr, none); code != 0 {
		t.Errorf("it exits with %d: %s", code, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "MAPPING") {
		t.Fatalf("it prints\n%s", &stdout)
	}
	for _, line := range lines {
		if name, what, _ := strings.Cut(line, " "); name == "" || strings.TrimSpace(what) == "" {
			t.Errorf("%q does not say what it matches", line)
		}
	}
	if code := run(t.Context(), []string{"mappings", "x"}, &stdout, &stderr, none); code != 2 {
		t.Errorf("with an argument it exits with %d", code)
	}
}
