package mapping

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"

	"callback-completer/internal/callback"
	"callback-completer/internal/jsonspan"
)

const (
	formMediaType = "application/x-www-form-urlencoded"
	formPayload   = "payload" // the field in which Slack and GitHub send JSON

	maxFormFields = 100
)

// openForm makes an object of the fields of a form. One that holds a JSON object as its only field, payload, stands
// for that object.
func (o *opened) openForm(text string) error {
	fields, err := parseForm(text)
	if err != nil {
		return err
	}
	o.envelopes = append(o.envelopes, envelopeForm)
	if len(fields) == 1 && fields[0].name == formPayload {
		d, err := jsonspan.Parse([]byte(fields[0].value))
		if errors.Is(err, jsonspan.ErrDepth) {
			return errTooDeep()
		}
		if err == nil && isObject(d.Root()) {
			o.envelopes = append(o.envelopes, envelopeFormPayload)
			o.document, o.plain = d, ""
			return nil
		}
	}
	object, err := encodeForm(fields)
	if err != nil {
		return err
	}
	return o.read(object)
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// isForm reports whether a media type says that the payload is a form in UTF-8. It must be a single one: what two
// readers would take for different things is not opened.
func isForm(mediaType string) bool {
	found, params, err := mime.ParseMediaType(mediaType)
	if err != nil || found != formMediaType {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// mediaType returns what the trigger says of the payload: the header of an HTTP request, or else the attribute of a
// message, which is how a form travels through a queue.
func mediaType(meta callback.Meta) string {
	if headers, ok := meta.Fact("headers").(map[string]any); ok {
		if found, ok := headers["content-type"].(string); ok {
			return found
		}
	}
	found, _ := meta.Attribute(callback.AttributeContentType)
	return found
}

type field struct{ name, value string }

// parseForm reads a form as https://url.spec.whatwg.org/#urlencoded-parsing does, but refuses what that passes over:
// the error is a *callback.Error with CodeInvalidPayload. Only & separates fields.
func parseForm(text string) ([]field, error) {
	var fields []field
	seen := map[string]bool{}
	for piece := range strings.SplitSeq(text, "&") {
		if piece == "" {
			continue
		}
		if len(fields) == maxFormFields {
			return nil, refuseForm("The form has more than 100 fields.")
		}
		f, err := parseField(piece)
		switch {
		case err != nil:
			return nil, err
		case f.name == "":
			return nil, refuseForm("The form has a field without a name.")
		case seen[f.name]:
			return nil, refuseForm("The form has a field twice.")
		}
		seen[f.name] = true
		fields = append(fields, f)
	}
	return fields, nil
}

func parseField(text string) (field, error) {
	name, value, _ := strings.Cut(text, "=")
	name, errName := url.QueryUnescape(name)
	value, errValue := url.QueryUnescape(value)
	switch {
	case errName != nil, errValue != nil:
		return field{}, refuseForm("The form has a percent sign without two hexadecimal digits behind it.")
	case !utf8.ValidString(name), !utf8.ValidString(value):
		return field{}, refuseForm("The form is not valid UTF-8.")
	}
	return field{name, value}, nil
}

func refuseForm(message string) error {
	return callback.Reject(callback.CodeInvalidPayload, message)
}

// encodeForm writes the fields as a JSON object of strings, in their order.
func encodeForm(fields []field) (string, error) {
	object := []byte{'{'}
	for i, f := range fields {
		name, errName := gojq.Marshal(f.name)
		value, errValue := gojq.Marshal(f.value)
		if err := errors.Join(errName, errValue); err != nil { // strings always encode
			return "", fmt.Errorf("encode the form: %w", err)
		}
		if i > 0 {
			object = append(object, ',')
		}
		object = append(append(append(object, name...), ':'), value...)
	}
	return string(append(object, '}')), nil
}
