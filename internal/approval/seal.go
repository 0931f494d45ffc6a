package approval

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"

	"callback-completer/internal/callback"
)

// sealVersion is the first byte of what is sealed.
const sealVersion = 1

// part is which of a record's sealed parts something is.
type part string

const (
	requestPart  part = "request"
	progressPart part = "progress"
)

// errSealed means that a record was not written with this link: somebody changed it, or exchanged it for another.
var errSealed = errors.New("the record does not belong to this link")

// sealRequest encrypts a request and its token under the link's key. What it gives opens as the request of this link
// and as nothing else.
func (l Link) sealRequest(token callback.Token, text []byte) ([]byte, error) {
	aead, err := l.aead()
	if err != nil {
		return nil, err
	}
	return append([]byte{sealVersion}, token.Seal(aead, text, l.additional(requestPart))...), nil
}

func (l Link) openRequest(sealed []byte) (callback.Token, []byte, error) {
	aead, err := l.aead()
	if err != nil || len(sealed) == 0 || sealed[0] != sealVersion {
		return callback.Token{}, nil, errSealed
	}
	token, text, err := callback.OpenToken(aead, sealed[1:], l.additional(requestPart))
	if err != nil {
		return callback.Token{}, nil, errSealed
	}
	return token, text, nil
}

func (l Link) sealProgress(text []byte) ([]byte, error) {
	aead, err := l.aead()
	if err != nil {
		return nil, err
	}
	return aead.Seal([]byte{sealVersion}, nil, text, l.additional(progressPart)), nil //nolint:gosec // the AEAD draws the nonce
}

func (l Link) openProgress(sealed []byte) ([]byte, error) {
	aead, err := l.aead()
	if err != nil || len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, errSealed
	}
	text, err := aead.Open(nil, nil, sealed[1:], l.additional(progressPart))
	if err != nil {
		return nil, errSealed
	}
	return text, nil
}

// aead returns the cipher of the link's own key. It draws a nonce for each sealing; a record is written some dozen
// times, far from the 2³² after which random nonces of 96 bits meet.
func (l Link) aead() (cipher.AEAD, error) { return newAEAD(l.derive(keyPurpose, keyBytes)) }

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// additional ties what is sealed to its version, its record and its place there.
func (l Link) additional(p part) []byte {
	return append([]byte{sealVersion}, string(l.ID())+" "+string(p)...)
}
