package webhook

import (
	"net/http"
	"time"
)

// MaxSecrets is how many secrets a request is checked against: a rotation needs two.
const MaxSecrets = 4

// Delivery is what is known of a request whose signature is good.
type Delivery struct {
	// ID is the sender's id of the delivery, at most 256 visible characters; empty if the sender puts none into a
	// header. A repeated delivery has the same.
	ID string
	// IDSigned reports whether the signature covers ID. If not, whoever repeats the request can change it.
	IDSigned bool
	// SentAt is when the sender signed, to the second; zero if the scheme signs no time.
	SentAt time.Time
	// Signer is the index of the secret that the request was signed with: once only the new one is seen, the old
	// one can go.
	Signer int
}

// Verify reports whether one of the secrets signed this request. It must be given the body's bytes as they were sent.
// The error is a [Refusal]; without one, the request is authentic, and not older or newer than the tolerance if the
// scheme signs a time.
//
// What it costs is bounded, whatever is sent: one pass over the body for each secret, and four for an ed25519 one.
func (s *Scheme) Verify(now time.Time, h http.Header, body []byte, secrets []Secret) (Delivery, error) {
	if !s.accepts(secrets) {
		return Delivery{}, ErrNoSecret
	}
	c, err := s.form.read(h)
	if err != nil {
		return Delivery{}, err
	}
	c.delivery.Signer = -1
	// Every signature meets every secret, whichever fits.
	for i, secret := range secrets {
		if (*secret.key).signed(c, body) && c.delivery.Signer < 0 {
			c.delivery.Signer = i
		}
	}
	if c.delivery.Signer < 0 {
		return Delivery{}, ErrBadSignature
	}
	if s.form.timed() {
		switch age := now.Sub(c.delivery.SentAt); {
		case age > s.tolerance:
			return Delivery{}, ErrTooOld
		case age < -s.tolerance:
			return Delivery{}, ErrTooNew
		}
	}
	return c.delivery, nil
}

func (s *Scheme) accepts(secrets []Secret) bool {
	for _, secret := range secrets {
		if secret.key == nil || secret.scheme != s.name {
			return false
		}
	}
	return len(secrets) > 0 && len(secrets) <= MaxSecrets
}
