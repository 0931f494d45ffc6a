package demo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// sceneLimit is when a scene that does not come to its end is given up.
const sceneLimit = 20 * time.Second

// scene is a workflow and what a worker does to it.
type scene struct {
	name   string
	about  string
	expect []string // facts, in the order in which play finds them
	// play returns the facts that it found as far as it came, and why it went no further.
	play func(context.Context, *stage) ([]string, error)
}

// result is how a scene went.
type result struct {
	name             string
	expect, happened []string
	err              error
	took             time.Duration
}

func (r result) ok() bool { return r.err == nil && slices.Equal(r.expect, r.happened) }

// outcome is what happened, as the table shows it.
func (r result) outcome() []string {
	if r.err == nil {
		return r.happened
	}
	return append(slices.Clip(r.happened), brief(r.err.Error()))
}

// briefLength keeps the table within a terminal; what is cut stands in full below it.
const briefLength = 48

func brief(text string) string {
	text, _, more := strings.Cut(text, "\n")
	runes := []rune(text)
	if len(runes) > briefLength {
		return string(runes[:briefLength]) + "…"
	}
	if more {
		return text + " …"
	}
	return text
}

// errSlow ends a scene that takes too long.
var errSlow = errors.New("it takes too long")

func (s *stage) run(ctx context.Context, sc scene) result {
	ctx, cancel := context.WithTimeoutCause(ctx, sceneLimit, errSlow)
	defer cancel()
	began := time.Now()
	r := result{name: sc.name, expect: sc.expect}
	r.happened, r.err = sc.play(ctx, s)
	r.took = time.Since(began)
	return r
}
