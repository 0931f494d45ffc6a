package eventbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"callback-completer/internal/local/awsjson"
)

// maxRequest is the limit of all entries of one PutEvents together, and so of one event.
const maxRequest = 1 << 20

// Entry is an event that somebody puts. Source, DetailType and Detail are required.
type Entry struct {
	Source       string
	DetailType   string
	Detail       string // a JSON object
	Resources    []string
	Time         *Time // the time of the call when nil
	EventBusName string
	TraceHeader  string // taken and ignored
}

// Time is a timestamp as the JSON protocol sends it, in seconds since 1970, or as a state machine writes it, RFC 3339.
type Time struct{ time.Time }

// UnmarshalJSON reads a number or a string.
func (t *Time) UnmarshalJSON(text []byte) error {
	var seconds float64
	if err := json.Unmarshal(text, &seconds); err != nil {
		return json.Unmarshal(text, &t.Time)
	}
	t.Time = time.UnixMilli(int64(seconds * 1000))
	return nil
}

// size is what EventBridge counts: 14 bytes for a time, and the rest in UTF-8.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
func (e Entry) size() int {
	n := len(e.Source) + len(e.DetailType) + len(e.Detail)
	if e.Time != nil {
		n += 14
	}
	for _, r := range e.Resources {
		n += len(r)
	}
	return n
}

// refusal is why one entry is not put, in the codes of the API. Its text does not quote the entry.
type refusal struct{ code, message string }

func (s *Service) check(e Entry) *refusal {
	for _, required := range []struct{ name, value string }{{"Source", e.Source}, {"DetailType", e.DetailType}, {"Detail", e.Detail}} {
		if required.value == "" {
			return &refusal{"InvalidArgument", fmt.Sprintf("Parameter %s is not valid. Reason: %[1]s is a required argument.", required.name)}
		}
	}
	switch {
	case utf8.RuneCountInString(e.DetailType) > 128:
		return &refusal{"InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters."}
	case strings.HasPrefix(e.Source, "aws."):
		return &refusal{"NotAuthorizedForSourceException", "Not authorized for the source."}
	case !s.isBus(e.EventBusName):
		return &refusal{"InvalidArgument", "Parameter EventBusName is not valid. Reason: the stand-in has the default event bus only."}
	case !isObject([]byte(e.Detail)):
		return &refusal{"MalformedDetail", "Detail is malformed."}
	}
	return nil
}

func (s *Service) isBus(name string) bool { return name == "" || name == Bus || name == s.busARN() }

func isObject(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && text[0] == '{' && json.Valid(text)
}

// wireEvent is an event: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
type wireEvent struct {
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

// put makes an event of an entry that has been checked, and delivers it. Detail goes on as it is, apart from white space.
func (s *Service) put(e Entry) (id string) {
	at := time.Now()
	if e.Time != nil {
		at = e.Time.Time
	}
	id = newID()
	s.route(encode(wireEvent{
		Version: "0", ID: id, DetailType: e.DetailType, Source: e.Source, Account: s.options.Account,
		Time: at.UTC().Format(time.RFC3339), Region: s.options.Region, Resources: append([]string{}, e.Resources...),
		Detail: json.RawMessage(e.Detail),
	}))
	return id
}

// Publish delivers a whole event as it is, as an AWS service would that PutEvents cannot play: sources that begin with
// "aws." are reserved. An event that is no JSON object or is larger than 1 MiB is a ValidationException.
func (s *Service) Publish(event []byte) error {
	if len(event) > maxRequest || !isObject(event) {
		return awsjson.Errorf("ValidationException", "an event is a JSON object of at most %d bytes", maxRequest)
	}
	s.route(bytes.Clone(event))
	return nil
}

// encode writes JSON without the escapes for HTML. What it is given always encodes.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
