package callback

import (
	"errors"

	"callback-completer/internal/jsonspan"
)

// Parse reads the canonical form of a callback:
//
//	{"taskToken": T, "output": any JSON}
//	{"taskToken": T, "error": "Code", "cause": "text"}     one of the two may be missing
//	{"taskToken": T, "outcome": "success"|"failure"|"heartbeat"}
//
// "TaskToken" is taken for "taskToken". Other members are ignored. Whatever could be read in two ways is refused:
// both spellings, a repeated key, an output beside an error or cause, an outcome that contradicts the rest. A
// member that is there counts as given even when it is null. An error or cause that is too long is cut and noted
// in Cuts. The Output shares text's memory.
//
// The error is an *Error of Kind Permanent with [CodeInvalidPayload], [CodeInvalidCallback],
// [CodeInvalidTaskToken] or [CodeOutputTooLarge].
func Parse(text []byte) (Callback, error) {
	var o jsonspan.Outline
	if !o.Read(text) {
		_, _, err := jsonspan.Members(text)
		return Callback{}, refuseText(err)
	}
	return Read(o.Root())
}

// Read is [Parse] for a text that was outlined already.
func Read(v jsonspan.Value) (Callback, error) {
	if v.First() != '{' {
		return Callback{}, Reject(CodeInvalidCallback, "A callback is a JSON object.")
	}
	var room [usualMembers]jsonspan.Member
	return Build(v.Members(room[:0], "taskToken", "output", "outcome", "error", "cause", "TaskToken"))
}

// usualMembers is more than a callback needs: so few are compared with each other, more are remembered in a map.
const usualMembers = 16

// Build is [Parse] for the members of an object, each of which was checked already.
func Build(members []jsonspan.Member) (Callback, error) {
	var f form
	var seen map[string]bool
	if len(members) > usualMembers {
		seen = make(map[string]bool, len(members))
	}
	for i, m := range members {
		if seen[m.Key] || seen == nil && named(members[:i], m.Key) {
			return Callback{}, Reject(CodeInvalidCallback,
				"A member stands there twice; two readers would disagree on which one counts.")
		}
		if seen != nil {
			seen[m.Key] = true
		}
		if err := f.take(m); err != nil {
			return Callback{}, err
		}
	}
	return f.callback()
}

func named(members []jsonspan.Member, key string) bool {
	for _, m := range members {
		if m.Key == key {
			return true
		}
	}
	return false
}

// refuseText turns the refusal of a JSON text into an error that quotes none of it.
func refuseText(err error) *Error {
	switch {
	case errors.Is(err, jsonspan.ErrDepth):
		return Reject(CodeInvalidPayload, "The JSON is nested deeper than 1,000 levels.")
	case errors.Is(err, jsonspan.ErrUTF8):
		return Reject(CodeInvalidPayload, "The payload is not valid UTF-8.")
	case errors.Is(err, jsonspan.ErrBOM):
		return Reject(CodeInvalidPayload, "The payload starts with a byte order mark; send it without one.")
	default:
		return Reject(CodeInvalidPayload, "The payload is not valid JSON.")
	}
}

// form is a canonical callback as it is written, member by member. A nil member is not there.
type form struct {
	token            string
	hasToken         bool
	output           []byte
	outcome          Outcome
	errorText, cause *string
}

func (f *form) take(m jsonspan.Member) error {
	switch m.Key {
	case "taskToken", "TaskToken":
		if f.hasToken {
			return Reject(CodeInvalidCallback, `Both "taskToken" and "TaskToken" are there; send one of them.`)
		}
		text, ok := jsonspan.String(m.Value)
		if !ok {
			return Reject(CodeInvalidTaskToken, `"taskToken" is not a string.`)
		}
		f.token, f.hasToken = text, true
	case "output":
		f.output = m.Value
	case "error":
		text, ok := jsonspan.String(m.Value)
		if !ok {
			return Reject(CodeInvalidCallback, `"error" is not a string; leave it out if there is none.`)
		}
		f.errorText = &text
	case "cause":
		text, ok := jsonspan.String(m.Value)
		if !ok {
			return Reject(CodeInvalidCallback, `"cause" is not a string; leave it out if there is none.`)
		}
		f.cause = &text
	case "outcome":
		word, _ := jsonspan.String(m.Value)
		outcome, ok := parseOutcome(word)
		if !ok {
			return Reject(CodeInvalidCallback, `"outcome" is none of "success", "failure" and "heartbeat".`)
		}
		f.outcome = outcome
	}
	return nil
}

func (f *form) callback() (Callback, error) {
	if !f.hasToken {
		return Callback{}, Reject(CodeInvalidTaskToken, `"taskToken" is missing.`)
	}
	token, err := NewToken(f.token)
	if err != nil {
		return Callback{}, err
	}
	outcome, err := f.decide()
	if err != nil {
		return Callback{}, err
	}
	c := Callback{Token: token, Outcome: outcome}
	switch outcome {
	case Success:
		c.Output = f.output
		if c.Output == nil {
			c.Output = []byte("{}")
		}
		if len(c.Output) > MaxOutputBytes {
			return Callback{}, Reject(CodeOutputTooLarge,
				"The output is longer than 262,144 bytes, the most that Step Functions takes; pass a reference to it instead.")
		}
	case Failure:
		c.Error = c.fit("error", f.errorText, MaxErrorBytes)
		c.Cause = c.fit("cause", f.cause, MaxCauseBytes)
	case Heartbeat:
	}
	return c, nil
}

// decide returns the outcome that the members agree on.
func (f *form) decide() (Outcome, error) {
	succeeds := f.output != nil
	fails := f.errorText != nil || f.cause != nil
	switch {
	case succeeds && fails:
		return 0, Reject(CodeInvalidCallback, `"output" stands beside "error" or "cause"; send one of them.`)
	case f.outcome == Success && fails, f.outcome == Failure && succeeds, f.outcome == Heartbeat && (succeeds || fails):
		return 0, Reject(CodeInvalidCallback, `"outcome" contradicts the other members.`)
	case f.outcome != 0:
		return f.outcome, nil
	case succeeds:
		return Success, nil
	case fails:
		return Failure, nil
	default:
		return 0, Reject(CodeInvalidCallback, `There is no result: send "output", "error", "cause" or "outcome".`)
	}
}

func (c *Callback) fit(field string, text *string, limit int) string {
	switch {
	case text == nil:
		return ""
	case len(*text) <= limit:
		return *text
	default:
		c.Cuts = append(c.Cuts, Cut{Field: field, Bytes: len(*text)})
		return cut(*text, limit)
	}
}
