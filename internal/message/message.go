// Package message makes bodies of SQS messages out of payloads. SQS takes the characters of XML 1.0 only, while HTTP
// carries any bytes, and JSON some that XML does not know (U+FFFE and U+FFFF): what SQS does not take travels as base64,
// and an attribute says so.
//
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
package message

import (
	"encoding/base64"
	"unicode/utf8"
)

// MaxBytes is the most that a message holds, its attributes included.
const MaxBytes = 1 << 20

// Base64 is the encoding that [Encode] names.
const Base64 = "base64"

// Encode returns a payload as the body of a message, and how it is encoded: [Base64], or nothing if it is as it was.
func Encode(payload string) (body, encoding string) {
	if sendable(payload) {
		return payload, ""
	}
	return base64.StdEncoding.EncodeToString([]byte(payload)), Base64
}

// Size returns the length of the body that [Encode] gives, in bytes.
func Size(payload string) int {
	if sendable(payload) {
		return len(payload)
	}
	return base64.StdEncoding.EncodedLen(len(payload))
}

func sendable(text string) bool {
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return false
			}
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			return false
		}
	}
	return true
}
