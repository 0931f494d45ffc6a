package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"strings"
)

// standardForm is Standard Webhooks 1.0: a list of signatures by version, over the id, the time and the body.
type standardForm struct {
	id, timestamp, signature string // headers
}

func (f standardForm) read(h http.Header) (claim, error) {
	signatures, err := single(h, f.signature, ErrNoSignature)
	if err != nil {
		return claim{}, err
	}
	id, err := deliveryID(h, f.id)
	if err != nil {
		return claim{}, err
	}
	// Without this, {id}.{time}.{body} could be cut at another dot.
	if strings.Contains(id, ".") {
		return claim{}, ErrMalformedHeader
	}
	text, at, err := timestamp(h, f.timestamp)
	if err != nil {
		return claim{}, err
	}
	c := claim{
		delivery: Delivery{ID: id, IDSigned: true, SentAt: at},
		before:   id + "." + text + ".",
	}
	if err := c.add(signatures); err != nil {
		return claim{}, err
	}
	return c, nil
}

// add reads a list such as "v1,… v1a,…". Versions that are not known are passed over.
func (c *claim) add(signatures string) error {
	entries, err := list(signatures, " ")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		version, text, cut := strings.Cut(entry, ",")
		if !cut || version == "" {
			return ErrMalformedHeader
		}
		switch version {
		case "v1":
			mac, err := Base64.decode(text, SHA256.size())
			if err != nil {
				return err
			}
			c.macs = append(c.macs, mac)
		case "v1a":
			public, err := Base64.decode(text, ed25519.SignatureSize)
			if err != nil {
				return err
			}
			c.publics = append(c.publics, public)
		}
	}
	switch {
	case len(c.publics) > maxPublicSignatures:
		return ErrMalformedHeader
	case len(c.macs)+len(c.publics) == 0:
		return ErrNoSignature
	default:
		return nil
	}
}

// key reads whsec_ and whpk_ secrets. The prefix is not optional, although the sender's library thinks so: a public key
// that is taken for a shared one lets everybody sign.
func (standardForm) key(text string) (key, error) {
	if encoded, ok := strings.CutPrefix(text, "whsec_"); ok {
		secret, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return nil, fault("what follows whsec_ is not base64")
		}
		if err := strong(secret); err != nil {
			return nil, err
		}
		return sharedKey{hash: SHA256, text: secret}, nil
	}
	if encoded, ok := strings.CutPrefix(text, "whpk_"); ok {
		public, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(public) != ed25519.PublicKeySize {
			return nil, fault("what follows whpk_ is not the base64 form of 32 bytes")
		}
		if err := strong(public); err != nil {
			return nil, err
		}
		return publicKey(public), nil
	}
	if strings.HasPrefix(text, "whsk_") {
		return nil, fault("it is the private key, which only the sender may have; the public one begins with whpk_")
	}
	return nil, fault("it begins with neither whsec_ nor whpk_")
}

func (standardForm) advice() string {
	return "Use what the sender shows: whsec_ and the base64 form of 24 to 64 random bytes, or whpk_ and that of a public key of 32 bytes."
}

func (standardForm) timed() bool { return true }
