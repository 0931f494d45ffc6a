package mapping

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
)

// The envelopes that are opened, by the name under which $meta.envelopes lists them.
const (
	envelopeSNS         = "sns"          // SNS notification without raw delivery: the payload is its Message
	envelopeOnFailure   = "on-failure"   // record of a Lambda on-failure destination: its requestPayload
	envelopeEventBridge = "event-bridge" // nothing to open: mappings look at the event's source and detail
	envelopeBase64      = "base64"       // what SQS does not take, if the dead letter's attribute says so
	envelopeForm        = "form"         // form-encoded fields, if the media type says so: they become an object
	envelopeFormPayload = "form-payload" // a form with nothing but a JSON object in its field payload: that object
)

// metaEnvelopes is the name under which $meta has them.
const metaEnvelopes = "envelopes"

// maxEnvelopes bounds how many envelopes may lie in one another. Three is the most that AWS makes.
const maxEnvelopes = 8

// opened is a payload without its envelopes.
type opened struct {
	document  *jsonspan.Document
	envelopes []string
	meta      map[string]any
	plain     string // why the innermost payload is passed on as a string; empty if it is JSON
}

// open reads the payload and takes its envelopes off. A payload that is no JSON is a string to the mappings, one
// that no JSON reader should touch is an error: a *callback.Error with CodeInvalidPayload.
func open(payload string, meta callback.Meta) (opened, error) {
	o := opened{meta: meta.All()}
	payload, err := o.decode(payload, meta)
	if err != nil {
		return o, err
	}
	if err := o.receive(payload, mediaType(meta)); err != nil {
		return o, err
	}
	for len(o.envelopes) < maxEnvelopes {
		more, err := o.next()
		if err != nil {
			return o, err
		}
		if !more {
			break
		}
	}
	names := make([]any, len(o.envelopes))
	for i, name := range o.envelopes {
		names[i] = name
	}
	o.meta[metaEnvelopes] = names
	return o, nil
}

// decode undoes the encoding of a dead letter whose payload SQS does not take.
func (o *opened) decode(payload string, meta callback.Meta) (string, error) {
	if !isBase64(meta) {
		return payload, nil
	}
	bytes, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return "", callback.Reject(callback.CodeInvalidPayload, "The payload is not the base64 that its attribute PayloadEncoding says it is.")
	}
	o.envelopes = append(o.envelopes, envelopeBase64)
	return string(bytes), nil
}

func isBase64(meta callback.Meta) bool {
	encoding, _ := meta.Attribute(callback.AttributePayloadEncoding)
	return encoding == envelopeBase64
}

// receive reads a payload of a media type. Only of a form does the type matter.
func (o *opened) receive(text, mediaType string) error {
	if text != "" && isForm(mediaType) {
		return o.openForm(text)
	}
	return o.read(text)
}

func (o *opened) read(text string) error {
	d, err := jsonspan.Parse([]byte(text))
	switch {
	case err == nil:
		o.document, o.plain = d, ""
		return nil
	case errors.Is(err, jsonspan.ErrDepth):
		return errTooDeep()
	case errors.Is(err, jsonspan.ErrUTF8):
		return callback.Reject(callback.CodeInvalidPayload, "The payload is not valid UTF-8.")
	case text == "":
		o.plain = "The payload is empty."
	case errors.Is(err, jsonspan.ErrBOM):
		o.plain = "The payload starts with a byte order mark, so it is not JSON; send it without one."
	default:
		o.plain = "The payload is not JSON and no mapping takes it as text."
	}
	o.document = jsonspan.Text(text)
	return nil
}

func errTooDeep() error {
	return callback.Reject(callback.CodeInvalidPayload, "The payload is nested deeper than 1,000 levels.")
}

// next takes one envelope off, if there is one with another payload inside.
func (o *opened) next() (bool, error) {
	root, ok := o.document.Root().(map[string]any)
	if !ok {
		return false, nil
	}
	switch {
	case isNotification(root):
		o.envelopes = append(o.envelopes, envelopeSNS)
		o.addNotification(root)
		message, _ := root["Message"].(string)
		contentType, _ := valuesOf(root)["ContentType"].(string)
		return true, o.receive(message, contentType)
	case isFailureRecord(root):
		o.envelopes = append(o.envelopes, envelopeOnFailure)
		return true, o.descend(root["requestPayload"])
	case isEvent(root):
		o.envelopes = append(o.envelopes, envelopeEventBridge)
	}
	return false, nil
}

// descend makes a value of the document the payload.
func (o *opened) descend(v any) error {
	if text, ok := v.(string); ok {
		return o.read(text)
	}
	raw, ok := o.document.Raw(v)
	if !ok { // a number or a literal
		var err error
		if raw, err = json.Marshal(v); err != nil {
			return fmt.Errorf("encode the payload of the record: %w", err)
		}
	}
	return o.read(string(raw))
}

// isNotification: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
func isNotification(m map[string]any) bool {
	return m["Type"] == "Notification" && hasStrings(m, "MessageId", "TopicArn", "Message")
}

// isFailureRecord: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html. A record of a
// success is an answer, not a dead letter, and is left to the mappings.
func isFailureRecord(m map[string]any) bool {
	request, ok := m["requestContext"].(map[string]any)
	_, hasPayload := m["requestPayload"]
	return ok && hasPayload && hasStrings(request, "functionArn", "condition") && request["condition"] != "Success"
}

// isEvent: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
func isEvent(m map[string]any) bool {
	_, hasDetail := m["detail"]
	return hasDetail && hasStrings(m, "source", "detail-type")
}

func hasStrings(m map[string]any, keys ...string) bool {
	for _, key := range keys {
		if _, ok := m[key].(string); !ok {
			return false
		}
	}
	return true
}

// addNotification puts the notification's facts into $meta. Its attributes join messageAttributes, as they do with
// raw delivery, so that a mapping need not know which of the two the subscription uses.
func (o *opened) addNotification(m map[string]any) {
	facts := map[string]any{}
	for to, from := range map[string]string{"messageId": "MessageId", "topicArn": "TopicArn", "subject": "Subject"} {
		if s, ok := m[from].(string); ok {
			facts[to] = s
		}
	}
	o.meta[envelopeSNS] = facts
	joined := valuesOf(m)
	if own, ok := o.meta[callback.FactAttributes].(map[string]any); ok {
		maps.Copy(joined, own)
	}
	o.meta[callback.FactAttributes] = joined
}

// valuesOf returns the values of a notification's attributes, which are those of its message.
func valuesOf(notification map[string]any) map[string]any {
	values := map[string]any{}
	attributes, _ := notification["MessageAttributes"].(map[string]any)
	for name, v := range attributes {
		if attribute, ok := v.(map[string]any); ok {
			values[name] = attribute["Value"]
		}
	}
	return values
}
