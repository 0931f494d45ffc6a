package trial

import (
	"encoding/json"
	"fmt"

	"callback-completer/internal/jsonspan"
)

// The triggers whose answers are told.
const (
	SQS         = "sqs"
	EventBridge = "eventbridge"
)

// payload is one payload of an event and what its trigger says of it.
type payload struct {
	name string // "message 2 of 6"; empty where there is only one
	text string
	meta map[string]any
}

// read tells from the event which trigger it belongs to and returns its payloads. An event that is no trigger's is a
// payload itself. A trigger that is given must fit.
func read(event []byte, trigger string) (found string, payloads []payload, err error) {
	var root map[string]any // stays nil for a payload that is no JSON object
	if d, err := jsonspan.Parse(event); err == nil {
		root, _ = d.Root().(map[string]any)
	}
	switch {
	case isSQS(root):
		found = SQS
		if payloads, err = messages(event); err != nil {
			return "", nil, err
		}
	case root["detail-type"] != nil && root["source"] != nil:
		found = EventBridge
		payloads = []payload{{text: string(event), meta: map[string]any{"trigger": EventBridge, "id": root["id"]}}}
	default:
		found = trigger
		payloads = []payload{{text: string(event), meta: map[string]any{}}}
	}
	if trigger == EventBridge && found == SQS {
		return "", nil, fmt.Errorf("the event is one of %s, not of %s", found, trigger)
	}
	if trigger != "" {
		found = trigger // an EventBridge event may well come through a queue
	}
	return found, payloads, nil
}

func isSQS(root map[string]any) bool {
	records, _ := root["Records"].([]any)
	if len(records) == 0 {
		return false
	}
	first, _ := records[0].(map[string]any)
	return first["eventSource"] == "aws:sqs"
}

// messages reads the records of an SQS event as the function does.
func messages(event []byte) ([]payload, error) {
	var e struct {
		Records []struct {
			MessageID         string                               `json:"messageId"`
			Body              string                               `json:"body"`
			EventSourceARN    string                               `json:"eventSourceARN"`
			Attributes        map[string]any                       `json:"attributes"`
			MessageAttributes map[string]struct{ StringValue any } `json:"messageAttributes"`
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, fmt.Errorf("read the SQS event: %w", err)
	}
	list := make([]payload, len(e.Records))
	for i, r := range e.Records {
		users := map[string]any{}
		for name, a := range r.MessageAttributes {
			users[name] = a.StringValue
		}
		list[i] = payload{text: r.Body, meta: map[string]any{
			"trigger": SQS, "messageId": r.MessageID, "eventSourceARN": r.EventSourceARN,
			"attributes": r.Attributes, "messageAttributes": users,
		}}
		if len(e.Records) > 1 {
			list[i].name = fmt.Sprintf("message %d of %d", i+1, len(e.Records))
		}
	}
	return list, nil
}
