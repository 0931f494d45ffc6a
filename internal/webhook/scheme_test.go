package webhook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"callback-completer/internal/webhook"
)

func TestNames(t *testing.T) {
	t.Parallel()
	want := []string{"standard-webhooks", "svix", "github", "stripe", "slack", "shopify", "hmac"}
	if got := webhook.Names(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, name := range webhook.Names() {
		var o webhook.Options
		if name == webhook.HMAC {
			o.Header = "X-Signature"
		}
		if scheme, err := webhook.ParseScheme(name, o); err != nil || scheme.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWrongSchemes(t *testing.T) {
	t.Parallel()
	const second = time.Second
	tests := []struct {
		name    string
		scheme  string
		options webhook.Options
		want    []string // each in the error
	}{
		{"no name", "", webhook.Options{}, []string{`"" is unknown`, "standard-webhooks, svix, github, stripe, slack, shopify, hmac"}},
		{"unknown", "twilio", webhook.Options{}, []string{`"twilio" is unknown`}},
		{"case", "GitHub", webhook.Options{}, []string{`"GitHub" is unknown`}},
		{"verification switched off", "none", webhook.Options{}, []string{"is unknown"}},
		{"another's header", webhook.GitHub, webhook.Options{Header: "X-Mine"}, []string{"only the scheme hmac takes them"}},
		{"another's hash", webhook.Stripe, webhook.Options{Hash: webhook.SHA512}, []string{"only the scheme hmac takes them"}},
		{"tolerance without a time", webhook.GitHub, webhook.Options{Tolerance: time.Minute}, []string{"no signed timestamp"}},
		{"tolerance without a timestamp header", webhook.HMAC, webhook.Options{Header: "X-S", Tolerance: time.Minute}, []string{"no signed timestamp"}},
		{"negative", webhook.Slack, webhook.Options{Tolerance: -second}, []string{"between one second and 24 hours"}},
		{"below a second", webhook.Slack, webhook.Options{Tolerance: second - 1}, []string{"between one second and 24 hours"}},
		{"above a day", webhook.StandardWebhooks, webhook.Options{Tolerance: 24*time.Hour + 1}, []string{"between one second and 24 hours"}},
		{"no header", webhook.HMAC, webhook.Options{}, []string{"header of the signature has no valid name"}},
		{"header with a space", webhook.HMAC, webhook.Options{Header: "X Sig"}, []string{"header of the signature has no valid name"}},
		{"header with a colon", webhook.HMAC, webhook.Options{Header: "X-Sig:"}, []string{"header of the signature has no valid name"}},
		{"prefix with a line break", webhook.HMAC, webhook.Options{Header: "X-Sig", Prefix: "a\n"}, []string{"the prefix"}},
		{"encoding", webhook.HMAC, webhook.Options{Header: "X-Sig", Encoding: "base64url"}, []string{"neither hex nor base64"}},
		{"hash", webhook.HMAC, webhook.Options{Header: "X-Sig", Hash: "sha1"}, []string{"neither sha256 nor sha512"}},
		{"time in the signature's header", webhook.HMAC, webhook.Options{Header: "X-Sig", TimestampHeader: "x-sig"}, []string{"a header of its own"}},
		{"id in the signature's header", webhook.HMAC, webhook.Options{Header: "X-Sig", IDHeader: "x-sig"}, []string{"a header of its own"}},
		{
			"everything", webhook.HMAC,
			webhook.Options{Prefix: "\u00e9", Encoding: "hexx", Hash: "md5", TimestampHeader: "a b", IDHeader: "c,d", Tolerance: -1},
			[]string{
				"header of the signature", "the prefix", "neither hex nor base64", "neither sha256 nor sha512",
				"header of the timestamp", "header of the id", "between one second and 24 hours",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			scheme, err := webhook.ParseScheme(test.scheme, test.options)
			if err == nil || scheme != nil {
				t.Fatalf("accepted: %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v, without %q", err, want)
				}
			}
		})
	}
}

func TestTolerancesThatAreAllowed(t *testing.T) {
	t.Parallel()
	for _, tolerance := range []time.Duration{0, time.Second, 24 * time.Hour} {
		if _, err := webhook.ParseScheme(webhook.Slack, webhook.Options{Tolerance: tolerance}); err != nil {
			t.Errorf("%v: %v", tolerance, err)
		}
	}
}
