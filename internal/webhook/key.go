package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/subtle"
)

// key checks signatures.
type key interface {
	// signed reports whether this key made one of the claim's signatures.
	signed(c claim, body []byte) bool
}

// sharedKey is the key of an HMAC.
type sharedKey struct {
	hash Hash
	text []byte
}

func (k sharedKey) signed(c claim, body []byte) bool {
	if len(c.macs) == 0 {
		return false
	}
	mac := hmac.New(k.hash.new, k.text)
	mac.Write([]byte(c.before))
	mac.Write(body)
	sum := mac.Sum(nil)
	equal := 0
	for _, candidate := range c.macs { // all of them: which one fits, the time that it takes must not tell
		equal |= subtle.ConstantTimeCompare(candidate, sum)
	}
	return equal == 1
}

// publicKey is the half of an ed25519 key pair that everybody may know.
type publicKey ed25519.PublicKey

func (k publicKey) signed(c claim, body []byte) bool {
	if len(c.publics) == 0 {
		return false
	}
	message := append([]byte(c.before), body...)
	for _, candidate := range c.publics {
		if ed25519.Verify(ed25519.PublicKey(k), message, candidate) {
			return true
		}
	}
	return false
}
