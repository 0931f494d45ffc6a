package callback

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// MaxTokenBytes is the longest task token that Step Functions takes (API model, TaskToken).
const MaxTokenBytes = 2048

const redacted = "[task token]"

// Token is a task token: whoever holds it can complete the task. It cannot be printed, logged or encoded; every
// such attempt gives a fixed text. Outside of this package, which writes it into the canonical form for the callback queue
// alone, only the Step Functions adapter may call [Token.Reveal]; a test guards that.
type Token struct {
	// A pointer, because package fmt prints strings in unexported fields of other structs without asking
	// their methods, but never follows pointers there.
	text *string
}

// Fingerprint length, in hexadecimal digits: enough to tell tokens apart in a log, useless to complete a task.
const fingerprintDigits = 12

// NewToken checks and wraps a task token: 1 to [MaxTokenBytes] bytes, no white space, no control characters.
// The form is not checked further: AWS does not document it. The error is an *Error with [CodeInvalidTaskToken].
func NewToken(text string) (Token, error) {
	switch {
	case text == "":
		return Token{}, Reject(CodeInvalidTaskToken, "The task token is empty.")
	case len(text) > MaxTokenBytes:
		return Token{}, Reject(CodeInvalidTaskToken, "The task token is longer than 2,048 bytes.")
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return Token{}, Reject(CodeInvalidTaskToken,
				"The task token holds white space or a control character; look for a line break at its end.")
		}
	}
	return Token{text: &text}, nil
}

// Reveal returns the token itself. It is for the Step Functions adapter alone.
func (t Token) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// IsZero reports whether t holds no token.
func (t Token) IsZero() bool { return t.text == nil }

// Mask returns text with the mask in every place where the token stands.
func (t Token) Mask(text, mask string) string {
	if t.IsZero() {
		return text
	}
	return strings.ReplaceAll(text, t.Reveal(), mask)
}

// Equal reports whether both hold the same token.
func (t Token) Equal(u Token) bool { return t.Reveal() == u.Reveal() }

// Digest returns the SHA-256 of the token, to look it up without keeping it.
func (t Token) Digest() Digest { return sha256.Sum256([]byte(t.Reveal())) }

// Fingerprint returns the first 12 hexadecimal digits of the digest, for logs and dead letters; empty for no token.
func (t Token) Fingerprint() string {
	if t.IsZero() {
		return ""
	}
	d := t.Digest()
	return hex.EncodeToString(d[:])[:fingerprintDigits]
}

// Derive returns length bytes, at most 8,160, that depend on the token and on info alone and tell nothing of it:
// HKDF-SHA256 of the token's text. They are as hard to guess as the token is; no token gives none.
func (t Token) Derive(info string, length int) []byte {
	if t.IsZero() {
		return nil
	}
	bytes, err := hkdf.Key(sha256.New, []byte(t.Reveal()), nil, info, length)
	if err != nil {
		return nil // longer than HKDF can give, or a hash that FIPS mode forbids; neither is so here
	}
	return bytes
}

// How the token is written in what [Token.Seal] encrypts.
const (
	sealedText  = 0
	sealedBytes = 1 // decoded from standard base64, as Step Functions' own tokens are: a quarter shorter
)

// ErrSealed means that a token was not sealed with this key and these additional data.
var ErrSealed = errors.New("cannot be opened with this key")

// Seal encrypts the token and the text beside it, so that both can be kept. aead must draw its nonces itself, as that of
// [cipher.NewGCMWithRandomNonce] does; additional is authenticated and must be given again to [OpenToken].
func (t Token) Seal(aead cipher.AEAD, text, additional []byte) []byte {
	form, token := byte(sealedText), []byte(t.Reveal())
	if decoded, err := base64.StdEncoding.DecodeString(t.Reveal()); err == nil && base64.StdEncoding.EncodeToString(decoded) == t.Reveal() {
		form, token = sealedBytes, decoded
	}
	plain := make([]byte, 0, 3+len(token)+len(text))
	plain = append(plain, form)
	plain = binary.BigEndian.AppendUint16(plain, uint16(len(token))) //nolint:gosec // NewToken bounds it by MaxTokenBytes
	plain = append(plain, token...)
	plain = append(plain, text...)
	return aead.Seal(nil, nil, plain, additional) //nolint:gosec // no nonce is passed: the AEAD draws it
}

// OpenToken decrypts what [Token.Seal] gave. Whatever is wrong with it, the error is [ErrSealed].
func OpenToken(aead cipher.AEAD, sealed, additional []byte) (t Token, text []byte, err error) {
	plain, err := aead.Open(nil, nil, sealed, additional)
	if err != nil || len(plain) < 3 {
		return Token{}, nil, ErrSealed
	}
	form, length, rest := plain[0], int(binary.BigEndian.Uint16(plain[1:])), plain[3:]
	if length > len(rest) {
		return Token{}, nil, ErrSealed
	}
	token := string(rest[:length])
	switch form {
	case sealedText:
	case sealedBytes:
		token = base64.StdEncoding.EncodeToString(rest[:length])
	default:
		return Token{}, nil, ErrSealed
	}
	if t, err = NewToken(token); err != nil {
		return Token{}, nil, ErrSealed
	}
	return t, rest[length:], nil
}

// String returns a fixed text.
func (Token) String() string { return redacted }

// GoString returns a fixed text.
func (Token) GoString() string { return redacted }

// Format writes a fixed text, whatever the verb.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue returns a fixed text.
func (Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Token) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns a fixed text.
func (Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }
