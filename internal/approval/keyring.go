package approval

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"callback-completer/internal/callback"
)

const (
	sealedPurpose  = "callback-completer approval sealed link 1"
	minKeyMaterial = 32
	maxKeyID       = 16
	// minSealedBytes is the least that a sealed link has: version, key id, nonce, tag, and a token of one byte.
	minSealedBytes = 1 + 1 + 1 + 12 + 16 + 3 + 1
)

// ErrKeyUnknown means that a link was sealed with a key that is not in the keyring: with one that was withdrawn, or with one
// that is newer than the keyring, or with none at all.
var ErrKeyUnknown = errors.New("the key of this link is not known")

// Keyring seals requests into links and opens them again, for installations without a store. Any key opens, the current
// one seals.
//
// A sealed link is long: some 730 characters without any text, where mail programs and the services that rewrite links
// may cut it off beyond 1,000. Nothing is remembered of its request: a closed one cannot say who closed it, none
// can be revoked but by withdrawing its key, which ends all links of that key, and several approvals are not possible. Whoever
// has a key reads every link and makes new ones.
//
// To exchange the key, add a new one, wait until all functions have read it, make it the current one, and keep the
// old one until its last link has expired.
type Keyring struct {
	current string
	keys    map[string][]byte
}

var keyIDPattern = regexp.MustCompile(`^[a-z0-9-]{1,16}$`)

// ParseKeyring reads {"current": "k2", "keys": {"k1": "…", "k2": "…"}}, each key 32 or more random bytes in base64. Ids have
// 1 to 16 small letters, digits and hyphens. The error quotes nothing.
func ParseKeyring(text []byte) (*Keyring, error) {
	var in reader
	o := in.object("", text, "current", "keys")
	if o == nil {
		return nil, errors.New("the keyring is no JSON object with the members current and keys")
	}
	k := &Keyring{current: o.rawText("current"), keys: map[string][]byte{}}
	var keys map[string]string
	if o.has("keys") && json.Unmarshal(o.members["keys"], &keys) != nil || len(in.problems) > 0 {
		return nil, errors.New("the keyring has other members than current, a text, and keys, an object of texts")
	}
	for id, encoded := range keys {
		material, err := base64.StdEncoding.DecodeString(encoded)
		switch {
		case !keyIDPattern.MatchString(id):
			return nil, errors.New("a key's id must be 1 to 16 small letters, digits and hyphens")
		case err != nil || len(material) < minKeyMaterial:
			return nil, errors.New("a key must be at least 32 bytes in base64")
		}
		key, err := hkdf.Key(sha256.New, material, nil, sealedPurpose, keyBytes)
		if err != nil {
			return nil, fmt.Errorf("derive a key: %w", err)
		}
		k.keys[id] = key
	}
	if k.keys[k.current] == nil {
		return nil, errors.New("the keyring's current key is not among its keys")
	}
	return k, nil
}

// Seal returns a link that holds the request. The error is [ErrUnanswerable] if the link would be longer than [MaxLinkLength].
func (k *Keyring) Seal(r *Request) (Link, error) {
	text, err := encodeRequest(r)
	if err != nil {
		return Link{}, fmt.Errorf("encode the request: %w", err)
	}
	aead, err := newAEAD(k.keys[k.current])
	if err != nil {
		return Link{}, fmt.Errorf("seal the request: %w", err)
	}
	header := append([]byte{sealVersion, byte(len(k.current))}, k.current...) //nolint:gosec // 16 at most
	sealed := base64.RawURLEncoding.EncodeToString(append(header, r.Token.Seal(aead, text, header)...))
	if len(sealed) > MaxLinkLength {
		return Link{}, fmt.Errorf("%w: it is too long for a sealed link, which would have %d characters; at most %d can be",
			ErrUnanswerable, len(sealed), MaxLinkLength)
	}
	return Link{text: &sealed}, nil
}

// Open returns the request of a sealed link. The error is [ErrKeyUnknown] if another keyring might open it, and [ErrLink] if
// the link is none of ours.
func (k *Keyring) Open(l Link) (Request, error) {
	sealed := l.secret()
	id, ok := keyID(sealed)
	if !ok {
		return Request{}, ErrLink
	}
	key := k.keys[id]
	if key == nil {
		return Request{}, ErrKeyUnknown
	}
	aead, err := newAEAD(key)
	if err != nil {
		return Request{}, fmt.Errorf("open a sealed link: %w", err)
	}
	header := sealed[:2+len(id)]
	token, text, err := callback.OpenToken(aead, sealed[len(header):], header)
	if err != nil {
		return Request{}, ErrLink
	}
	r, err := decodeRequest(text)
	if err != nil {
		return Request{}, ErrLink
	}
	r.Token = token
	return r, nil
}

// keyID reads the header of a sealed link: version, length of the key's id, the id.
func keyID(sealed []byte) (string, bool) {
	if len(sealed) < minSealedBytes || sealed[0] != sealVersion || sealed[1] > maxKeyID || !keyIDPattern.Match(sealed[2:2+sealed[1]]) {
		return "", false
	}
	return string(sealed[2 : 2+sealed[1]]), true
}

// Format writes a fixed text, whatever the verb.
func (Keyring) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[keyring]") }
