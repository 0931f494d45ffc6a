package webhook_test

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"callback-completer/internal/webhook"
)

// fuzz sends any header and body. With sign, the request is signed as the text of its id and time want it, so that what
// is found is not stopped by the signature. What is accepted must be what the sender's library accepts, within the
// tolerance, and said to be no other delivery than the headers say.
func fuzz(f *testing.F, name string) {
	f.Helper()
	var s sender
	for _, other := range senders() {
		if other.name == name {
			s = other
		}
	}
	if s.name == "" {
		f.Fatal("there is no such sender")
	}
	scheme := s.parse(f)
	secret := s.secret(1)
	secrets := parseSecrets(f, scheme, secret)
	now := strconv.FormatInt(noon.Unix(), 10)
	body := []byte(`{"taskToken":"T"}`)
	good := s.sign(secret, "msg_1", now, body)
	f.Add(good.Get(s.signature), "msg_1", now, body, false, uint8(0))
	f.Add(good.Get(s.signature)+","+good.Get(s.signature), "msg_1", now, body, false, uint8(1))
	f.Add(good.Get(s.signature)+" "+good.Get(s.signature), "msg_1", now, body, false, uint8(2))
	f.Add("", "msg.1", "+"+now, []byte{}, true, uint8(0))
	f.Add("", "msg_1", "0"+now, []byte(now+".{}"), true, uint8(3))
	f.Add("t="+now+",v1=00", "", now, body, false, uint8(0))

	f.Fuzz(func(t *testing.T, signature, id, sent string, body []byte, sign bool, repeated uint8) {
		h := http.Header{}
		if sign {
			h = s.sign(secret, id, sent, body)
			if signature != "" { // among others
				h.Set(s.signature, h.Get(s.signature)+signature)
			}
		} else {
			h.Set(s.signature, signature)
			if s.id != "" {
				h.Set(s.id, id)
			}
			if s.timestamp != "" {
				h.Set(s.timestamp, sent)
			}
		}
		switch repeated % 8 {
		case 1:
			h.Add(s.signature, signature)
		case 2:
			h.Del(s.id)
		case 3:
			h.Add(s.timestamp, sent)
		}
		delivery, err := scheme.Verify(noon, h, body, secrets)
		if err != nil {
			var refusal webhook.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		at(t, noon, func() {
			if !s.accepts(h, body, secret) {
				t.Errorf("accepted, but not by the sender's library: %v", h)
			}
		})
		if len(h.Values(s.signature)) != 1 || delivery.Signer != 0 {
			t.Errorf("accepted with %d signature headers, as signed by %d", len(h.Values(s.signature)), delivery.Signer)
		}
		if s.id != "" && delivery.ID != h.Get(s.id) {
			t.Errorf("the delivery is %q, the header says %q", delivery.ID, h.Get(s.id))
		}
		if s.timed && noon.Sub(delivery.SentAt).Abs() > 5*time.Minute || !s.timed && !delivery.SentAt.IsZero() {
			t.Errorf("accepted as sent %v", delivery.SentAt)
		}
		if s.timestamp != "" && h.Get(s.timestamp) != strconv.FormatInt(delivery.SentAt.Unix(), 10) {
			t.Errorf("sent %v, the header says %q", delivery.SentAt, h.Get(s.timestamp))
		}
	})
}

func FuzzStandardWebhooks(f *testing.F)           { fuzz(f, "standard-webhooks") }
func FuzzStandardWebhooksAsymmetric(f *testing.F) { fuzz(f, "standard-webhooks v1a") }
func FuzzGitHub(f *testing.F)                     { fuzz(f, "github") }
func FuzzStripe(f *testing.F)                     { fuzz(f, "stripe") }
func FuzzSlack(f *testing.F)                      { fuzz(f, "slack") }
func FuzzShopify(f *testing.F)                    { fuzz(f, "shopify") }
func FuzzHMAC(f *testing.F)                       { fuzz(f, "hmac sha256 base64 timed") }
