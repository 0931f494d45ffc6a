package webhook_test

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/webhook"
)

// check verifies at noon and compares the refusal; nil stands for none.
func check(t *testing.T, scheme *webhook.Scheme, h http.Header, body string, want error, secrets ...string) {
	t.Helper()
	got, err := scheme.Verify(noon, h, []byte(body), parseSecrets(t, scheme, secrets...))
	if !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
	if err != nil && got != (webhook.Delivery{}) {
		t.Errorf("refused, yet there is a delivery: %+v", got)
	}
}

func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scheme := s.parse(t)
			secrets := parseSecrets(t, scheme, s.secret(1))
			body := []byte(`{"taskToken":"T","output":{"n":1}}`)
			h := s.request(s.secret(1), noon, body)
			if _, err := scheme.Verify(noon, h, body, secrets); err != nil {
				t.Fatal(err)
			}
			for bit := range 8 * len(body) {
				changed := bytes.Clone(body)
				changed[bit/8] ^= 1 << (bit % 8)
				if _, err := scheme.Verify(noon, h, changed, secrets); !errors.Is(err, webhook.ErrBadSignature) {
					t.Errorf("bit %d changed: %v", bit, err)
				}
			}
			for n := range len(body) {
				if _, err := scheme.Verify(noon, h, body[:n], secrets); !errors.Is(err, webhook.ErrBadSignature) {
					t.Errorf("cut to %d bytes: %v", n, err)
				}
			}
			// Every bit of the signature, of the time and of a signed id as well; which refusal depends on the bit.
			for name, values := range h {
				if name == s.id && name != "Webhook-Id" && name != "Svix-Id" {
					continue // not signed
				}
				for bit := range 8 * len(values[0]) {
					changed := h.Clone()
					text := []byte(values[0])
					text[bit/8] ^= 1 << (bit % 8)
					changed.Set(name, string(text))
					if _, err := scheme.Verify(noon, changed, body, secrets); err == nil && (!s.hex || !strings.EqualFold(values[0], string(text))) {
						t.Errorf("bit %d of %s changed: accepted", bit, name)
					}
				}
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	bodies := map[string][]byte{
		"empty":       {},
		"nil":         nil,
		"1 MiB":       bytes.Repeat([]byte("0123456789abcdef"), 1<<16),
		"not UTF-8":   {0xff, 0x00, 0xfe, '\r', '\n'},
		"form":        []byte("payload=%7B%22a%22%3A1%7D&payload=2"),
		"dots":        []byte("1.2.3."),
		"line at end": []byte("{}\n"),
	}
	for _, s := range senders() {
		for name, body := range bodies {
			t.Run(s.name+" "+name, func(t *testing.T) {
				t.Parallel()
				scheme := s.parse(t)
				h := s.request(s.secret(1), noon, body)
				check(t, scheme, h, string(body), nil, s.secret(1))
				check(t, scheme, h, string(body)+" ", webhook.ErrBadSignature, s.secret(1))
			})
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	const second, tick = time.Second, time.Nanosecond
	tests := []struct {
		name      string
		tolerance time.Duration // configured
		age       time.Duration // of the signature, by the clock
		want      error
	}{
		{"now", 0, 0, nil},
		{"as old as may be", 0, 300 * second, nil},
		{"a moment older", 0, 300*second + tick, webhook.ErrTooOld},
		{"a second older", 0, 301 * second, webhook.ErrTooOld},
		{"a day old", 0, 24 * time.Hour, webhook.ErrTooOld},
		{"as new as may be", 0, -300 * second, nil},
		{"a moment newer", 0, -300*second - tick, webhook.ErrTooNew},
		{"a second newer", 0, -301 * second, webhook.ErrTooNew},
		{"a day ahead", 0, -24 * time.Hour, webhook.ErrTooNew},
		{"ten seconds, old", 10 * second, 10 * second, nil},
		{"ten seconds, too old", 10 * second, 11 * second, webhook.ErrTooOld},
		{"ten seconds, new", 10 * second, -10 * second, nil},
		{"ten seconds, too new", 10 * second, -11 * second, webhook.ErrTooNew},
		{"an hour, old", time.Hour, time.Hour, nil},
		{"an hour, too old", time.Hour, time.Hour + second, webhook.ErrTooOld},
	}
	for _, s := range senders() {
		for _, test := range tests {
			if !s.timed && test.tolerance != 0 {
				continue
			}
			t.Run(s.name+" "+test.name, func(t *testing.T) {
				t.Parallel()
				tolerant := s // a copy, as the others run meanwhile
				tolerant.options.Tolerance = test.tolerance
				scheme := tolerant.parse(t)
				body := []byte("{}")
				want := test.want
				if !s.timed {
					want = nil // replays are as good as the first time; the task token is not
				}
				h := s.request(s.secret(1), noon, body)
				if _, err := scheme.Verify(noon.Add(test.age), h, body, parseSecrets(t, scheme, s.secret(1))); !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
				// The clock's word is for those who can sign.
				h = s.request(s.secret(2), noon, body)
				if _, err := scheme.Verify(noon.Add(test.age), h, body, parseSecrets(t, scheme, s.secret(1))); !errors.Is(err, webhook.ErrBadSignature) {
					t.Errorf("signed by another: %v", err)
				}
			})
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scheme := s.parse(t)
			body := []byte("{}")
			var texts []string
			for seed := range uint64(webhook.MaxSecrets) {
				texts = append(texts, s.secret(seed))
			}
			secrets := parseSecrets(t, scheme, texts...)
			for i, text := range texts {
				got, err := scheme.Verify(noon, s.request(text, noon, body), body, secrets)
				if err != nil || got.Signer != i {
					t.Errorf("signed with secret %d: signer %d, %v", i, got.Signer, err)
				}
				others := slices.Delete(slices.Clone(secrets), i, i+1)
				if _, err := scheme.Verify(noon, s.request(text, noon, body), body, others); !errors.Is(err, webhook.ErrBadSignature) {
					t.Errorf("secret %d withdrawn: %v", i, err)
				}
			}
			twice := []webhook.Secret{secrets[0], secrets[0]}
			if got, err := scheme.Verify(noon, s.request(texts[0], noon, body), body, twice); err != nil || got.Signer != 0 {
				t.Errorf("the same secret twice: signer %d, %v", got.Signer, err)
			}
		})
	}
}

// TestNoSecret: without a secret of its own, a scheme believes nobody, least of all who signs with an empty one.
func TestNoSecret(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scheme := s.parse(t)
			body := []byte("{}")
			own := parseSecrets(t, scheme, s.secret(1))
			var foreign []webhook.Secret
			for _, other := range senders() {
				if other.scheme != s.scheme {
					foreign = append(foreign, parseSecrets(t, other.parse(t), other.secret(1))...)
				}
			}
			cases := map[string][]webhook.Secret{
				"none":          nil,
				"a zero one":    {{}},
				"one zero":      {own[0], {}},
				"foreign":       foreign[:1],
				"one foreign":   {own[0], foreign[0]},
				"more than max": slices.Repeat(own, webhook.MaxSecrets+1),
			}
			for name, secrets := range cases {
				if _, err := scheme.Verify(noon, s.request(s.secret(1), noon, body), body, secrets); !errors.Is(err, webhook.ErrNoSecret) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
	want := map[string]webhook.Delivery{
		"standard-webhooks":        {ID: id, IDSigned: true, SentAt: noon},
		"standard-webhooks v1a":    {ID: id, IDSigned: true, SentAt: noon},
		"svix":                     {ID: id, IDSigned: true, SentAt: noon},
		"github":                   {ID: id},
		"stripe":                   {SentAt: noon},
		"slack":                    {SentAt: noon},
		"shopify":                  {ID: id},
		"hmac sha512 hex":          {},
		"hmac sha256 base64 timed": {ID: id, SentAt: noon},
	}
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scheme := s.parse(t)
			got, err := scheme.Verify(noon.Add(time.Second), s.request(s.secret(1), noon, nil), nil, parseSecrets(t, scheme, s.secret(1)))
			if diff := cmp.Diff(want[s.name], got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}
