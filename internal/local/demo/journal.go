package demo

import (
	"strings"
	"sync"
)

// journal keeps what a function writes. It is safe for concurrent use.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
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
