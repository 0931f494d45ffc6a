package webhook

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
)

// Encoding is how a signature is written in its header.
type Encoding string

// The encodings. Hexadecimal digits may be of either case; base64 is the standard alphabet with padding.
const (
	Hex    Encoding = "hex"
	Base64 Encoding = "base64"
)

// decode returns the size bytes that text stands for. It has the base64 form of given bytes in one way only: with
// Strict, and without the line breaks that the decoder skips and [single] has refused.
func (e Encoding) decode(text string, size int) ([]byte, error) {
	var bytes []byte
	var err error
	if e == Base64 {
		bytes, err = base64.StdEncoding.Strict().DecodeString(text)
	} else {
		bytes, err = hex.DecodeString(text)
	}
	if err != nil || len(bytes) != size {
		return nil, ErrMalformedHeader
	}
	return bytes, nil
}

// Hash is the hash function of an HMAC.
type Hash string

// The hash functions.
const (
	SHA256 Hash = "sha256"
	SHA512 Hash = "sha512"
)

func (f Hash) new() hash.Hash {
	if f == SHA512 {
		return sha512.New()
	}
	return sha256.New()
}

func (f Hash) size() int {
	if f == SHA512 {
		return sha512.Size
	}
	return sha256.Size
}
