package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"callback-completer/internal/local/lambda"
)

// watcher turns invocations, the functions' logs and the API's answers into a line for each event.
type watcher struct{ out *screen }

func (w watcher) hooks() hooks {
	return hooks{
		log:     func(function string) io.Writer { return &logWatcher{watcher: w, function: function} },
		arrived: w.arrived, failed: w.failed, dealt: w.dealt, ended: w.ended, answered: w.answered, asked: w.asked,
	}
}

func (w watcher) tell(style, what, format string, args ...any) {
	w.out.line("%s  %s  %s", time.Now().Format(time.TimeOnly), w.out.paint(style, fmt.Sprintf("%-11s", what)), fmt.Sprintf(format, args...))
}

// arrived tells of what a function is given.
func (w watcher) arrived(function string, event []byte) {
	var e struct {
		Records        []struct{ MessageID, Body string } // SQS
		RawPath, Body  string                             // API Gateway
		RequestContext struct{ HTTP struct{ Method string } }
	}
	if err := json.Unmarshal(event, &e); err != nil {
		w.tell(red, "failed", "the event cannot be read: %v", err)
		return
	}
	switch function {
	case sqsFunction:
		for _, m := range e.Records {
			w.tell(bold, "arrived", "message %s, %d bytes", m.MessageID, len(m.Body))
		}
	case eventBridgeFunction:
		w.tell(bold, "arrived", "event %s, %d bytes", eventID(event), len(event))
	case httpFunction:
		w.tell(bold, "arrived", "%s %s, %d bytes", e.RequestContext.HTTP.Method, withoutLink(e.RawPath), len(e.Body))
	case approvalFunction:
		w.tell(bold, "arrived", "a workflow's request to ask people, %d bytes", len(event))
	}
}

// withoutLink hides the link of a page's path. It is shown once, to those who are asked.
func withoutLink(path string) string {
	if strings.HasPrefix(path, pagePath) {
		return pagePath + "…"
	}
	return path
}

// asked shows people their link.
func (w watcher) asked(event []byte) {
	id, page := linkIn(event)
	w.tell(green, "asked", "%s (request %s)", page, id)
}

// dealt tells of batches that failed as a whole, of which the log may know nothing.
func (w watcher) dealt(b lambda.Batch) {
	err := failure(b)
	if err == nil || errors.Is(err, lambda.ErrClosed) { // by Ctrl-C
		return
	}
	w.tell(red, "failed", "%v; the %d messages come again after %s s", err, len(b.Records), visibilitySeconds)
}

// retryType is the type of the error by which functions/eventbridge asks for another invocation. Its log says why.
const retryType = "CallbackRetryError"

// failed tells of other invocations that failed.
func (w watcher) failed(function string, err error) {
	if function == sqsFunction || errorType(err) == retryType || errors.Is(err, lambda.ErrClosed) {
		return
	}
	w.tell(red, "failed", "functions/%s: %v", function, plain(err))
}

// ended tells of events that Lambda gives up.
func (w watcher) ended(r lambda.AsyncResult) {
	if r.Condition != lambda.Success {
		w.tell(red, "given up", "event %s after %d invocations; its record is in the queue %s", eventID(r.Payload), r.Invocations, failedEventsName)
	}
}

// answered tells of the API's answers, its own included.
func (w watcher) answered(method, path string, answer reply) {
	style := green
	if answer.status >= http.StatusBadRequest {
		style = red
	}
	w.tell(style, "answered", "%s %s: %s", method, withoutLink(path), answer)
}
