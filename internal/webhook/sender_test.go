package webhook_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-github/v84/github"
	"github.com/slack-go/slack"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	stripe "github.com/stripe/stripe-go/v83/webhook"

	"callback-completer/internal/webhook"
)

// noon is when the tests' requests are sent.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// sender signs as a third party does, and judges as its own library does where there is one for Go.
type sender struct {
	name    string
	scheme  string
	options webhook.Options
	// secret makes a good secret out of a number.
	secret func(seed uint64) string
	// sign returns the headers of a request. The text of the time and the id are the caller's, so that it can send
	// what the sender would not.
	sign func(secret, id, at string, body []byte) http.Header
	// accepts is the verdict of the sender's library, or one computed here without the package that is tested.
	accepts func(h http.Header, body []byte, secret string) bool
	// Names of headers, as http.Header has them.
	signature, timestamp, id string
	timed                    bool // a time is signed
	hex                      bool // the signature's letters may be of either case
	// neverTooNew: the library does not look for times in the future.
	neverTooNew bool
}

func senders() []sender {
	standard := sender{
		name: "standard-webhooks", scheme: webhook.StandardWebhooks,
		secret: func(seed uint64) string { return "whsec_" + base64.StdEncoding.EncodeToString(random(seed)) },
		sign: func(secret, id, at string, body []byte) http.Header {
			key, _ := base64.StdEncoding.DecodeString(secret[len("whsec_"):])
			return standardHeaders("webhook", id, at, "v1,"+base64.StdEncoding.EncodeToString(mac(sha256.New, key, id, ".", at, ".", string(body))))
		},
		accepts: func(h http.Header, body []byte, secret string) bool {
			lib, err := standardwebhooks.NewWebhook(secret)
			return err == nil && lib.Verify(body, h) == nil
		},
		signature: "Webhook-Signature", timestamp: "Webhook-Timestamp", id: "Webhook-Id", timed: true,
	}
	asymmetric := standard
	asymmetric.name = "standard-webhooks v1a"
	asymmetric.secret = func(seed uint64) string {
		return "whpk_" + base64.StdEncoding.EncodeToString(pair(seed).Public().(ed25519.PublicKey))
	}
	asymmetric.sign = func(secret, id, at string, body []byte) http.Header {
		signature := ed25519.Sign(privateOf(secret), []byte(id+"."+at+"."+string(body)))
		return standardHeaders("webhook", id, at, "v1a,"+base64.StdEncoding.EncodeToString(signature))
	}
	asymmetric.accepts = func(h http.Header, body []byte, secret string) bool { // the sender's Go library has no v1a
		key, _ := base64.StdEncoding.DecodeString(secret[len("whpk_"):])
		message := fmt.Sprintf("%s.%s.%s", h.Get("webhook-id"), h.Get("webhook-timestamp"), body)
		for _, entry := range bytes.Split([]byte(h.Get("webhook-signature")), []byte(" ")) {
			text, ok := bytes.CutPrefix(entry, []byte("v1a,"))
			signature, err := base64.StdEncoding.DecodeString(string(text))
			if ok && err == nil && ed25519.Verify(key, []byte(message), signature) {
				return true
			}
		}
		return false
	}
	svix := standard
	svix.name, svix.scheme = "svix", webhook.Svix
	svix.signature, svix.timestamp, svix.id = "Svix-Signature", "Svix-Timestamp", "Svix-Id"
	svix.sign = func(secret, id, at string, body []byte) http.Header {
		h := standard.sign(secret, id, at, body)
		return standardHeaders("svix", id, at, h.Get("webhook-signature"))
	}
	svix.accepts = func(h http.Header, body []byte, secret string) bool {
		return standard.accepts(standardHeaders("webhook", h.Get("svix-id"), h.Get("svix-timestamp"), h.Get("svix-signature")), body, secret)
	}
	return []sender{
		standard, asymmetric, svix,
		{
			name: "github", scheme: webhook.GitHub, secret: hexSecret,
			sign: func(secret, id, _ string, body []byte) http.Header {
				return headers("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac(sha256.New, []byte(secret), string(body))), "X-GitHub-Delivery", id)
			},
			accepts: func(h http.Header, body []byte, secret string) bool {
				return github.ValidateSignature(h.Get(github.SHA256SignatureHeader), body, []byte(secret)) == nil
			},
			signature: "X-Hub-Signature-256", id: "X-Github-Delivery", hex: true,
		},
		{
			name: "stripe", scheme: webhook.Stripe,
			secret: func(seed uint64) string { return "whsec_" + hexSecret(seed) },
			sign: func(secret, _, at string, body []byte) http.Header {
				return headers("Stripe-Signature", "t="+at+",v1="+hex.EncodeToString(mac(sha256.New, []byte(secret), at, ".", string(body))))
			},
			accepts: func(h http.Header, body []byte, secret string) bool {
				return stripe.ValidatePayload(body, h.Get("Stripe-Signature"), secret) == nil
			},
			signature: "Stripe-Signature", timed: true, hex: true, neverTooNew: true,
		},
		{
			name: "slack", scheme: webhook.Slack,
			secret: func(seed uint64) string { return hexSecret(seed)[:32] },
			sign: func(secret, _, at string, body []byte) http.Header {
				return headers("X-Slack-Signature", "v0="+hex.EncodeToString(mac(sha256.New, []byte(secret), "v0:", at, ":", string(body))),
					"X-Slack-Request-Timestamp", at)
			},
			accepts: func(h http.Header, body []byte, secret string) bool {
				lib, err := slack.NewSecretsVerifier(h, secret)
				if err != nil {
					return false
				}
				_, _ = lib.Write(body)
				return lib.Ensure() == nil
			},
			signature: "X-Slack-Signature", timestamp: "X-Slack-Request-Timestamp", timed: true, hex: true,
		},
		{
			name: "shopify", scheme: webhook.Shopify, secret: hexSecret,
			sign: func(secret, id, _ string, body []byte) http.Header {
				return headers("X-Shopify-Hmac-SHA256", base64.StdEncoding.EncodeToString(mac(sha256.New, []byte(secret), string(body))), "X-Shopify-Webhook-Id", id)
			},
			accepts: func(h http.Header, body []byte, secret string) bool { // Shopify has no library for Go
				sent, err := base64.StdEncoding.DecodeString(h.Get("X-Shopify-Hmac-SHA256"))
				return err == nil && bytes.Equal(sent, mac(sha256.New, []byte(secret), string(body)))
			},
			signature: "X-Shopify-Hmac-Sha256", id: "X-Shopify-Webhook-Id",
		},
		{
			name: "hmac sha512 hex", scheme: webhook.HMAC, secret: hexSecret,
			options: webhook.Options{Header: "X-Partner-Signature", Prefix: "sha512=", Hash: webhook.SHA512},
			sign: func(secret, _, _ string, body []byte) http.Header {
				return headers("X-Partner-Signature", "sha512="+hex.EncodeToString(mac(sha512.New, []byte(secret), string(body))))
			},
			accepts: func(h http.Header, body []byte, secret string) bool { // go-github knows this form too
				return github.ValidateSignature(h.Get("X-Partner-Signature"), body, []byte(secret)) == nil
			},
			signature: "X-Partner-Signature", hex: true,
		},
		{
			name: "hmac sha256 base64 timed", scheme: webhook.HMAC, secret: hexSecret,
			options: webhook.Options{
				Header: "x-signature", Encoding: webhook.Base64, Hash: webhook.SHA256,
				TimestampHeader: "x-sent-at", IDHeader: "x-request-id",
			},
			sign: func(secret, id, at string, body []byte) http.Header {
				return headers("X-Signature", base64.StdEncoding.EncodeToString(mac(sha256.New, []byte(secret), at, ".", string(body))),
					"X-Sent-At", at, "X-Request-Id", id)
			},
			accepts: func(h http.Header, body []byte, secret string) bool {
				sent, err := base64.StdEncoding.DecodeString(h.Get("X-Signature"))
				seconds, notInt := strconv.ParseInt(h.Get("X-Sent-At"), 10, 64)
				return err == nil && notInt == nil && time.Since(time.Unix(seconds, 0)).Abs() <= 5*time.Minute &&
					bytes.Equal(sent, mac(sha256.New, []byte(secret), h.Get("X-Sent-At"), ".", string(body)))
			},
			signature: "X-Signature", timestamp: "X-Sent-At", id: "X-Request-Id", timed: true,
		},
	}
}

// request is one that the sender made properly.
func (s sender) request(secret string, at time.Time, body []byte) http.Header {
	return s.sign(secret, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", strconv.FormatInt(at.Unix(), 10), body)
}

func (s sender) parse(tb testing.TB) *webhook.Scheme {
	tb.Helper()
	scheme, err := webhook.ParseScheme(s.scheme, s.options)
	if err != nil {
		tb.Fatal(err)
	}
	return scheme
}

func parseSecrets(tb testing.TB, scheme *webhook.Scheme, texts ...string) []webhook.Secret {
	tb.Helper()
	var secrets []webhook.Secret
	for _, text := range texts {
		secret, err := scheme.ParseSecret(text)
		if err != nil {
			tb.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	return secrets
}

// at runs f while the clock, which the senders' libraries read themselves, shows now.
func at(t *testing.T, now time.Time, f func()) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(now)) // the bubble's clock, which starts in the year 2000
		f()
	})
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func standardHeaders(prefix, id, at, signatures string) http.Header {
	return headers(prefix+"-id", id, prefix+"-timestamp", at, prefix+"-signature", signatures)
}

func mac(f func() hash.Hash, key []byte, parts ...string) []byte {
	m := hmac.New(f, key)
	for _, part := range parts {
		m.Write([]byte(part))
	}
	return m.Sum(nil)
}

func random(seed uint64) []byte {
	sum := sha256.Sum256([]byte(strconv.FormatUint(seed, 10)))
	return sum[:]
}

func hexSecret(seed uint64) string { return hex.EncodeToString(random(seed)) }

func pair(seed uint64) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(random(seed)) }

// privateOf finds the private half of a key that a test made of a small number.
func privateOf(public string) ed25519.PrivateKey {
	for seed := range uint64(100) {
		private := pair(seed)
		if public == "whpk_"+base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey)) {
			return private
		}
	}
	return pair(0)
}
