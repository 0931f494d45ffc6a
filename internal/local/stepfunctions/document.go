package stepfunctions

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// Documents stay the text that was given: 9007199254740993, 1.10, 1E400 and the order of keys survive because no
// value is ever decoded into a Go number or map and encoded again.

// member is one member of a JSON object as it stands in the text.
type member struct {
	key    string
	rawKey json.RawMessage
	value  json.RawMessage
}

var errNotObject = errors.New("not a JSON object")

// objectMembers splits a JSON object, in order and with duplicates.
func objectMembers(doc json.RawMessage) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	open, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('{') {
		return nil, errNotObject
	}
	var members []member
	for dec.More() {
		start := dec.InputOffset()
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := token.(string)
		if !ok {
			return nil, errNotObject
		}
		m := member{key: key, rawKey: bytes.TrimLeft(doc[start:dec.InputOffset()], ", \t\r\n")}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	return members, nil
}

// arrayItems splits a JSON array.
func arrayItems(doc json.RawMessage) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if kindOf(doc) != '[' {
		return nil, errors.New("not a JSON array")
	}
	err := json.Unmarshal(doc, &items)
	return items, err
}

// kindOf returns the first byte of a value, which tells its type; 0 for nothing.
func kindOf(doc json.RawMessage) byte {
	doc = bytes.TrimLeft(doc, " \t\r\n")
	if len(doc) == 0 {
		return 0
	}
	return doc[0]
}

// text returns the value of a JSON string.
func text(doc json.RawMessage) (string, bool) {
	var s string
	if kindOf(doc) != '"' || json.Unmarshal(doc, &s) != nil {
		return "", false
	}
	return s, true
}

// quote returns s as a JSON string, without the HTML escapes of json.Marshal.
func quote(s string) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return json.RawMessage(`""`) // strings always encode
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// objectWriter builds an object from texts.
type objectWriter struct{ b bytes.Buffer }

func (w *objectWriter) put(rawKey, value json.RawMessage) {
	if w.b.Len() == 0 {
		w.b.WriteByte('{')
	} else {
		w.b.WriteByte(',')
	}
	w.b.Write(rawKey)
	w.b.WriteByte(':')
	w.b.Write(value)
}

func (w *objectWriter) putText(key, value string) { w.put(quote(key), quote(value)) }

func (w *objectWriter) object() json.RawMessage {
	if w.b.Len() == 0 {
		return json.RawMessage(`{}`)
	}
	w.b.WriteByte('}')
	return w.b.Bytes()
}

func arrayOf(items []json.RawMessage) json.RawMessage {
	var b strings.Builder
	b.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(item)
	}
	b.WriteByte(']')
	return json.RawMessage(b.String())
}
