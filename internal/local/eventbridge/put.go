package eventbridge

import (
	"context"
	"encoding/json"
	"fmt"

	"callback-completer/internal/local/awsjson"
)

// maxEntries is the limit of one PutEvents.
const maxEntries = 10

// Result tells of one entry: its event's id, or why it is not put.
type Result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// PutEvents puts up to ten events and tells of each, in order. Entries that are refused do not keep the others back.
//
// The whole request is a ValidationException with no entry, more than ten, or more than 1 MiB in all.
func (s *Service) PutEvents(entries []Entry) ([]Result, error) {
	if len(entries) < 1 || len(entries) > maxEntries {
		return nil, invalidRequest("entries", "Member must have length from 1 to %d", maxEntries)
	}
	size := 0
	for _, e := range entries {
		size += e.size()
	}
	if size > maxRequest {
		return nil, awsjson.Errorf("ValidationException", "Total size of the entries in the request is over the limit.")
	}
	results := make([]Result, len(entries))
	for i, e := range entries {
		if no := s.check(e); no != nil {
			results[i] = Result{ErrorCode: no.code, ErrorMessage: no.message}
			continue
		}
		results[i].EventID = s.put(e)
	}
	return results, nil
}

func invalidRequest(member, constraint string, args ...any) error {
	return awsjson.Errorf("ValidationException", "1 validation error detected: Value at '%s' failed to satisfy constraint: %s",
		member, fmt.Sprintf(constraint, args...))
}

type putEventsInput struct {
	Entries    []Entry
	EndpointID string `json:"EndpointId"`
}

type putEventsOutput struct {
	FailedEntryCount int
	Entries          []Result
}

func (s *Service) opPutEvents(_ context.Context, in putEventsInput) (any, error) {
	if in.EndpointID != "" {
		return nil, notHere("EndpointId")
	}
	return s.putEvents(in.Entries)
}

func (s *Service) putEvents(entries []Entry) (putEventsOutput, error) {
	results, err := s.PutEvents(entries)
	out := putEventsOutput{Entries: results}
	for _, r := range results {
		if r.ErrorCode != "" {
			out.FailedEntryCount++
		}
	}
	return out, err
}

// PutEventsIntegration is what a Step Functions state with the resource events:putEvents does: params are its evaluated
// Parameters, the answer is its result. Detail may be an object or a string with one. The error is FailedEntry, with the
// answer as its message, if any of the entries failed; a state machine sees the codes behind "EventBridge.".
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
func (s *Service) PutEventsIntegration(_ context.Context, params json.RawMessage) (json.RawMessage, error) {
	type entry struct {
		Entry
		Detail json.RawMessage
	}
	var in struct{ Entries []entry }
	if err := json.Unmarshal(params, &in); err != nil {
		return nil, awsjson.Errorf("ValidationException", "the parameters are not those of events:putEvents: %v", err)
	}
	entries := make([]Entry, len(in.Entries))
	for i, e := range in.Entries {
		if json.Unmarshal(e.Detail, &e.Entry.Detail) != nil {
			e.Entry.Detail = string(e.Detail)
		}
		entries[i] = e.Entry
	}
	out, err := s.putEvents(entries)
	if err != nil {
		return nil, err
	}
	answer := encode(out)
	if out.FailedEntryCount > 0 {
		return nil, &awsjson.Error{Code: "FailedEntry", Message: string(answer)}
	}
	return answer, nil
}
