package webhook

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxHeaderBytes     = 4096
	maxIDBytes         = 256
	maxTimestampDigits = 12 // far beyond any date, and no sum of them overflows
	// Rotation takes two or three.
	maxSignatures = 16
	// Each costs a pass over the body of its own, which HMACs do not.
	maxPublicSignatures = 4
)

// claim is what a request says of itself. Nothing of it is true before a key has signed it.
type claim struct {
	delivery Delivery
	before   string   // signed before the body
	macs     [][]byte // candidates for an HMAC
	publics  [][]byte // candidates for an ed25519 signature
}

// single returns the only value of a header. A missing one gives missing; one that is repeated, empty, over-long or
// not printable ASCII is malformed. The keys' letters may be of either case.
func single(h http.Header, name string, missing Refusal) (string, error) {
	var values []string
	for key, v := range h {
		if strings.EqualFold(key, name) {
			values = append(values, v...)
		}
	}
	switch {
	case len(values) == 0:
		return "", missing
	case len(values) > 1, values[0] == "", len(values[0]) > maxHeaderBytes, !within(values[0], ' ', '~'):
		return "", ErrMalformedHeader
	default:
		return values[0], nil
	}
}

// timestamp returns a header's text and the time that it means: decimal Unix seconds, no sign, no leading zero.
func timestamp(h http.Header, name string) (string, time.Time, error) {
	text, err := single(h, name, ErrMissingHeader)
	if err != nil {
		return "", time.Time{}, err
	}
	at, err := unixSeconds(text)
	return text, at, err
}

func unixSeconds(text string) (time.Time, error) {
	if text == "" || len(text) > maxTimestampDigits || !within(text, '0', '9') || text[0] == '0' && len(text) > 1 {
		return time.Time{}, ErrMalformedHeader
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, ErrMalformedHeader
	}
	return time.Unix(seconds, 0), nil
}

// deliveryID returns the id in a header. A comma is refused: it is what gateways join repeated headers with.
func deliveryID(h http.Header, name string) (string, error) {
	id, err := single(h, name, ErrMissingHeader)
	if err != nil {
		return "", err
	}
	if len(id) > maxIDBytes || !within(id, '!', '~') || strings.Contains(id, ",") {
		return "", ErrMalformedHeader
	}
	return id, nil
}

// list splits a header into its entries, of which there are not too many.
func list(value, separator string) ([]string, error) {
	if strings.Count(value, separator) >= maxSignatures {
		return nil, ErrMalformedHeader
	}
	return strings.Split(value, separator), nil
}

// within reports whether all bytes of text are from first to last.
func within(text string, first, last byte) bool {
	for i := range len(text) {
		if text[i] < first || text[i] > last {
			return false
		}
	}
	return true
}
