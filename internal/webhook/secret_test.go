package webhook_test

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"callback-completer/internal/race"
	"callback-completer/internal/webhook"
)

func TestSecretCannotBePrinted(t *testing.T) {
	t.Parallel()
	const canary = "whsec_CANARYm4Xq7Zt0Lw9Rb2Kd8Vs5"
	s := sender{scheme: webhook.Stripe}
	secret := parseSecrets(t, s.parse(t), canary)[0]
	hidden := struct {
		Shown  webhook.Secret
		hidden webhook.Secret
		deep   []map[string]webhook.Secret
		point  *webhook.Secret
	}{secret, secret, []map[string]webhook.Secret{{"k": secret}}, &secret}
	var out bytes.Buffer
	for _, v := range []any{secret, &secret, hidden, &hidden, []webhook.Secret{secret}, map[string]any{"k": secret}, errors.New(secret.String())} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%p", "%T", "%10.3s"} {
			fmt.Fprintf(&out, verb+"\n", v) // wrong verbs are the point
		}
		fmt.Fprintln(&out, v)
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
		if text, err := xml.Marshal(v); err == nil {
			out.Write(text)
		}
		_ = gob.NewEncoder(&out).Encode(v)
		for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(h).Info("x", "v", v, slog.Group("g", "v", v))
		}
	}
	out.WriteString(secret.GoString() + secret.LogValue().String())
	for _, form := range []string{"CANARY", "43414e415259", "67 65 78", "[67", "Q0FOQVJZ"} { // as text, hexadecimal, bytes, base64
		if strings.Contains(out.String(), form) {
			at := strings.Index(out.String(), form)
			t.Errorf("the secret was printed: …%s", out.String()[max(0, at-60):at+len(form)])
		}
	}
	if out.Len() < 1000 {
		t.Errorf("only %d bytes were printed; the test no longer prints", out.Len())
	}
	if secret.IsZero() || !(webhook.Secret{}).IsZero() {
		t.Error("a zero secret is not told from one")
	}
}

func TestUnusableSecrets(t *testing.T) {
	t.Parallel()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	good := hexSecret(1)
	var long string // as long as may be
	for seed := range uint64(8) {
		long += hexSecret(seed)
	}
	everywhere := []string{
		"", " ", "\n", "secret", "changeme", "CHANGE_ME", "ChangeMe-ChangeMe-ChangeMe-1", "password", "test", "0123456789abcdef",
		"placeholder-placeholder-12345", "<your webhook secret goes here>", "<a4f1c09be27d8356aa4f1c09be27d8>",
		"your-webhook-secret-1234567890", "my_super_secret_webhook_key_42", "example-secret-please-replace-it",
		"replace-me-before-production-1234", "TODO: replace this with the real one", "${WEBHOOK_SECRET_OF_THE_PARTNER}",
		"{{resolve:secretsmanager:partner:SecretString}}", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:partner-AbCdEf",
		strings.Repeat("a", 32), strings.Repeat("0", 64), strings.Repeat("ab", 16), strings.Repeat("correct-horse", 3),
		"abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "0123456789abcdef0123456789abcdef", "secretsecretsecretsecret!!",
		good[:23], good + "\n", " " + good, good + "\r\n", "\t" + good, good[:10] + "\x00" + good[10:], good[:10] + "\n" + good[10:],
		long + "1",
	}
	perScheme := map[string][]string{
		webhook.StandardWebhooks: {
			"whsec_", "whsec_=", "whsec_!", "whpk_", "whsk_", "whsec_" + encode(""), "whsec_" + encode("short"),
			"whsec_" + encode(good[:23]), "whsec_" + encode("changemechangemechangeme-1234"), "whsec_" + encode(strings.Repeat("\x00", 32)),
			"whsec_" + encode(strings.Repeat("ab", 20)), "whsec_secret", "whsec_changeme", good, encode(good), // no prefix: which kind is it?
			"WHSEC_" + encode(good), "v1,whsec_" + encode(good), "whsec_" + strings.TrimRight(encode(good+"1"), "="),
			"whsec_" + base64.URLEncoding.EncodeToString([]byte("\xff\xfe\xfb"+good)),
			"whpk_" + encode(good[:31]), "whpk_" + encode(good[:33]), "whpk_" + encode(strings.Repeat("\x00", 32)), "whpk_" + good,
			"whsk_" + base64.StdEncoding.EncodeToString(pair(1)), "whsk_" + encode(good[:32]),
		},
		webhook.Stripe: {"whsec_", "whsec_secret", "whsec_test", "whsec_test_secret", "whsec_" + good[:23], good, "sk_live_" + good, "whsec_" + strings.Repeat("1", 32), "WHSEC_" + good},
		webhook.Slack:  {"xoxb-short"},
	}
	parseSecrets(t, sender{scheme: webhook.GitHub}.parse(t), long, good, good[:24])
	for _, s := range senders() {
		scheme := s.parse(t)
		texts := append([]string{}, everywhere...)
		for _, text := range append(texts, perScheme[s.scheme]...) {
			secret, err := scheme.ParseSecret(text)
			switch {
			case !errors.Is(err, webhook.ErrSecret):
				t.Errorf("%s: %q: %v", s.name, text, err)
			case !secret.IsZero():
				t.Errorf("%s: %q: refused, yet there is one", s.name, text)
			case len(text) > 12 && strings.Contains(err.Error(), text):
				t.Errorf("%s: the error quotes the secret: %v", s.name, err)
			case !strings.Contains(err.Error(), "Use ") && !strings.Contains(err.Error(), "Make "):
				t.Errorf("%s: %q: the error does not say what a good one is: %v", s.name, text, err)
			}
		}
	}
}

