package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"callback-completer/internal/local/lambda"
)

// watcher turns invocations and the function's log into a line for each event.
type watcher struct {
	out *screen

	mu   sync.Mutex
	rest []byte // a line of the log that has no end yet
}

func (w *watcher) tell(style, what, format string, args ...any) {
	w.out.line("%s  %s  %s", time.Now().Format(time.TimeOnly), w.out.paint(style, fmt.Sprintf("%-11s", what)), fmt.Sprintf(format, args...))
}

// arrived tells of the messages that the function is given.
func (w *watcher) arrived(event []byte) {
	var e struct {
		Records []struct{ MessageID, Body string }
	}
	if err := json.Unmarshal(event, &e); err != nil {
		w.tell(red, "failed", "the event cannot be read: %v", err)
		return
	}
	for _, m := range e.Records {
		w.tell(bold, "arrived", "message %s, %d bytes", m.MessageID, len(m.Body))
	}
}

// dealt tells of invocations that failed as a whole, of which the log may know nothing.
func (w *watcher) dealt(b lambda.Batch) {
	err := failure(b)
	if err == nil || errors.Is(err, lambda.ErrClosed) { // by Ctrl-C
		return
	}
	w.tell(red, "failed", "%v; the %d messages come again after %s s", err, len(b.Records), visibilitySeconds)
}

// Write takes the function's log.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		line, rest, whole := bytes.Cut(w.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		w.logged(line)
		w.rest = rest
	}
}

// logLine is what the function logs of a callback.
type logLine struct {
	Message          string          `json:"message"`
	Verdict          string          `json:"verdict"`
	SourceID         string          `json:"sourceId"`
	ErrorCode        string          `json:"errorCode"`
	ErrorMessage     string          `json:"errorMessage"`
	Mapping          string          `json:"mapping"`
	TokenFingerprint string          `json:"tokenFingerprint"`
	Metrics          json.RawMessage `json:"_aws"`
}

// logged shows verdicts in words and leaves out the summaries and metrics of batches. What else the function writes is
// shown as it is: it matters.
func (w *watcher) logged(line []byte) {
	var l logLine
	err := json.Unmarshal(line, &l)
	switch {
	case err == nil && l.Message == "callback":
		w.tell(l.style(), l.Verdict, "%s", l)
	case err == nil && (l.Message == "batch" || l.Metrics != nil):
	default:
		w.tell(faint, "log", "%s", line)
	}
}

func (l logLine) style() string {
	switch l.Verdict {
	case "delivered", "duplicate", "ignored":
		return green
	}
	return red
}

// String is the line without its verdict.
func (l logLine) String() string {
	parts := []string{"message " + l.SourceID}
	if l.TokenFingerprint != "" {
		parts = append(parts, "token "+l.TokenFingerprint)
	}
	if l.Mapping != "" {
		parts = append(parts, "mapping "+l.Mapping)
	}
	text := strings.Join(parts, ", ")
	if l.ErrorCode != "" {
		text += "; " + l.ErrorCode + ": " + l.ErrorMessage
	}
	switch l.Verdict {
	case "unconfirmed", "closed", "rejected":
		text += " It is in the dead-letter queue."
	case "retry":
		text += " It comes again after " + visibilitySeconds + " s."
	}
	return text
}
