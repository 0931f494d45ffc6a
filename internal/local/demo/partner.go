package demo

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"callback-completer/internal/local/secrets"
)

// source is an entry of WEBHOOK_SOURCES.
type source struct {
	Name    string `json:"name"`
	Scheme  string `json:"scheme"`
	Secret  string `json:"secret"`
	Mapping string `json:"mapping"`
	Header  string `json:"header,omitempty"`
	Prefix  string `json:"prefix,omitempty"`
}

// partner is a third party that sends webhooks.
type partner struct {
	source

	key string // what it signs with
}

// partners are two: acme sends the canonical form and signs as Standard Webhooks do, courier has a form and a signature
// of its own.
type partners struct{ acme, courier partner }

// courierMapping makes callbacks of courier's payloads. A parcel that is under way is nothing to complete a task for.
const courierMapping = `if .state == "delivered" then {taskToken: .reference, output: {parcel: .parcel, by: $meta.source}}
elif .state == "lost" then {taskToken: .reference, error: "ParcelLost", cause: .note}
else null end`

const courierHeader, courierPrefix = "X-Courier-Signature", "sha256="

// signUp draws a secret for each partner and stores it.
func signUp(store *secrets.Service) (p partners, err error) {
	p.acme = partner{source: source{Name: "acme", Scheme: "standard-webhooks", Mapping: "canonical"}, key: rand.Text()}
	p.courier = partner{
		source: source{Name: "courier", Scheme: "hmac", Mapping: courierMapping, Header: courierHeader, Prefix: courierPrefix},
		key:    rand.Text(),
	}
	if p.acme.Secret, err = store.PutSecret("webhooks/acme", standardSecret(p.acme.key)); err != nil {
		return p, err
	}
	p.courier.Secret, err = store.PutSecret("webhooks/courier", p.courier.key)
	return p, err
}

// sources is WEBHOOK_SOURCES.
func (p partners) sources() string {
	text, _ := json.Marshal([]source{p.acme.source, p.courier.source}) //nolint:gosec // references to secrets; texts always encode
	return string(text)
}

// standardSecret is a key in the form in which Standard Webhooks show it.
func standardSecret(key string) string { return "whsec_" + encodedKey(key) }

func encodedKey(key string) string { return base64.StdEncoding.EncodeToString([]byte(key)) }

// path is where the partner posts to.
func (p partner) path() string { return "/webhooks/" + p.Name }

// signStandard returns the headers of a webhook by Standard Webhooks, and the signature in them.
func (p partner) signStandard(id string, at time.Time, body string) (h http.Header, signature string) {
	sent := strconv.FormatInt(at.Unix(), 10)
	signature = base64.StdEncoding.EncodeToString(p.mac(id + "." + sent + "." + body))
	h = http.Header{}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", sent)
	h.Set("Webhook-Signature", "v1,"+signature)
	return h, signature
}

// signPlain returns the headers of a webhook whose body alone is signed, and the signature in them.
func (p partner) signPlain(body string) (h http.Header, signature string) {
	signature = hex.EncodeToString(p.mac(body))
	return http.Header{p.Header: {p.Prefix + signature}}, signature
}

func (p partner) mac(text string) []byte {
	h := hmac.New(sha256.New, []byte(p.key))
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum(nil)
}
