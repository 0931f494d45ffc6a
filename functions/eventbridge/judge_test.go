package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"callback-completer/internal/local/sqs"
)

// judge holds what became of every event against the promise.
func (w *world) judge() error {
	closings, err := w.Closings(w.tasks)
	if err != nil {
		return err
	}
	lost, err := w.lost()
	if err != nil {
		return err
	}
	for _, e := range w.sent {
		if e.astray {
			continue
		}
		gone := lost[e.id]
		delete(lost, e.id)
		won := len(e.answers) > 0
		for _, a := range e.answers {
			won = won && compact(closings[a.Task]) == compact(a.Result)
		}
		switch {
		case gone > e.copies && !w.disturbed: // a queue whose answer is lost is asked again
			return fmt.Errorf("event %s was handed over %d times and lies in the queues %d times", e.id, e.copies, gone)
		case gone < e.copies && !won && !e.beat:
			return fmt.Errorf("event %s is gone: %d of %d copies lie in a queue, and the tasks ended with %q", e.id, gone, e.copies, closings)
		case gone > 0 && (won || e.beat) && !w.disturbed:
			return fmt.Errorf("event %s lies in a queue although it was delivered and nothing disturbed it", e.id)
		}
	}
	if len(lost) > 0 {
		return fmt.Errorf("these lie in the queues and were never sent: %v", lost)
	}
	return w.secrets()
}

// compact returns a result without white space, which a bus does not keep and by which results do not differ.
func compact(result string) string {
	output, ok := strings.CutPrefix(result, "output ")
	var out bytes.Buffer
	if !ok || json.Compact(&out, []byte(output)) != nil {
		return result
	}
	return "output " + out.String()
}

// lost counts by event what lies in the dead-letter queue and at the on-failure destination, and demands that it has a
// reason and is what the function got. What the rule gave up is checked as well.
func (w *world) lost() (map[string]int, error) {
	payloads := map[string]*sentEvent{}
	astray := 0
	for _, e := range w.sent {
		payloads[e.id] = e
		if e.astray {
			astray++
		}
	}
	lost := map[string]int{}
	for _, m := range w.Letters.Peek() {
		id := eventID(m.Body)
		switch e := payloads[id]; {
		case e == nil || e.payload != m.Body:
			return nil, fmt.Errorf("the dead letter %.80q is no event that was sent", m.Body)
		case m.Attributes["ErrorCode"].String == "" || m.Attributes["ErrorMessage"].String == "":
			return nil, fmt.Errorf("the dead letter of event %s has no reason: %v", id, m.Attributes)
		}
		lost[id]++
	}
	for _, m := range w.records.Peek() {
		id, err := w.record(m)
		if err != nil {
			return nil, err
		}
		lost[id]++
	}
	for _, m := range w.undelivered.Peek() {
		if e := payloads[eventID(m.Body)]; e == nil || !e.astray || e.payload != m.Body || m.Attributes["ERROR_CODE"].String == "" {
			return nil, fmt.Errorf("the rule gave up %.80q, with %v", m.Body, m.Attributes)
		}
		astray--
	}
	if astray != 0 {
		return nil, fmt.Errorf("of the events that no function took, %d are gone", astray)
	}
	return lost, nil
}

// record returns the event of an on-failure record, which comes after the retries only.
func (w *world) record(m sqs.Held) (id string, err error) {
	var record struct {
		RequestContext struct {
			Condition              string
			ApproximateInvokeCount int
		}
		RequestPayload  struct{ ID string }
		ResponsePayload struct{ ErrorType string }
	}
	if err := json.Unmarshal([]byte(m.Body), &record); err != nil {
		return "", err
	}
	id = record.RequestPayload.ID
	switch record.ResponsePayload.ErrorType {
	case "CallbackRetryError", "Runtime.ExitError", "Sandbox.Timedout":
	default:
		return "", fmt.Errorf("event %s failed with %q", id, record.ResponsePayload.ErrorType)
	}
	if c := record.RequestContext; c.ApproximateInvokeCount != 3 || c.Condition != "RetriesExhausted" {
		return "", fmt.Errorf("event %s was given up after %d invocations: %s", id, c.ApproximateInvokeCount, c.Condition)
	}
	if !w.disturbed {
		return "", fmt.Errorf("event %s was given up although nothing disturbed it", id)
	}
	return id, nil
}

func eventID(body string) string {
	var e struct{ ID string }
	if json.Unmarshal([]byte(body), &e) != nil {
		return ""
	}
	return e.ID
}

// secrets looks for task tokens where none may be: what Lambda logs of an error is in the log.
func (w *world) secrets() error {
	tokens := make([]string, len(w.tasks))
	for i, t := range w.tasks {
		tokens[i] = t.Token
	}
	for _, e := range w.sent {
		if e.copies > 0 && w.Out.String() == "" {
			return errors.New("nothing was logged: there is nothing to look through")
		}
	}
	return w.Tells(tokens...)
}
