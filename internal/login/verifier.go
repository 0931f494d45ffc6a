package login

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"log/slog"
	"math/big"
	"net/http"
	"time"
)

// The headers that a load balancer adds for somebody who is logged in.
const (
	HeaderData        = "X-Amzn-Oidc-Data"
	HeaderIdentity    = "X-Amzn-Oidc-Identity"
	HeaderAccessToken = "X-Amzn-Oidc-Accesstoken" //nolint:gosec // the name of a header
)

// Present reports whether a request claims that somebody is logged in.
func Present(h http.Header) bool {
	for _, name := range []string{HeaderData, HeaderIdentity, HeaderAccessToken} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// Person is who is logged in.
type Person struct {
	Subject string // the identity provider's own name for him, never empty
	Email   string // only if the provider says that he verified it; in some, people write it themselves
}

// Options are what a [Verifier] is told.
type Options struct {
	LoadBalancer LoadBalancer // whose logins are believed
	Client       string       // the identity provider's client that they must be for; empty: any
	Store        Store
	Now          func() time.Time
	Log          *slog.Logger
}

// Verifier checks the logins of one load balancer. It is safe for concurrent use.
type Verifier struct {
	options Options
	keys    *keys
}

// NewVerifier returns a verifier.
func NewVerifier(o Options) *Verifier {
	return &Verifier{o, newKeys(o)}
}

// Verify returns who is logged in; ok is false where the load balancer says nothing of it. The error is a [Refusal] for a
// login that is not to be believed, and any other one if that cannot be told for the moment.
func (v *Verifier) Verify(ctx context.Context, h http.Header) (who Person, ok bool, err error) {
	if !Present(h) {
		return Person{}, false, nil
	}
	switch tokens := h[HeaderData]; len(tokens) {
	case 0:
		return Person{}, false, ErrNoToken
	case 1:
		who, err = v.verify(ctx, tokens[0])
		return who, err == nil, err
	default:
		return Person{}, false, ErrMalformed
	}
}

// verify asks for a key last: whoever is refused before costs nobody a call.
func (v *Verifier) verify(ctx context.Context, text string) (Person, error) {
	t, err := parse(text)
	if err != nil {
		return Person{}, err
	}
	now := v.options.Now()
	switch {
	case t.algorithm != "ES256":
		return Person{}, ErrAlgorithm
	case v.options.LoadBalancer.ARN == "" || t.signer != v.options.LoadBalancer.ARN:
		return Person{}, ErrSigner
	case v.options.Client != "" && t.client != v.options.Client:
		return Person{}, ErrClient
	case !now.Before(t.expires):
		return Person{}, ErrExpired
	case len(t.signature) != signatureSize:
		return Person{}, ErrSignature
	}
	key, err := v.keys.get(ctx, t.key)
	if err != nil {
		return Person{}, err
	}
	digest := sha256.Sum256([]byte(t.signed))
	r, s := new(big.Int).SetBytes(t.signature[:signatureSize/2]), new(big.Int).SetBytes(t.signature[signatureSize/2:])
	if !ecdsa.Verify(key, digest[:], r, s) {
		return Person{}, ErrSignature
	}
	return read(t.claims, now)
}

// read reads the claims of a token that is good.
func read(text []byte, now time.Time) (Person, error) {
	claims, ok := object(text)
	if !ok {
		return Person{}, ErrClaims
	}
	if _, there := claims["exp"]; there {
		switch expires, ok := claims.time("exp"); {
		case !ok:
			return Person{}, ErrClaims
		case !now.Before(expires):
			return Person{}, ErrExpired
		}
	}
	subject, ok := claims.text("sub")
	if !ok || !plain(subject) {
		return Person{}, ErrClaims
	}
	who := Person{Subject: subject}
	email, ok := claims.text("email")
	verified := string(claims["email_verified"])
	if ok && plain(email) && (verified == "true" || verified == `"true"`) { // Cognito writes it as a string
		who.Email = email
	}
	return who, nil
}
