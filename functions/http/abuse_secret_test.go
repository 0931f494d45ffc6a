package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/telemetry"
)

// counting is a client of the stack that counts how often a secret is fetched.
type counting struct {
	local.Direct

	fetches atomic.Int64
}

func (c *counting) Do(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "GetSecretValue") {
		c.fetches.Add(1)
	}
	return c.Direct.Do(r)
}

// rotating starts the function with one source, of which the current and the previous secret count.
func rotating(t *testing.T) (*httpRig, *counting) {
	t.Helper()
	r := newRig(t)
	c := &counting{Direct: local.Direct{Handler: r.Stack.API}}
	arn, err := r.Stack.Secrets.PutSecret("acme", secretOf(acmeKey))
	if err != nil {
		t.Fatal(err)
	}
	settings := config.HTTP{Common: r.Settings, WebhookSources: r.sources(nil, fmt.Sprintf(
		`[{"name": "acme", "scheme": "standard-webhooks", "secrets": [%q, %q]}]`, arn, arn+"::AWSPREVIOUS",
	))}
	log := telemetry.NewLogger(&r.Out, r.Settings.LogLevel)
	if r.handler, err = assemble(t.Context(), settings, r.AWS(c), http.DefaultClient, log, &r.Out); err != nil {
		t.Fatal(err)
	}
	return r, c
}

func secretOf(key string) string { return "whsec_" + base64.StdEncoding.EncodeToString([]byte(key)) }

func rotate(r *httpRig, key string) {
	r.T.Helper()
	if _, err := r.Stack.Secrets.PutSecret("acme", secretOf(key)); err != nil {
		r.T.Fatal(err)
	}
}

// knock sends a webhook about no task, signed with a key.
func (r *httpRig) knock(key string) heard {
	r.T.Helper()
	const body = `{"taskToken": "t", "output": 1}`
	return r.through(doors()[0], wire{path: "/webhooks/acme", header: header(acmeSigned(key, time.Now(), body)), body: body})
}

const (
	nextKey  = "next-acme-key-5d0c7e1f9a3b"
	thirdKey = "third-acme-key-2b8e4d6f1c7a"
)

// TestRotation: the old secret goes on to count, the new one counts at once, and one that went before both no more.
func TestRotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, _ := rotating(t)
		for _, step := range []struct {
			put    string
			status map[string]int
		}{
			{"", map[string]int{acmeKey: 200, nextKey: 401, thirdKey: 401}},
			{nextKey, map[string]int{acmeKey: 200, nextKey: 200, thirdKey: 401}},
			{thirdKey, map[string]int{acmeKey: 401, nextKey: 200, thirdKey: 200}},
		} {
			if step.put != "" {
				rotate(r, step.put)
			}
			time.Sleep(6 * time.Minute)
			for key, status := range step.status {
				if got := r.knock(key); got.Status != status {
					t.Errorf("after %q was put, %q: %d", step.put, key, got.Status)
				}
			}
		}
		r.Silent(acmeKey, nextKey, thirdKey, secretOf(acmeKey), secretOf(nextKey), secretOf(thirdKey))
	})
}

// TestAStormOfUnknownKeys fetches the secrets once a minute, not once a request.
func TestAStormOfUnknownKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, c := rotating(t)
		time.Sleep(2 * time.Minute)
		before := c.fetches.Load()
		for i := range 300 { // over three minutes, while the secrets that are held are fresh enough
			if got := r.knock(fmt.Sprintf("guess-%d-8f2c6a1b7d3e", i)); got.Status != 401 {
				t.Errorf("guess %d: %d", i, got.Status)
			}
			time.Sleep(600 * time.Millisecond)
		}
		const calls = 3 // for the current secret, for the previous one, and since that is not there, for why
		if n := c.fetches.Load() - before; n == 0 || n > 4*calls {
			t.Errorf("%d fetches", n)
		}
		r.Silent(acmeKey, secretOf(acmeKey))
	})
}

