package trial

import (
	"context"
	"encoding/json"
	"fmt"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
)

// The triggers whose answers are told.
const (
	SQS         = "sqs"
	EventBridge = "eventbridge"
	HTTP        = "http" // POST /callbacks and POST /webhooks/{source}
)

// Triggers lists them.
func Triggers() []string { return []string{SQS, EventBridge, HTTP} }

// payload is one payload of an event and what its trigger says of it.
type payload struct {
	name string // "message 2 of 6"; empty where there is only one
	text string
	meta callback.Meta
	http *exchange // nil if it does not come over HTTP
}

// read tells from the event which trigger it belongs to and returns its payloads. An event that is no trigger's is a
// payload itself. A trigger that is given must fit.
func read(ctx context.Context, event []byte, trigger string) (found string, payloads []payload, err error) {
	var root map[string]any // stays nil for a payload that is no JSON object
	if d, err := jsonspan.Parse(event); err == nil {
		root, _ = d.Root().(map[string]any)
	}
	switch {
	case isSQS(root):
		found = SQS
		payloads, err = messages(event)
	case root["requestContext"] != nil && isHTTP(ctx, event):
		found = HTTP
		payloads, err = requests(receive(ctx, event))
	case trigger == HTTP:
		payloads, err = requests(post(ctx, event))
	case root["detail-type"] != nil && root["source"] != nil:
		found = EventBridge
		payloads = []payload{{text: string(event), meta: callback.Facts{"trigger": EventBridge, "id": root["id"]}}}
	default:
		payloads = []payload{{text: string(event), meta: callback.Facts{}}}
	}
	if err != nil {
		return "", nil, err
	}
	// An EventBridge event may well come through a queue. What a queue or a front door adds around a payload fits
	// nobody else.
	if trigger != "" && found != trigger && (found == SQS || found == HTTP) {
		return "", nil, fmt.Errorf("the event is one of %s, not of %s", found, trigger)
	}
	if trigger != "" {
		found = trigger
	}
	return found, payloads, nil
}

func requests(x *exchange, err error) ([]payload, error) {
	if err != nil {
		return nil, err
	}
	p := payload{http: x}
	if x.delivery != nil {
		p.text, p.meta = x.delivery.Payload, x.delivery.Meta
	}
	return []payload{p}, nil
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
		list[i] = payload{text: r.Body, meta: callback.Facts{
			"trigger": SQS, "messageId": r.MessageID, "eventSourceARN": r.EventSourceARN,
			"attributes": r.Attributes, "messageAttributes": users,
		}}
		if len(e.Records) > 1 {
			list[i].name = fmt.Sprintf("message %d of %d", i+1, len(e.Records))
		}
	}
	return list, nil
}
