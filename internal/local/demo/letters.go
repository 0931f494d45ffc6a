package demo

import (
	"context"
	"errors"
	"fmt"

	"callback-completer/internal/local/sqs"
)

var errNoDeadLetter = errors.New("it is not in the dead-letter queue")

// find returns the dead letter of a message or an event.
func (s *stage) find(sourceID string) (letter sqs.Held, ok bool) {
	for _, l := range s.app.deadLetters.Peek() {
		if l.Attributes["SourceID"].String == sourceID {
			return l, true
		}
	}
	return sqs.Held{}, false
}

// letter returns the facts on what the dead-letter queue has of a message or an event.
func (s *stage) letter(sourceID, body string) ([]string, error) {
	letter, ok := s.find(sourceID)
	if !ok {
		return nil, errNoDeadLetter
	}
	code, message := letter.Attributes["ErrorCode"].String, letter.Attributes["ErrorMessage"].String
	s.say("the dead-letter queue has it: %s: %s", code, message)
	facts := []string{"dead letter " + code, same("body", letter.Body, body)}
	if message == "" {
		facts = append(facts, "no ErrorMessage")
	}
	return facts, nil
}

// sendDeadLetter sends a message and returns the facts on what the dead-letter queue has of it.
func (s *stage) sendDeadLetter(ctx context.Context, body string) ([]string, error) {
	id, err := s.send(ctx, body)
	if err != nil {
		return nil, err
	}
	return s.letter(id, body)
}

// left returns the facts on what a message that has done its work leaves behind.
func (s *stage) left(messageID string) []string {
	facts := []string{"queue empty", "no dead letter"}
	if n := len(s.app.callbacks.Peek()); n > 0 {
		facts[0] = fmt.Sprintf("queue holds %d", n)
	}
	if l, ok := s.find(messageID); ok {
		facts[1] = "dead letter " + l.Attributes["ErrorCode"].String
	}
	return facts
}

// same compares byte for byte.
func same(what, got, want string) string {
	if got != want {
		return what + " changed to " + brief(got)
	}
	return what + " as sent"
}