// TestTheStoreIsDown: the secrets that are held go on to count; without any, senders hear 503 and nothing is believed.
func TestTheStoreIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, _ := rotating(t)
		r.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.ServerError, Rate: 1})
		for range 3 {
			time.Sleep(6 * time.Minute)
			if good, bad := r.knock(acmeKey), r.knock(nextKey); good.Status != 200 || bad.Status != 401 {
				t.Errorf("good %d, bad %d", good.Status, bad.Status)
			}
		}
		r.Silent(acmeKey, secretOf(acmeKey))
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.ServerError, Rate: 1})
		list := r.sources(map[string]string{"acme": acmeSecret()}, `[{"name": "acme", "scheme": "standard-webhooks", "secret": "acme"}]`)
		r.configure(config.HTTP{WebhookSources: list})
		for _, key := range []string{acmeKey, nextKey} {
			if got := r.knock(key); got.Status != 503 || got.Header.Get("Retry-After") != "5" {
				t.Errorf("%+v", got)
			}
		}
		if len(r.Letters.Peek()) > 0 {
			t.Errorf("dead letters %v", r.Codes())
		}
		r.Silent(acmeKey, secretOf(acmeKey))
	})
}

// quoting is a client of a Step Functions whose errors quote the request.
type quoting struct {
	local.Direct

	status int
	answer string // QUOTE stands for the request's body
}

func (q quoting) Do(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.Header.Get("X-Amz-Target"), "SendTask") {
		return q.Direct.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	quote := strings.NewReplacer(`"`, `'`, `\`, `/`).Replace(string(body))
	return &http.Response{
		StatusCode: q.status, Header: http.Header{"X-Amzn-Requestid": {"aws-1"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(strings.ReplaceAll(q.answer, "QUOTE", quote))),
	}, nil
}

// TestWhatAWSQuotesIsNotPassedOn: whatever an error says of the request, no log, answer or dead letter's attribute does.
func TestWhatAWSQuotesIsNotPassedOn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		answer string
		said   int // to the sender of a webhook
	}{
		{"a known code", 400, `{"__type":"InvalidToken","message":"QUOTE"}`, 200},
		{"validation", 400, `{"__type":"ValidationException","message":"1 validation error detected: Value 'QUOTE' failed"}`, 200},
		{"no right", 400, `{"__type":"AccessDeniedException","message":"QUOTE"}`, 503},
		{"an unknown code", 400, `{"__type":"SomethingNew","message":"QUOTE"}`, 503},
		{"the output alone", 400, `{"__type":"ValidationException","message":"Value at 'output' failed: CANARY-output-7c1d"}`, 200},
		{"a short code that quotes", 400, `{"__type":"a CANARY","message":"m"}`, 503},
		{"a code that quotes", 400, `{"__type":"QUOTE","message":"m"}`, 503},
		{"no JSON", 400, `QUOTE`, 503},
		{"half an answer", 500, `{"__type":"Inter`, 503},
		{"a server error", 500, `{"__type":"InternalServerError","message":"QUOTE"}`, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				list := r.sources(map[string]string{"acme": acmeSecret()}, `[{"name": "acme", "scheme": "standard-webhooks", "secret": "acme"}]`)
				settings := config.HTTP{Common: r.Settings, WebhookSources: list, CallbacksAuthorizer: config.NoAuthorizer}
				client := quoting{local.Direct{Handler: r.Stack.API}, tt.status, tt.answer}
				var err error
				r.handler, err = assemble(context.WithoutCancel(t.Context()), settings, r.AWS(client), http.DefaultClient, telemetry.NewLogger(&r.Out, r.Settings.LogLevel), &r.Out)
				if err != nil {
					t.Fatal(err)
				}
				const token, output = "CANARY-token-3f9a", "CANARY-output-7c1d"
				body := fmt.Sprintf(`{"taskToken": %q, "output": %q}`, token, output)
				if got := r.through(doors()[0], wire{path: "/webhooks/acme", header: header(acme("msg_1", body)), body: body}); got.Status != tt.said {
					t.Errorf("%d %s", got.Status, got.Body)
				}
				json := header(map[string]string{"content-type": "application/json", "authorization": "CANARY-credential", "cookie": "CANARY-cookie"})
				r.through(doors()[1], wire{path: "/callbacks", header: json, body: body})
				r.Silent("CANARY", acmeSecret())
			})
		})
	}
}