func TestWhatIsWrongWithASecret(t *testing.T) {
	t.Parallel()
	tests := []struct{ scheme, text, want string }{
		{
			webhook.StandardWebhooks, "whsec_",
			"unusable webhook secret: it is shorter than 24 bytes. Use what the sender shows: whsec_ and the base64 form of 24 to 64 random bytes, or whpk_ and that of a public key of 32 bytes.",
		},
		{
			webhook.StandardWebhooks, "whsec_changeme",
			"unusable webhook secret: it is a placeholder. Use what the sender shows: whsec_ and the base64 form of 24 to 64 random bytes, or whpk_ and that of a public key of 32 bytes.",
		},
		{
			webhook.StandardWebhooks, "whsk_" + hexSecret(1),
			"unusable webhook secret: it is the private key, which only the sender may have; the public one begins with whpk_. Use what the sender shows: whsec_ and the base64 form of 24 to 64 random bytes, or whpk_ and that of a public key of 32 bytes.",
		},
		{
			webhook.GitHub, "changeme",
			"unusable webhook secret: it is a placeholder. Make one of 32 random bytes, such as openssl rand -hex 32 prints, and enter it in the webhook's settings at GitHub.",
		},
		{
			webhook.Stripe, "sk_live_" + hexSecret(1),
			"unusable webhook secret: it does not begin with whsec_; an API key cannot check signatures. Use the endpoint's signing secret from Stripe's dashboard: whsec_ and at least 24 random characters.",
		},
		{
			webhook.Slack, hexSecret(1) + "\n",
			"unusable webhook secret: there is white space at its beginning or end; look for a line break. Use the app's signing secret, 32 characters under Basic Information at Slack; not a token, not the client secret.",
		},
		{
			webhook.Shopify, strings.Repeat("0", 32),
			"unusable webhook secret: it consists of a few characters only. Use the app's client secret from Shopify, 32 or more characters.",
		},
	}
	for _, test := range tests {
		s := sender{scheme: test.scheme}
		if _, err := s.parse(t).ParseSecret(test.text); err == nil || err.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.scheme, err, test.want)
		}
	}
}

// TestRandomSecretsAreGood draws secrets as senders make them; the rules against what is not random must spare them.
func TestRandomSecretsAreGood(t *testing.T) {
	t.Parallel()
	source := rand.NewChaCha8([32]byte([]byte("fixed, so that a failure repeats")))
	draw := func(n int) []byte {
		b := make([]byte, n)
		_, _ = source.Read(b)
		return b
	}
	n := 5000
	if race.Enabled {
		n = 500
	}
	for range n {
		for scheme, texts := range map[string][]string{
			webhook.StandardWebhooks: {
				"whsec_" + base64.StdEncoding.EncodeToString(draw(24)), "whsec_" + base64.StdEncoding.EncodeToString(draw(64)),
				"whpk_" + base64.StdEncoding.EncodeToString(draw(32)),
			},
			webhook.Stripe: {"whsec_" + fmt.Sprintf("%x", draw(32)), "whsec_" + base64.RawURLEncoding.EncodeToString(draw(24))},
			webhook.Slack:  {fmt.Sprintf("%x", draw(16))},
			webhook.Shopify: {
				fmt.Sprintf("%x", draw(16)), "shpss_" + fmt.Sprintf("%x", draw(16)),
			},
			webhook.GitHub: {fmt.Sprintf("%x", draw(20)), base64.StdEncoding.EncodeToString(draw(32)), "correct horse battery staple " + fmt.Sprint(draw(1)[0])},
		} {
			s := sender{scheme: scheme}
			parseSecrets(t, s.parse(t), texts...)
		}
	}
}
