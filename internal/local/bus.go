package local

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"callback-completer/internal/local/stepfunctions"
)

// Bus is an event bus without rules: every subscriber gets every event. It is safe for concurrent use.
type Bus struct {
	region, account string

	mu          sync.Mutex
	events      int
	subscribers []func(event []byte)
}

// Subscribe calls f with every event put from now on, in EventBridge's form. f must return soon.
func (b *Bus) Subscribe(f func(event []byte)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers = append(b.subscribers, f)
}

// event is an EventBridge event: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
type event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// put carries out events:putEvents with a state's evaluated Parameters.
func (b *Bus) put(_ context.Context, params json.RawMessage) (json.RawMessage, error) {
	var in struct {
		Entries []struct {
			Detail     json.RawMessage
			DetailType string
			Source     string
			Resources  []string
		}
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return nil, &stepfunctions.TaskError{Name: "EventBridge.ValidationException", Cause: err.Error()}
	}
	type accepted struct{ EventId string } //nolint:revive // the API's own name
	out := struct {
		Entries          []accepted
		FailedEntryCount int
	}{Entries: []accepted{}}
	for _, e := range in.Entries {
		var text string // Detail is an object in a state's Parameters, a string in the API
		if json.Unmarshal(e.Detail, &text) == nil {
			e.Detail = json.RawMessage(text)
		}
		if e.Source == "" || e.DetailType == "" || !json.Valid(e.Detail) {
			return nil, &stepfunctions.TaskError{
				Name: "EventBridge.FailedEntry", Cause: "an entry needs Source, DetailType and a Detail that is a JSON object",
			}
		}
		id, err := b.deliver(event{
			Version: "0", DetailType: e.DetailType, Source: e.Source, Account: b.account, Region: b.region,
			Time: time.Now().UTC().Format(time.RFC3339), Resources: append([]string{}, e.Resources...), Detail: e.Detail,
		})
		if err != nil {
			return nil, err
		}
		out.Entries = append(out.Entries, accepted{id})
	}
	return json.Marshal(out)
}

func (b *Bus) deliver(e event) (id string, err error) {
	b.mu.Lock()
	b.events++
	e.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", b.events)
	subscribers := b.subscribers
	b.mu.Unlock()
	text, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode the event: %w", err)
	}
	for _, f := range subscribers {
		f(text)
	}
	return e.ID, nil
}
