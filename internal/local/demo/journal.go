package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// journal keeps what a function writes. It is safe for concurrent use.
type journal struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // closed and replaced at each write
}

func newJournal() *journal { return &journal{changed: make(chan struct{})} }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.changed)
	j.changed = make(chan struct{})
	return j.text.Write(p)
}

func (j *journal) String() string {
	text, _ := j.read()
	return text
}

func (j *journal) read() (text string, changed <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String(), j.changed
}

// wait returns once a line holds all the parts. A function's log may come a little after its answer.
func (j *journal) wait(ctx context.Context, parts ...string) error {
	for {
		text, changed := j.read()
		for line := range strings.Lines(text) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
				return nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for a line with %s in the log: %w", strings.Join(parts, " and "), context.Cause(ctx))
		}
	}
}

// tail returns the last lines, without the metrics.
func (j *journal) tail(n int) []string {
	var lines []string
	for line := range strings.Lines(j.String()) {
		if !strings.Contains(line, `"_aws":`) {
			lines = append(lines, strings.TrimRight(line, "\n"))
		}
	}
	return lines[max(0, len(lines)-n):]
}

// journals has one for each function.
type journals map[string]*journal

func newJournals() journals {
	all := journals{}
	for _, name := range functionNames() {
		all[name] = newJournal()
	}
	return all
}
