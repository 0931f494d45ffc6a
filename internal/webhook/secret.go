package webhook

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// ErrSecret is what every error of [Scheme.ParseSecret] is. Their texts say what is wrong and what a good secret looks
// like, and never quote the secret.
var ErrSecret = errors.New("unusable webhook secret")

const redacted = "[webhook secret]"

// Secret is what a sender signs with, or the public half of it. It cannot be printed, logged or encoded; every such
// attempt gives a fixed text. There is no way to get it back.
type Secret struct {
	scheme string
	// A pointer to an interface, because package fmt prints unexported fields of other structs without asking their
	// methods. It never follows such a pointer; one to a struct it follows where the verb is wrong for it.
	key *key
}

// ParseSecret checks and wraps a secret as the sender shows it, with its prefix if it has one. Refused are: less than
// [MinSecretBytes] or more than 512 bytes, white space at an end, control characters, placeholders, references to
// secrets, and what is too regular to be random. The error is an [ErrSecret].
func (s *Scheme) ParseSecret(text string) (Secret, error) {
	k, err := s.parseKey(text)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: %w. %s", ErrSecret, err, s.form.advice())
	}
	return Secret{scheme: s.name, key: &k}, nil
}

func (s *Scheme) parseKey(text string) (key, error) {
	switch {
	case text == "":
		return nil, fault("it is empty")
	case len(text) > maxSecretBytes:
		return nil, fault("it is longer than 512 bytes")
	case strings.TrimSpace(text) != text:
		return nil, fault("there is white space at its beginning or end; look for a line break")
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return nil, fault("there are control characters in it")
	}
	if err := inserted(text); err != nil {
		return nil, err
	}
	return s.form.key(text)
}

// IsZero reports whether s holds no secret.
func (s Secret) IsZero() bool { return s.key == nil }

// String returns a fixed text.
func (Secret) String() string { return redacted }

// GoString returns a fixed text.
func (Secret) GoString() string { return redacted }

// Format writes a fixed text, whatever the verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue returns a fixed text.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns a fixed text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
