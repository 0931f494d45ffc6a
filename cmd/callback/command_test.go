package main

import (
	"bytes"
	"strings"
	"testing"
)

func none(string) (string, bool) { return "", false }

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string // how they begin; empty: nothing is written
	}{
		{"", 2, "", "callback is the developer's tool"},
		{"nonsense", 2, "", `callback: there is no subcommand "nonsense"` + "\n\ncallback is"},
		{"--serve", 2, "", `callback: there is no subcommand "--serve"`},
		{"help", 0, "callback is the developer's tool", ""},
		{"-h", 0, "callback is the developer's tool", ""},
		{"--help", 0, "callback is the developer's tool", ""},
		{"local -h", 0, "callback local builds the function", ""},
		{"local --help", 0, "callback local builds the function", ""},
		{"local --nonsense", 2, "", "callback local: flag provided but not defined: -nonsense\n\ncallback local builds"},
		{"local --port", 2, "", "callback local: flag needs an argument: -port"},
		{"local --port x", 2, "", `callback local: invalid value "x" for flag -port`},
		{"local --port 65536", 2, "", "callback local: there is no port 65536"},
		{"local --port -1", 2, "", "callback local: there is no port -1"},
		{"local --port 65535", 2, "", "callback local: there is no port after 65535"},
		{"local --serve --open", 2, "", "callback local: --open waits for one decision, --serve for Ctrl-C: choose one"},
		{"local --data x", 2, "", "callback local: --data keeps what --serve is asked"},
		{"local serve", 2, "", `callback local: "serve" is no flag`},
		{"local --functions /nowhere", 1, "", "callback local: functions/sqs: find the function's executable: stat /nowhere/sqs"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), strings.Fields(test.args), &stdout, &stderr, none); code != test.code {
				t.Errorf("it exits with %d, not %d", code, test.code)
			}
			begins(t, "stdout", stdout.String(), test.stdout)
			begins(t, "stderr", stderr.String(), test.stderr)
		})
	}
}

func begins(t *testing.T, name, got, want string) {
	t.Helper()
	if !strings.HasPrefix(got, want) || want == "" && got != "" {
		t.Errorf("%s is\n%s\nand does not begin with\n%s", name, got, want)
	}
}

func TestUsageNamesEveryFlag(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	run(t.Context(), []string{"local", "-h"}, &stdout, &stderr, none)
	for _, name := range []string{"-serve", "-open", "-port", "-data folder", "-functions folder"} {
		if !strings.Contains(stdout.String(), "\n  "+name) {
			t.Errorf("%s is not in\n%s", name, stdout.String())
		}
	}
}

func TestLocalOutsideTheSourceTree(t *testing.T) {
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"local"}, &stdout, &stderr, none); code != 1 {
		t.Errorf("it exits with %d", code)
	}
	begins(t, "stderr", stderr.String(), "callback local: this is not the callback-completer source tree")
}
