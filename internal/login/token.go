package login

import (
	"encoding/base64"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"callback-completer/internal/jsonspan"
)

const (
	// maxToken has room for the 11 KB of claims that a load balancer accepts, in base64, and for its own part.
	maxToken = 20 << 10

	signatureSize = 64 // two numbers of 32 bytes
	maxIdentity   = 2048
)

// token is a token that was taken apart, believed or not.
type token struct {
	algorithm, key, signer, client string

	expires   time.Time
	signed    string // what the signature is of
	claims    []byte
	signature []byte
}

// parse takes a token apart.
func parse(text string) (token, error) {
	if len(text) > maxToken {
		return token{}, ErrMalformed
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return token{}, ErrMalformed
	}
	var decoded [3][]byte
	for i, part := range parts {
		var ok bool
		if decoded[i], ok = decode(part); !ok {
			return token{}, ErrMalformed
		}
	}
	header, ok := object(decoded[0])
	if !ok {
		return token{}, ErrMalformed
	}
	t := token{signed: parts[0] + "." + parts[1], claims: decoded[1], signature: decoded[2]}
	for name, into := range map[string]*string{"alg": &t.algorithm, "kid": &t.key, "signer": &t.signer, "client": &t.client} {
		if *into, ok = header.text(name); !ok {
			return token{}, ErrMalformed
		}
	}
	if _, critical := header["crit"]; critical { // extensions that must be understood
		return token{}, ErrMalformed
	}
	if t.expires, ok = header.time("exp"); !ok {
		return token{}, ErrExpired
	}
	return t, nil
}

// decode reads base64 of the alphabet for URLs, padded, as load balancers write it, or not, as the standard wants it. Only
// one text stands for the same bytes: neither line breaks nor spare bits are passed over.
func decode(part string) ([]byte, bool) {
	encoding := base64.RawURLEncoding
	if len(part)%4 == 0 {
		encoding = base64.URLEncoding
	}
	decoded, err := encoding.Strict().DecodeString(part)
	return decoded, err == nil && len(part) > 0 && !strings.ContainsAny(part, "\r\n")
}

// fields are the members of an object, each with its own bytes.
type fields map[string][]byte

// object reads an object. Of a member that is there twice nobody knows which one another reader took.
func object(text []byte) (fields, bool) {
	members, ok, err := jsonspan.Members(text)
	if err != nil || !ok {
		return nil, false
	}
	found := make(fields, len(members))
	for _, m := range members {
		if _, twice := found[m.Key]; twice {
			return nil, false
		}
		found[m.Key] = m.Value
	}
	return found, true
}

// text returns a member that is a string, and an empty one for a member that is not there.
func (f fields) text(name string) (string, bool) {
	raw, there := f[name]
	if !there {
		return "", true
	}
	return jsonspan.String(raw)
}

// time returns a member that is a number of seconds since 1970.
func (f fields) time(name string) (time.Time, bool) {
	const most = 1 << 40 // some 30,000 years
	seconds := int64(0)
	for _, c := range f[name] {
		if c < '0' || c > '9' || seconds > most {
			return time.Time{}, false
		}
		seconds = 10*seconds + int64(c-'0')
	}
	return time.Unix(seconds, 0), len(f[name]) > 0 && seconds <= most
}

// plain reports whether an identity is one that can be shown and compared: neither empty, nor endless, nor with characters
// that cannot be seen or, like halves of a character, have been replaced: two names would then be the same.
func plain(identity string) bool {
	return identity != "" && len(identity) <= maxIdentity &&
		!strings.ContainsFunc(identity, func(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) })
}
