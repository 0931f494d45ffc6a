package webhook_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/webhook"
)

// TestPublishedVectors are signatures that the senders publish with their secrets. Where a sender publishes none (Stripe,
// Shopify), and for the forms of the generic scheme, they were computed with Python's hmac.
func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	const (
		slackBody = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
			"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
			"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
			"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
		order = `{"id":820982911946154508,"note":null}`
		hush  = "hush-9f2c4e7a1b8d3056fe41c7a2"
	)
	standard := func(signature string) http.Header {
		return standardHeaders("webhook", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature)
	}
	delivered := webhook.Delivery{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", IDSigned: true, SentAt: time.Unix(1614265330, 0)}
	tests := []struct {
		name    string
		scheme  string
		options webhook.Options
		secret  string
		headers http.Header
		body    string
		want    webhook.Delivery
	}{
		{
			name: "Standard Webhooks, the Go library's tests", scheme: webhook.StandardWebhooks,
			secret:  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			headers: standard("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
			body:    `{"test": 2432232314}`, want: delivered,
		},
		{
			name: "Standard Webhooks v1a, the Svix server's tests", scheme: webhook.StandardWebhooks,
			secret:  "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
			headers: standard("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="),
			body:    `{"test": 2432232314}`, want: delivered,
		},
		{
			name: "GitHub, validating webhook deliveries", scheme: webhook.GitHub,
			secret:  "It's a Secret to Everybody",
			headers: headers("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
			body:    "Hello, World!",
		},
		{
			name: "Slack, verifying requests", scheme: webhook.Slack,
			secret: "8f742231b10e8888abcd99yyyzzz85a5",
			headers: headers("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
				"X-Slack-Request-Timestamp", "1531420618"),
			body: slackBody, want: webhook.Delivery{SentAt: time.Unix(1531420618, 0)},
		},
		{
			name: "Slack, slack-go's tests", scheme: webhook.Slack,
			secret: "e6b19c573432dcc6b075501d51b51bb8",
			headers: headers("X-Slack-Signature", "v0=adada4ed31709aef585c2580ca3267678c6a8eaeb7e0c1aca3ee57b656886b2c",
				"X-Slack-Request-Timestamp", "1531431954"),
			body: `{"token":"aF5ynEYQH0dFN9imlgcADxDB","team_id":"XXXXXXXXX","api_app_id":"YYYYYYYYY","event":{"type":"app_mention",` +
				`"user":"AAAAAAAAA","text":"<@EEEEEEEEE> hello world","client_msg_id":"477cc591-ch73-a14z-4db8-g0cd76321bec",` +
				`"ts":"1531431954.000073","channel":"TTTTTTTTT","event_ts":"1531431954.000073"},"type":"event_callback",` +
				`"event_id":"TvBP7LRED7","event_time":1531431954,"authed_users":["EEEEEEEEE"]}`,
			want: webhook.Delivery{SentAt: time.Unix(1531431954, 0)},
		},
		{
			name: "Stripe, computed", scheme: webhook.Stripe,
			secret:  "whsec_4eC39HqLyjWDarjtT1zdp7dcJ0mVbQ2x",
			headers: headers("Stripe-Signature", "t=1492774577,v1=8ede4bfe7f9b832c5a221a2bc97828c8a330a3d1b24fc910f17be14344ab030d,v0=6ffb"),
			body:    order, want: webhook.Delivery{SentAt: time.Unix(1492774577, 0)},
		},
		{
			name: "Shopify, computed", scheme: webhook.Shopify, secret: hush,
			headers: headers("X-Shopify-Hmac-SHA256", "0Ti+PyfWdtejH0NUKx9V7FEPwfdwE4IgQRQ/Cj8SSpA=",
				"X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
			body: order, want: webhook.Delivery{ID: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"},
		},
		{
			name: "generic SHA-512 in base64 with a time, computed", scheme: webhook.HMAC, secret: hush,
			options: webhook.Options{Header: "X-Sig", Encoding: webhook.Base64, Hash: webhook.SHA512, TimestampHeader: "X-Time", IDHeader: "X-Id"},
			headers: headers("X-Time", "1492774577", "X-Id", "7",
				"X-Sig", "IGDUrYLEQImEjKDzqX14818+82wx0rZUyMEI1Hdo/PLI5M+Qg5qc2Dnx63J5EhWP2eWq3+ATckx6kYyiFR5koQ=="),
			body: order, want: webhook.Delivery{ID: "7", SentAt: time.Unix(1492774577, 0)},
		},
		{
			name: "generic SHA-512 in capital hexadecimal, computed", scheme: webhook.HMAC, secret: hush,
			options: webhook.Options{Header: "X-Sig", Prefix: "HMAC ", Hash: webhook.SHA512},
			headers: headers("X-Sig", "HMAC 4C2F8D5CF3FAA9192240ED9951694B629EACEB12F240A14B080BDB1055C16748"+
				"C1CF2F38A0F60CBF06DDEDCA617FD9BE3AD6B91BF242026D45B27D48B3BDA555"),
			body: order,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			scheme, err := webhook.ParseScheme(test.scheme, test.options)
			if err != nil {
				t.Fatal(err)
			}
			now := test.want.SentAt.Add(time.Minute)
			got, err := scheme.Verify(now, test.headers, []byte(test.body), parseSecrets(t, scheme, test.secret))
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// TestSpecificationHeader is the header of the specification's example: a list of both versions, of which each secret
// finds its own.
func TestSpecificationHeader(t *testing.T) {
	t.Parallel()
	scheme, err := webhook.ParseScheme(webhook.StandardWebhooks, webhook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const (
		shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
		public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
	)
	h := standardHeaders("webhook", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
		"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== v9,anything")
	for _, texts := range [][]string{{shared}, {public}, {shared, public}} {
		if _, err := scheme.Verify(time.Unix(1614265330, 0), h, []byte(`{"test": 2432232314}`), parseSecrets(t, scheme, texts...)); err != nil {
			t.Errorf("%d secrets: %v", len(texts), err)
		}
	}
	// Whoever knows the public key must not be able to sign with it as if it were shared.
	key, _ := base64.StdEncoding.DecodeString(public[len("whpk_"):])
	body := []byte(`{}`)
	forged := senders()[0].request("whsec_"+base64.StdEncoding.EncodeToString(key), noon, body)
	if _, err := scheme.Verify(noon, forged, body, parseSecrets(t, scheme, public)); !errors.Is(err, webhook.ErrBadSignature) {
		t.Errorf("HMAC with the public key as its secret: %v", err)
	}
}
