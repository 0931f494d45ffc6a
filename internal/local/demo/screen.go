package demo

import (
	"fmt"
	"io"
	"sync"
)

// screen writes lines to a terminal or a file. Errors are dropped: the writer's owner knows that its reader has gone.
// It is safe for concurrent use.
type screen struct {
	mu    sync.Mutex
	w     io.Writer
	color bool
}

// The colours, as the parameters of SGR (ECMA-48).
const (
	bold  = "1"
	faint = "2"
	red   = "31"
	green = "32"
)

func (s *screen) paint(style, text string) string {
	if !s.color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s *screen) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(s.w, format+"\n", args...)
}
