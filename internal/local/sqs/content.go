package sqs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxAttributes is the number of message attributes that a message may carry.
const maxAttributes = 10

// checkContent refuses a message that no queue takes.
func checkContent(m Message, maxSize int) error {
	if m.Body == "" {
		return errMissing("MessageBody")
	}
	if !allowed(m.Body) {
		return errorf("InvalidMessageContents", "Invalid characters found. Valid unicode characters are "+
			"#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
	}
	if len(m.Attributes) > maxAttributes {
		return errorf("InvalidParameterValue", "Number of message attributes [%d] exceeds the allowed maximum [%d].",
			len(m.Attributes), maxAttributes)
	}
	for name, a := range m.Attributes {
		if err := checkAttribute(name, a); err != nil {
			return err
		}
	}
	if size(m) > maxSize {
		return errorf("InvalidParameterValue",
			"One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", maxSize)
	}
	return nil
}

// size is what SQS counts: the body and every attribute's name, type and value, in bytes.
func size(m Message) int {
	n := len(m.Body)
	for name, a := range m.Attributes {
		n += len(name) + len(a.DataType) + len(a.String) + len(a.Binary)
	}
	return n
}

// allowed tells whether s is UTF-8 made only of the characters of XML 1.0, which is what SQS takes.
func allowed(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, width := utf8.DecodeRuneInString(s[i:]); width == 1 {
				return false
			}
		}
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

func checkAttribute(name string, a Attribute) error {
	lower := strings.ToLower(name)
	if name == "" || len(name) > 256 || !isName(strings.ReplaceAll(name, ".", "")) ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") ||
		strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon.") {
		return errorf("InvalidParameterValue", "Message attribute name '%s' is invalid.", name)
	}
	kind, _, _ := strings.Cut(a.DataType, ".")
	switch kind {
	case "String", "Number", "Binary":
	case "":
		return errorf("InvalidParameterValue", "The message attribute '%s' must contain a non-empty attribute type.", name)
	default:
		return errorf("InvalidParameterValue", "The message attribute '%s' has an invalid message attribute type, "+
			"the set of supported type prefixes is Binary, Number, and String.", name)
	}
	if len(a.DataType) > 256 {
		return errorf("InvalidParameterValue", "The type of message attribute '%s' is longer than 256 bytes.", name)
	}
	if kind == "Binary" && len(a.Binary) == 0 || kind != "Binary" && a.String == "" {
		return errorf("InvalidParameterValue",
			"The message attribute '%s' must contain a non-empty message attribute value for message attribute type '%s'.", name, kind)
	}
	if _, err := strconv.ParseFloat(a.String, 64); kind == "Number" && err != nil {
		return errorf("InvalidParameterValue", "Can't cast the value of message (user) attribute '%s' to a number.", name)
	}
	if !allowed(a.String) {
		return errorf("InvalidMessageContents", "Invalid characters found in the value of message attribute '%s'.", name)
	}
	return nil
}
