package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestColorful(t *testing.T) {
	t.Parallel()
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, like a terminal
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for name, test := range map[string]struct {
		w    io.Writer
		env  map[string]string
		want bool
	}{
		"terminal":       {terminal, map[string]string{"TERM": "xterm"}, true},
		"empty NO_COLOR": {terminal, map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		"NO_COLOR":       {terminal, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		"dumb":           {terminal, map[string]string{"TERM": "dumb"}, false},
		"no TERM":        {terminal, nil, false},
		"file":           {file, map[string]string{"TERM": "xterm"}, false},
		"no file":        {&bytes.Buffer{}, map[string]string{"TERM": "xterm"}, false},
	} {
		env := func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }
		if got := colorful(test.w, env); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
