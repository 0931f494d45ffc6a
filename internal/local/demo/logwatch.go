package demo

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"callback-completer/internal/approval"
)

// logWatcher turns the log of a function into lines. It is safe for concurrent use.
type logWatcher struct {
	watcher

	function string

	mu   sync.Mutex
	rest []byte // a line that has no end yet
}

func (w *logWatcher) Write(p []byte) (int, error) {
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

// logLine is what a function logs of a callback or of a webhook that it refuses.
type logLine struct {
	Message          string          `json:"message"`
	Verdict          string          `json:"verdict"`
	SourceID         string          `json:"sourceId"`
	ErrorCode        string          `json:"errorCode"`
	ErrorMessage     string          `json:"errorMessage"`
	Mapping          string          `json:"mapping"`
	TokenFingerprint string          `json:"tokenFingerprint"`
	Queued           bool            `json:"queued"`
	Source           string          `json:"source"`
	Reason           string          `json:"reason"`
	ApprovalID       string          `json:"approvalId"`
	Fingerprint      string          `json:"fingerprint"`
	Outcome          string          `json:"outcome"`
	Metrics          json.RawMessage `json:"_aws"`
}

// logged shows verdicts in words and leaves out the summaries and metrics of invocations. What else the function writes
// is shown as it is: it matters.
func (w *logWatcher) logged(line []byte) {
	var l logLine
	err := json.Unmarshal(line, &l)
	switch {
	case err == nil && l.Message == "callback":
		w.tell(l.style(), l.Verdict, "%s%s", l.text(w.function), l.consequence(w.function))
	case err == nil && l.Message == "webhook refused" && l.Source == "":
		w.tell(red, "refused", "webhook of an unknown source")
	case err == nil && l.Message == "webhook refused":
		w.tell(red, "refused", "webhook of %s: %s", l.Source, l.Reason)
	case err == nil && l.Message == "an approval was answered":
		w.tell(l.style(), l.Verdict, "answer to request %s, token %s", l.ApprovalID, l.Fingerprint)
	case err == nil && l.Message == "approval form" && l.ApprovalID == "":
		w.tell(red, "form", "to a page that is not there, or not from it")
	case err == nil && l.Message == "approval form":
		w.tell(l.formStyle(), "form", "request %s: %s", l.ApprovalID, l.Outcome)
	case err == nil && l.Message == "the link was handed over":
		w.tell(green, "handed over", "the link of request %s", l.ApprovalID)
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

func (l logLine) formStyle() string {
	switch approval.Outcome(l.Outcome) {
	case approval.OutcomeAnswered, approval.OutcomeProbable, approval.OutcomeVoted:
		return green
	default:
		return red
	}
}

// text is the line without its verdict.
func (l logLine) text(function string) string {
	noun := map[string]string{sqsFunction: "message ", eventBridgeFunction: "event ", httpFunction: "request "}[function]
	parts := []string{noun + l.SourceID}
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
	return text
}

// consequence is what becomes of a callback that is not delivered. Callers of the API see it in the answer.
func (l logLine) consequence(function string) string {
	switch l.Verdict {
	case "unconfirmed", "closed", "rejected":
		if function != httpFunction {
			return " It is in the dead-letter queue."
		}
	case "retry":
		switch {
		case l.Queued:
			return " It is on the callback queue."
		case function == sqsFunction:
			return " It comes again after " + visibilitySeconds + " s."
		case function == eventBridgeFunction:
			return " Lambda invokes the function again, at most twice."
		}
	}
	return ""
}
