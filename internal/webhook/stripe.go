package webhook

import (
	"net/http"
	"strings"
)

// stripeForm is Stripe's: one header "t=…,v1=…,v1=…" over the time and the body.
type stripeForm struct{}

func (stripeForm) read(h http.Header) (claim, error) {
	header, err := single(h, "Stripe-Signature", ErrNoSignature)
	if err != nil {
		return claim{}, err
	}
	pairs, err := list(header, ",")
	if err != nil {
		return claim{}, err
	}
	var c claim
	for _, pair := range pairs {
		name, value, cut := strings.Cut(pair, "=")
		if !cut || strings.Contains(value, "=") || strings.Contains(pair, " ") {
			return claim{}, ErrMalformedHeader
		}
		switch name {
		case "t":
			if c.before != "" { // two times would leave open which one is signed
				return claim{}, ErrMalformedHeader
			}
			if c.delivery.SentAt, err = unixSeconds(value); err != nil {
				return claim{}, err
			}
			c.before = value + "."
		case "v1":
			mac, err := Hex.decode(value, SHA256.size())
			if err != nil {
				return claim{}, err
			}
			c.macs = append(c.macs, mac)
		}
	}
	switch {
	case len(c.macs) == 0:
		return claim{}, ErrNoSignature
	case c.before == "":
		return claim{}, ErrMalformedHeader
	default:
		return c, nil
	}
}

// key takes the whole text, prefix included: unlike in Standard Webhooks, it is not encoded.
func (stripeForm) key(text string) (key, error) {
	random, ok := strings.CutPrefix(text, "whsec_")
	if !ok {
		return nil, fault("it does not begin with whsec_; an API key cannot check signatures")
	}
	if err := strong([]byte(random)); err != nil {
		return nil, err
	}
	return sharedKey{hash: SHA256, text: []byte(text)}, nil
}

func (stripeForm) advice() string {
	return "Use the endpoint's signing secret from Stripe's dashboard: whsec_ and at least 24 random characters."
}

func (stripeForm) timed() bool { return true }
