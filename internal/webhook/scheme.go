package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// The names of the schemes.
const (
	StandardWebhooks = "standard-webhooks" // v1 and v1a
	Svix             = "svix"              // Standard Webhooks under its older header names
	GitHub           = "github"
	Stripe           = "stripe"
	Slack            = "slack"
	Shopify          = "shopify"
	HMAC             = "hmac" // as Options say
)

// Names returns the names that [ParseScheme] knows.
func Names() []string {
	return []string{StandardWebhooks, Svix, GitHub, Stripe, Slack, Shopify, HMAC}
}

// Tolerance of a timestamp, either way: the senders' libraries use five minutes.
const (
	DefaultTolerance = 5 * time.Minute
	maxTolerance     = 24 * time.Hour
)

// Scheme is a sender's way of signing. It is safe for use by several goroutines.
type Scheme struct {
	name      string
	tolerance time.Duration
	form      form
}

// form is what differs between senders.
type form interface {
	// read returns what the headers claim, or a Refusal.
	read(h http.Header) (claim, error)
	// key reads a secret as the sender shows it; text has the form that every secret has. The error is a fault.
	key(text string) (key, error)
	// advice says where a good secret comes from.
	advice() string
	// timed reports whether a time is signed.
	timed() bool
}

// Options are what a scheme leaves open.
type Options struct {
	// Tolerance is how far a signed timestamp may be from the clock, either way: one second to 24 hours, 5 minutes
	// if 0. Only for schemes that sign a time.
	Tolerance time.Duration

	// The rest is for the scheme "hmac" alone.

	// Header carries the signature.
	Header string
	// Prefix stands before the signature in its header, such as "sha256=". It may be empty.
	Prefix string
	// Encoding is how the signature is written; hexadecimal if empty.
	Encoding Encoding
	// Hash is the hash function of the HMAC; SHA-256 if empty.
	Hash Hash
	// TimestampHeader carries Unix seconds. If set, what is signed is the text of that header, a dot and the body;
	// if empty, the body alone.
	TimestampHeader string
	// IDHeader carries the delivery's id, which is not signed. It may be empty, and the header may be missing.
	IDHeader string
}

// ParseScheme returns the scheme of that name. The error names every problem at once: an unknown name, or options that
// are wrong or that the scheme does not have.
func ParseScheme(name string, o Options) (*Scheme, error) {
	s := &Scheme{name: name, tolerance: o.Tolerance}
	var problems []error
	switch name {
	case StandardWebhooks:
		s.form = standardForm{id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature"}
	case Svix:
		s.form = standardForm{id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature"}
	case GitHub:
		s.form = github()
	case Stripe:
		s.form = stripeForm{}
	case Slack:
		s.form = slack()
	case Shopify:
		s.form = shopify()
	case HMAC:
		custom, err := custom(o)
		problems = append(problems, err)
		s.form = custom
	default:
		return nil, fmt.Errorf("webhook scheme %q is unknown; there are %s", name, strings.Join(Names(), ", "))
	}
	if name != HMAC && o != (Options{Tolerance: o.Tolerance}) {
		problems = append(problems, errors.New("header, prefix, encoding and hash are fixed; only the scheme hmac takes them"))
	}
	problems = append(problems, s.settleTolerance())
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("webhook scheme %s: %w", name, err)
	}
	return s, nil
}

func (s *Scheme) settleTolerance() error {
	switch {
	case s.tolerance == 0:
		s.tolerance = DefaultTolerance
		return nil
	case !s.form.timed():
		return errors.New("there is no signed timestamp that a tolerance could apply to")
	case s.tolerance < time.Second || s.tolerance > maxTolerance:
		return errors.New("the tolerance is not between one second and 24 hours")
	default:
		return nil
	}
}

// Name returns the scheme's name.
func (s *Scheme) Name() string { return s.name }
