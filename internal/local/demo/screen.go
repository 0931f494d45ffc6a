package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"callback-completer/internal/callback"
)

// screen writes lines to a terminal or a file, and no secret that it was told of. Errors are dropped: the writer's owner
// knows that its reader has gone. It is safe for concurrent use.
type screen struct {
	w     io.Writer
	color bool

	mu     sync.Mutex
	hidden []secret
}

// secret is a text that may not be seen.
type secret struct{ kind, text string }

// The kinds of secrets.
const (
	tokenKind     = "token"
	keyKind       = "secret"
	signatureKind = "signature"
	linkKind      = "link"
	commentKind   = "comment"
)

// String shows the fingerprint in the text's place. A token's is that in the functions' logs.
func (s secret) String() string {
	t, err := callback.NewToken(s.text)
	if err != nil {
		return "[no " + s.kind + "]"
	}
	return "[" + s.kind + " " + t.Fingerprint() + "]"
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
	for _, h := range s.hidden {
		text = strings.ReplaceAll(text, h.text, h.String())
	}
	_, _ = io.WriteString(s.w, text+"\n")
}

// hide makes the screen show a secret's fingerprint in its place.
func (s *screen) hide(h secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = append(s.hidden, h)
}
