package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"callback-completer/internal/callback"
)

// screen writes lines to a terminal or a file, and no task token that it was told of. Errors are dropped: the writer's owner knows that its reader has gone.
// It is safe for concurrent use.
type screen struct {
	w     io.Writer
	color bool

	mu     sync.Mutex
	tokens []string // to be shown by their fingerprints
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
	text := fmt.Sprintf(format, args...)
	for _, token := range s.tokens {
		text = strings.ReplaceAll(text, token, fingerprint(token))
	}
	_, _ = io.WriteString(s.w, text+"\n")
}

// hide makes the screen show a token's fingerprint in its place.
func (s *screen) hide(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = append(s.tokens, token)
}

// fingerprint is how a token is shown, here and in the function's log.
func fingerprint(token string) string {
	t, err := callback.NewToken(token)
	if err != nil {
		return "[no token]"
	}
	return "[token " + t.Fingerprint() + "]"
}
