//go:build deploytest

package deploytest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// partner is a webhook source, acme, that signs with the library that senders use.
type partner struct {
	hook       *standardwebhooks.Webhook
	parameters map[string]string // of the stack, which name its secret
}

func (w world) newPartner(t *testing.T) partner {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	text := "whsec_" + base64.StdEncoding.EncodeToString(key)
	hook, err := standardwebhooks.NewWebhook(text)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := secretsmanager.NewFromConfig(w.config).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("acme"), SecretString: &text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return partner{hook, map[string]string{
		"WebhookSources":    fmt.Sprintf(`[{"name": "acme", "scheme": "standard-webhooks", "secrets": [%q], "mapping": "canonical"}]`, *secret.ARN),
		"WebhookSecretArns": *secret.ARN,
	}}
}

// sign returns the headers of a webhook with this body.
func (p partner) sign(t *testing.T, body string) map[string]string {
	t.Helper()
	now := time.Now()
	signature, err := p.hook.Sign("msg_1", now, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"webhook-id": "msg_1", "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature,
	}
}

// expectWebhook has the partner complete an execution, after two requests that are not its own.
func (w world) expectWebhook(t *testing.T, outputs map[string]string, p partner) {
	t.Helper()
	execution, token := w.startWaiting(t, "partner")
	body := `{"taskToken": "` + token + `", "output": {"by": "a webhook"}}`
	signed := p.sign(t, body)
	w.expectAnswer(t, 401, "", w.post(t, outputs, "webhooks/acme", strings.Replace(body, "a webhook", "a stranger", 1), signed))
	w.expectAnswer(t, 401, "", w.post(t, outputs, "webhooks/emca", body, signed))
	got := w.post(t, outputs, "webhooks/acme", body, signed)
	want := `{"status":"delivered"}`
	if strings.Contains(got.body, "received") { // MiniStack's doing, see the package
		want = `{"status":"received"}`
	}
	w.expectAnswer(t, 200, want, got)
	w.expectSucceeded(t, execution, `{"by":"a webhook"}`)
}

type answer struct {
	status int
	body   string
}

func (w world) expectAnswer(t *testing.T, status int, body string, got answer) {
	t.Helper()
	if got.status != status || body != "" && strings.TrimSpace(got.body) != body {
		t.Errorf("answer %d %s, want %d %s", got.status, got.body, status, body)
	}
}

func (w world) get(t *testing.T, outputs map[string]string, path string) answer {
	t.Helper()
	return w.call(t, http.MethodGet, outputs, path, "", nil)
}

func (w world) post(t *testing.T, outputs map[string]string, path, body string, headers map[string]string) answer {
	t.Helper()
	return w.call(t, http.MethodPost, outputs, path, body, headers)
}

// call sends a request to the stack's API. The host of its URL leads to AWS, so MiniStack is told the API in the path.
func (w world) call(t *testing.T, method string, outputs map[string]string, path, body string, headers map[string]string) answer {
	t.Helper()
	endpoint, err := url.Parse(outputs["ApiEndpoint"])
	if err != nil {
		t.Fatal(err)
	}
	api, _, ok := strings.Cut(endpoint.Host, ".execute-api.")
	if !ok {
		t.Fatalf("the stack's endpoint is %q", outputs["ApiEndpoint"])
	}
	r, err := http.NewRequestWithContext(t.Context(), method,
		fmt.Sprintf("%s/_aws/execute-api/%s%s/%s", w.server.URL, api, endpoint.Path, path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	got, err := w.config.HTTPClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, string(text)}
}
