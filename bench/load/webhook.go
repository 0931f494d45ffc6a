package load

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// What the receivers of webhooks are told of the sender.
const (
	SecretARN     = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-AbCdEf" //nolint:gosec // names a secret
	WebhookSecret = "whsec_" + secretKey
	// Sources is the setting of functions/http.
	Sources = `[{"name":"acme","scheme":"standard-webhooks","secret":"` + SecretARN + `",` +
		`"mapping":"{taskToken: .reference, output: .result}"}]`

	secretKey = "mPgcZ9ZFl06KBqdYFCQN2DxlmbbqWjrOqHuMWDWkiDQ=" //nolint:gosec // signs the benchmark's own webhooks
)

// Webhook is a request that is signed by Standard Webhooks, as an HTTP API hands it to a function.
type Webhook struct {
	body   event
	output string
	key    []byte
	now    func() time.Time
}

// NewWebhook makes a webhook with a result of size bytes.
func NewWebhook(size int, now func() time.Time) (*Webhook, error) {
	key, err := base64.StdEncoding.DecodeString(secretKey)
	if err != nil {
		return nil, fmt.Errorf("decode the secret: %w", err)
	}
	w := &Webhook{output: output(size), key: key, now: now}
	w.body = newEvent([]byte(`{"type":"job.done","reference":"` + token(0) + `","result":` + w.output + `}`))
	return w, nil
}

// Next returns the event of an invocation whose task is first.
func (w *Webhook) Next(first int) ([]byte, error) {
	body := string(w.body.renumber(first))
	id, at := "msg_"+strconv.Itoa(first), w.now()
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, w.key)
	h.Write([]byte(id + "." + stamp + "." + body))
	return json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "POST /webhooks/{source}", "rawPath": "/webhooks/acme", "rawQueryString": "",
		"headers": map[string]string{
			"accept": "*/*", "content-length": strconv.Itoa(len(body)), "content-type": "application/json",
			"host": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "user-agent": "acme/1.0",
			"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)),
			"x-forwarded-for": "203.0.113.7", "x-forwarded-port": "443", "x-forwarded-proto": "https",
		},
		"requestContext": map[string]any{
			"accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
			"domainPrefix": "a1b2c3d4e5", "requestId": "ATfSmjLgPHcESJw=", "routeKey": "POST /webhooks/{source}", "stage": "$default",
			"http": map[string]string{
				"method": "POST", "path": "/webhooks/acme", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "acme/1.0",
			},
			"time": at.UTC().Format("02/Jan/2006:15:04:05 +0000"), "timeEpoch": at.UnixMilli(),
		},
		"pathParameters": map[string]string{"source": "acme"}, "body": body, "isBase64Encoded": false,
	})
}

// Check tells what is wrong with a call for the webhook.
func (w *Webhook) Check(target string, body []byte) error {
	return check(target, body, "SendTaskSuccess", w.output)
}

// Left is 0 for an answer of 200, and 1 for any other.
func (w *Webhook) Left(answer []byte) (int, error) {
	var out struct {
		StatusCode int `json:"statusCode"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return 0, fmt.Errorf("read the answer: %w", err)
	}
	if out.StatusCode != http.StatusOK {
		return 1, nil
	}
	return 0, nil
}
