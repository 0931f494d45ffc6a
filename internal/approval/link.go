package approval

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const (
	linkBytes    = 24 // 192 bits: nobody guesses one
	idBytes      = 16
	keyBytes     = 32 // AES-256
	redactedLink = "[approval link]"
)

// What the bytes are derived for. A change makes every link that is out there unknown.
const (
	idPurpose  = "callback-completer approval id 1"
	keyPurpose = "callback-completer approval key 1"
)

// MaxLinkLength is the length of the longest link, which is a sealed one; a stored one has 32 characters. Whatever is
// longer is no link.
const MaxLinkLength = 4096

// ErrLink means that a text is no link of ours. It says no more, so that nobody learns how far he was right.
var ErrLink = errors.New("this is no link to a request")

// Link is the last part of the address under which a person answers: whoever holds it can answer, and without it nobody
// can read the request's record. It cannot be printed, logged or encoded; every such attempt gives a fixed text.
// [Link.Expose] is for the message that carries it.
//
// A stored link, under which [Service.Mint] keeps a request, is 24 random bytes in base64url. A sealed one is the request itself, see [Keyring].
type Link struct {
	// A pointer for the same reason as in a task token: package fmt prints strings in unexported fields.
	text *string
}

// drawLink returns a new stored link, of random bytes: nothing that anybody knows of a request leads to it. What a request's
// token leads to is its pointer.
func drawLink() Link {
	secret := make([]byte, linkBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	return storedLink(secret)
}

func storedLink(secret []byte) Link {
	text := base64.RawURLEncoding.EncodeToString(secret)
	return Link{text: &text}
}

// ParseLink reads a link of either kind, in the one form in which it was written. The error is [ErrLink].
func ParseLink(text string) (Link, error) {
	secret, err := decodeLink(text)
	if err != nil || len(secret) != linkBytes && len(secret) < minSealedBytes {
		return Link{}, ErrLink
	}
	return Link{text: &text}, nil
}

// decodeLink reads base64url without padding. Each sequence of bytes has one text.
func decodeLink(text string) ([]byte, error) {
	if len(text) > MaxLinkLength {
		return nil, ErrLink
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodeToString(decoded) != text { // a line break is skipped by the decoder
		return nil, ErrLink
	}
	return decoded, nil
}

// Expose returns the link itself, 32 characters or more of base64url. It is for the address in the message alone.
func (l Link) Expose() string {
	if l.text == nil {
		return ""
	}
	return *l.text
}

// IsZero reports whether l holds no link.
func (l Link) IsZero() bool { return l.text == nil }

// Sealed reports whether the request is in the link itself.
func (l Link) Sealed() bool { return l.text != nil && len(l.secret()) != linkBytes }

// ID returns what the store knows the request of a stored link by. It is no secret. A sealed link has none.
func (l Link) ID() ID {
	if l.IsZero() || l.Sealed() {
		return ""
	}
	return ID(hex.EncodeToString(l.derive(idPurpose, idBytes)))
}

func (l Link) secret() []byte {
	secret, _ := decodeLink(l.Expose()) // it was written or read in this form
	return secret
}

func (l Link) derive(purpose string, length int) []byte {
	bytes, _ := hkdf.Key(sha256.New, l.secret(), nil, purpose, length) // fails only beyond 8,160 bytes
	return bytes
}

// String returns a fixed text.
func (Link) String() string { return redactedLink }

// GoString returns a fixed text.
func (Link) GoString() string { return redactedLink }

// Format writes a fixed text, whatever the verb.
func (Link) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redactedLink) }

// LogValue returns a fixed text.
func (Link) LogValue() slog.Value { return slog.StringValue(redactedLink) }

// MarshalJSON returns a fixed text.
func (Link) MarshalJSON() ([]byte, error) { return []byte(`"` + redactedLink + `"`), nil }

// MarshalText returns a fixed text.
func (Link) MarshalText() ([]byte, error) { return []byte(redactedLink), nil }
