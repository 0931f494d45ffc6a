package webhook

import (
	"errors"
	"net/http"
	"strings"
)

// hmacForm is one HMAC in a header of its own.
type hmacForm struct {
	signature string // header
	prefix    string // before the signature in its header
	encoding  Encoding
	hash      Hash
	timestamp string // header, if a time is signed: lead, its text and separator, before the body
	lead      string
	separator string
	id        string // header, if there is one; may be missing in a request
	hint      string
}

func github() hmacForm {
	return hmacForm{
		signature: "X-Hub-Signature-256", prefix: "sha256=", encoding: Hex, hash: SHA256, id: "X-GitHub-Delivery",
		hint: "Make one of 32 random bytes, such as openssl rand -hex 32 prints, and enter it in the webhook's settings at GitHub.",
	}
}

func slack() hmacForm {
	return hmacForm{
		signature: "X-Slack-Signature", prefix: "v0=", encoding: Hex, hash: SHA256,
		timestamp: "X-Slack-Request-Timestamp", lead: "v0:", separator: ":",
		hint: "Use the app's signing secret, 32 characters under Basic Information at Slack; not a token, not the client secret.",
	}
}

func shopify() hmacForm {
	return hmacForm{
		signature: "X-Shopify-Hmac-SHA256", encoding: Base64, hash: SHA256, id: "X-Shopify-Webhook-Id",
		hint: "Use the app's client secret from Shopify, 32 or more characters.",
	}
}

// custom returns the form that the options describe. The error names everything that is wrong with them.
func custom(o Options) (hmacForm, error) {
	f := hmacForm{
		signature: o.Header, prefix: o.Prefix, encoding: o.Encoding, hash: o.Hash,
		timestamp: o.TimestampHeader, separator: ".", id: o.IDHeader,
		hint: "Make one of 32 random bytes, such as openssl rand -hex 32 prints, and give it to the sender.",
	}
	if f.encoding == "" {
		f.encoding = Hex
	}
	if f.hash == "" {
		f.hash = SHA256
	}
	var problems []error
	check := func(ok bool, problem string) {
		if !ok {
			problems = append(problems, errors.New(problem))
		}
	}
	check(headerName(f.signature), "the header of the signature has no valid name")
	check(within(f.prefix, ' ', '~') && len(f.prefix) <= maxIDBytes, "the prefix is over-long or not printable ASCII")
	check(f.encoding == Hex || f.encoding == Base64, "the encoding is neither hex nor base64")
	check(f.hash == SHA256 || f.hash == SHA512, "the hash is neither sha256 nor sha512")
	check(f.timestamp == "" || headerName(f.timestamp), "the header of the timestamp has no valid name")
	check(f.id == "" || headerName(f.id), "the header of the id has no valid name")
	check(f.signature == "" || !strings.EqualFold(f.signature, f.timestamp) && !strings.EqualFold(f.signature, f.id),
		"the signature needs a header of its own")
	return f, errors.Join(problems...)
}

// headerName reports whether name is a token (RFC 9110, section 5.6.2).
func headerName(name string) bool {
	return name != "" && within(name, '!', '~') && !strings.ContainsAny(name, `"(),/:;<=>?@[\]{}`)
}

func (f hmacForm) read(h http.Header) (claim, error) {
	header, err := single(h, f.signature, ErrNoSignature)
	if err != nil {
		return claim{}, err
	}
	text, ok := strings.CutPrefix(header, f.prefix)
	if !ok {
		return claim{}, ErrMalformedHeader
	}
	mac, err := f.encoding.decode(text, f.hash.size())
	if err != nil {
		return claim{}, err
	}
	c := claim{macs: [][]byte{mac}}
	if f.timed() {
		text, at, err := timestamp(h, f.timestamp)
		if err != nil {
			return claim{}, err
		}
		c.delivery.SentAt = at
		c.before = f.lead + text + f.separator
	}
	if f.id != "" {
		c.delivery.ID, err = deliveryID(h, f.id)
		if err != nil && !errors.Is(err, ErrMissingHeader) {
			return claim{}, err
		}
	}
	return c, nil
}

func (f hmacForm) key(text string) (key, error) {
	if err := strong([]byte(text)); err != nil {
		return nil, err
	}
	return sharedKey{hash: f.hash, text: []byte(text)}, nil
}

func (f hmacForm) advice() string { return f.hint }

func (f hmacForm) timed() bool { return f.timestamp != "" }
