package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/webhook"
)

// The canary secrets: nothing that the function says may hold one.
const (
	acmeKey   = "CANARY-acme-key-8h3kd92ls0qp"
	githubKey = "CANARY-github-7f3a9c2e5b1d8046"
	slackKey  = "CANARYslack0f2d7a6b4c9e8135d7"
)

// senderRig is the function with three sources of webhooks.
type senderRig struct {
	*httpRig
	callbacks *sqs.Queue
	faults    *fault.Injector
}

// newSenders starts the function with sources: acme (Standard Webhooks, canonical mapping), github and slack (programs of
// their own).
func newSenders(t *testing.T, withQueue bool) *senderRig {
	t.Helper()
	r := &senderRig{httpRig: newRig(t)}
	r.callbacks, r.faults = r.Queue("callbacks", nil), r.Faults
	settings := config.HTTP{WebhookSources: r.sources(map[string]string{
		"acme": acmeSecret(), "github": githubKey, "slack": slackKey,
	}, `[
		{"name": "acme", "scheme": "standard-webhooks", "secret": "acme", "mapping": "canonical"},
		{"name": "github", "scheme": "github", "secret": "github", "mapping": "if .action == \"completed\" then {taskToken: .token, output: .run} else null end"},
		{"name": "slack", "scheme": "slack", "secret": "slack", "mapping": "{taskToken: .actions[0].value, output: {by: .user.id, channel: $meta.source}}"}
	]`)}
	if withQueue {
		settings.CallbackQueueURL = r.callbacks.URL()
	}
	r.configure(settings)
	return r
}

func acmeSecret() string { return "whsec_" + base64.StdEncoding.EncodeToString([]byte(acmeKey)) }

// sources puts the secrets into the stand-in and their references into the list.
func (r *httpRig) sources(secrets map[string]string, list string) []webhook.Source {
	r.T.Helper()
	for name, value := range secrets {
		arn, err := r.Stack.Secrets.PutSecret(name, value)
		if err != nil {
			r.T.Fatal(err)
		}
		list = strings.ReplaceAll(list, fmt.Sprintf(`"secret": %q`, name), fmt.Sprintf(`"secret": %q`, arn))
	}
	sources, err := webhook.ParseSources(list)
	if err != nil {
		r.T.Fatal(err)
	}
	return sources
}

func mac(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func now() string { return strconv.FormatInt(time.Now().Unix(), 10) }

func acme(id, body string) map[string]string {
	return map[string]string{
		"content-type": "application/json", "webhook-id": id, "webhook-timestamp": now(),
		"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac(acmeKey, id+"."+now()+"."+body)),
	}
}

func github(event, body string) map[string]string {
	return map[string]string{
		"content-type": "application/json", "x-github-event": event, "x-github-delivery": "d-1",
		"x-hub-signature-256": "sha256=" + hex.EncodeToString(mac(githubKey, body)),
	}
}

func slack(mediaType, body string) map[string]string {
	return map[string]string{
		"content-type": mediaType, "x-slack-request-timestamp": now(),
		"x-slack-signature": "v0=" + hex.EncodeToString(mac(slackKey, "v0:"+now()+":"+body)),
	}
}

// webhook delivers a webhook and expects an answer.
func (r *senderRig) webhook(source string, headers map[string]string, body string, status int, text string) {
	r.T.Helper()
	got := r.send(r.T.Context(), "/webhooks/"+source, headers, body, false, nil)
	if got.StatusCode != status || strings.TrimSpace(got.Body) != text {
		r.T.Errorf("%s: %d %s, want %d %s", source, got.StatusCode, got.Body, status, text)
	}
}

// silent fails the test if anything secret is told.
func (r *senderRig) silent(tokens ...string) {
	r.T.Helper()
	r.Silent(append(tokens, acmeKey, acmeSecret(), githubKey, slackKey, base64.StdEncoding.EncodeToString([]byte(acmeKey)))...)
}

const (
	delivered = `{"status":"delivered"}`
	ignored   = `{"status":"ignored"}`
	received  = `{"status":"received"}`
	queued    = `{"status":"queued"}`
)

func TestAWebhookCompletesItsExecution(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSenders(t, false)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": {"z": 1.10} }`, token)
		for range 2 { // its sender missed the first answer
			r.webhook("acme", acme("msg_1", body), body, 200, delivered)
		}
		other := strings.Replace(body, "1.10", "2", 1)
		r.webhook("acme", acme("msg_2", other), other, 200, received)
		if codes := r.Codes(); codes[other] != "Conflict" || len(codes) != 1 {
			t.Errorf("dead letters %v", codes)
		}
		synctest.Wait()
		if got := r.Execution(arn); got.Output != `{"z": 1.10}` {
			t.Errorf("execution %v %q", got.Status, got.Output)
		}
		r.silent(token)
	})
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSenders(t, false)
		arn, token := r.Start()
		ping := `{"zen": "Keep it logically awesome.", "hook_id": 1}`
		r.webhook("github", github("ping", ping), ping, 200, "")
		running := fmt.Sprintf(`{"action": "requested", "token": %q}`, token)
		r.webhook("github", github("workflow_run", running), running, 200, ignored)
		done := fmt.Sprintf(`{"action": "completed", "token": %q, "run": {"id": 9007199254740993}}`, token)
		r.webhook("github", github("workflow_run", done), done, 200, delivered)
		synctest.Wait()
		if got := r.Execution(arn); got.Output != `{"id": 9007199254740993}` || len(r.Codes()) > 0 {
			t.Errorf("execution %v %q, dead letters %v", got.Status, got.Output, r.Codes())
		}
		r.silent(token)
	})
}

func TestSlack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSenders(t, false)
		arn, token := r.Start()
		greeting := `{"token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", "type": "url_verification"}`
		r.webhook("slack", slack("application/json", greeting), greeting, 200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")
		payload := fmt.Sprintf(`{"type": "block_actions", "user": {"id": "U1"}, "actions": [{"value": %q}]}`, token)
		form := "payload=" + url.QueryEscape(payload)
		r.webhook("slack", slack("application/x-www-form-urlencoded", form), form, 200, delivered)
		synctest.Wait()
		if got := r.Execution(arn); got.Output != `{"by":"U1","channel":"slack"}` {
			t.Errorf("execution %v %q", got.Status, got.Output)
		}
		twice := form + "&" + form
		r.webhook("slack", slack("application/x-www-form-urlencoded", twice), twice, 200, received)
		for _, m := range r.Letters.Peek() {
			if m.Body != twice || m.Attributes["ErrorCode"].String != "InvalidPayload" || m.Attributes["WebhookSource"].String != "slack" ||
				m.Attributes["ContentType"].String != "application/x-www-form-urlencoded" || m.Attributes["Trigger"].String != "webhook" {
				t.Errorf("dead letter %v", m.Attributes)
			}
		}
		r.silent(token)
	})
}

func TestRefusedWebhooksDoNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSenders(t, true)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		var first string
		for name, attempt := range map[string]struct {
			source  string
			headers map[string]string
		}{
			"unknown source":   {"nobody", acme("msg_1", body)},
			"another's secret": {"github", acme("msg_1", body)},
			"not signed":       {"acme", map[string]string{"content-type": "application/json"}},
			"other body":       {"acme", acme("msg_1", body+" ")},
		} {
			got := r.send(t.Context(), "/webhooks/"+attempt.source, attempt.headers, body, false, nil)
			if first == "" {
				first = got.Body
			}
			if got.StatusCode != 401 || got.Body != first {
				t.Errorf("%s: %+v", name, got)
			}
		}
		late := acme("msg_1", body)
		time.Sleep(5*time.Minute + time.Second)
		if got := r.send(t.Context(), "/webhooks/acme", late, body, false, nil); got.StatusCode != 401 || got.Body != first {
			t.Errorf("too late: %+v", got)
		}
		if status := r.Execution(arn).Status; status == stepfunctions.Succeeded || len(r.Codes()) > 0 || len(r.callbacks.Peek()) > 0 {
			t.Errorf("execution %v, dead letters %v", status, r.Codes())
		}
		for _, reason := range []string{"UnknownSource", "NoSignature", "BadSignature", "TooOld"} {
			if !strings.Contains(r.Out.String(), `"reason":"`+reason+`"`) {
				t.Errorf("the log does not say %s", reason)
			}
		}
		if n := strings.Count(r.Out.String(), `"Refused":1`); n != 4 {
			t.Errorf("%d refusals counted", n)
		}
		r.silent(token, "nobody")
	})
}

// TestWhatCannotBeDeliveredNow goes to the callback queue, or back to the sender.
func TestWhatCannotBeDeliveredNow(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	tests := []struct {
		name      string
		withQueue bool
		rules     []fault.Rule
		status    int
		body      string
		onQueue   int // -1: nobody knows
	}{
		{"throttled", true, []fault.Rule{{Operation: "SendTask*", Kind: fault.Throttle, Next: always}}, 202, queued, 1},
		{"no right", true, []fault.Rule{{Operation: "SendTask*", Kind: fault.AccessDenied, Next: always}}, 202, queued, 1},
		{"hanging", true, []fault.Rule{{Operation: "SendTask*", Kind: fault.Slow, Delay: time.Hour, Next: always}}, 202, queued, 1},
		{"no queue", false, []fault.Rule{{Operation: "SendTask*", Kind: fault.Throttle, Next: always}}, 503, "", 0},
		{"the queue refuses", true, []fault.Rule{
			{Operation: "SendTask*", Kind: fault.Throttle, Next: always}, {Operation: "SendMessage", Kind: fault.AccessDenied, Next: always},
		}, 503, "", 0},
		{"the queue hangs", true, []fault.Rule{
			{Operation: "SendTask*", Kind: fault.Throttle, Next: always}, {Operation: "SendMessage", Kind: fault.Slow, Delay: time.Hour, Next: always},
		}, 503, "", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newSenders(t, tt.withQueue)
				_, token := r.Start()
				for _, rule := range tt.rules {
					r.faults.Add(rule)
				}
				body := fmt.Sprintf(`{"action": "completed", "token": %q, "run": {"z": 1.10 }}`, token)
				began := time.Now()
				got := r.send(t.Context(), "/webhooks/github", github("workflow_run", body), body, false, nil)
				if took := time.Since(began); took > 2900*time.Millisecond {
					t.Errorf("answered after %v", took)
				}
				if got.StatusCode != tt.status || tt.body != "" && strings.TrimSpace(got.Body) != tt.body || (got.Headers["Retry-After"] == "5") != (tt.status == 503) {
					t.Errorf("answer %+v", got)
				}
				messages := r.callbacks.Peek()
				if tt.onQueue >= 0 && len(messages) != tt.onQueue || len(r.Codes()) > 0 {
					t.Fatalf("%d messages, dead letters %v", len(messages), r.Codes())
				}
				for _, m := range messages {
					c, err := callback.Parse([]byte(m.Body))
					if err != nil || string(c.Output) != `{"z": 1.10 }` || !strings.Contains(m.Body, strconv.Quote(token)) {
						t.Errorf("on the queue: %v, %s", err, c.Output)
					}
				}
				r.silent(token)
			})
		})
	}
}

// TestSecretsAreRotatedWithoutDowntime: the new secret is fetched when the first request that it signs arrives.
func TestSecretsAreRotatedWithoutDowntime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newSenders(t, false)
		time.Sleep(2 * time.Minute)
		const next = "next-acme-key-5d0c7e1f9a3b"
		if _, err := r.Stack.Secrets.PutSecret("acme", "whsec_"+base64.StdEncoding.EncodeToString([]byte(next))); err != nil {
			t.Fatal(err)
		}
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		headers := acme("msg_1", body)
		headers["webhook-signature"] = "v1," + base64.StdEncoding.EncodeToString(mac(next, "msg_1."+now()+"."+body))
		r.webhook("acme", headers, body, 200, delivered)
		synctest.Wait()
		if got := r.Execution(arn).Status; got != stepfunctions.Succeeded {
			t.Errorf("execution %v", got)
		}
		r.silent(token, next)
	})
}

func TestUnusableSecretsRefuseTheStart(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"short": "CANARY", "placeholder": "CANARY-changeme-changeme-changeme", "white space": githubKey + "\n"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			list := `[{"name": "bad", "scheme": "github", "secret": "bad"}, {"name": "good", "scheme": "github", "secret": "good"}]`
			err := r.start(config.HTTP{WebhookSources: r.sources(map[string]string{"bad": value, "good": githubKey}, list)})
			if err == nil || !strings.Contains(err.Error(), "webhook source bad") || strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "source good") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestSecretsThatCannotBeRead: the rest of the function works, and the source does once they can be.
func TestSecretsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		list := r.sources(map[string]string{"acme": acmeSecret()}, `[{"name": "acme", "scheme": "standard-webhooks", "secret": "acme"}]`)
		r.Faults.Add(fault.Rule{Operation: "GetSecretValue", Kind: fault.AccessDenied, Next: 1})
		r.configure(config.HTTP{WebhookSources: list, CallbacksAuthorizer: config.IAMAuthorizer})
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		if got := r.send(t.Context(), "/webhooks/acme", acme("msg_1", body), body, false, nil); got.StatusCode != 503 {
			t.Errorf("without secrets: %+v", got)
		}
		time.Sleep(2 * time.Second)
		if got := r.send(t.Context(), "/webhooks/acme", acme("msg_1", body), body, false, nil); got.StatusCode != 200 {
			t.Errorf("with secrets: %+v", got)
		}
		synctest.Wait()
		if got := r.Execution(arn).Status; got != stepfunctions.Succeeded {
			t.Errorf("execution %v", got)
		}
		r.Silent(token, acmeKey, acmeSecret())
	})
}

func TestMappingsOfSourcesThatAreWrong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		list := r.sources(map[string]string{"s": githubKey}, `[
			{"name": "one", "scheme": "github", "secret": "s", "mapping": "no-such-mapping"},
			{"name": "two", "scheme": "github", "secret": "s", "mapping": "{taskToken: .x"}
		]`)
		err := r.start(config.HTTP{WebhookSources: list})
		if err == nil || !strings.Contains(err.Error(), "webhook source one") || !strings.Contains(err.Error(), "webhook source two") {
			t.Errorf("error %v", err)
		}
	})
}

func TestHealth(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Faults.Add(fault.Rule{Operation: "*", Kind: fault.AccessDenied, Next: 1 << 20})
		event, err := json.Marshal(map[string]any{
			"version": "2.0", "routeKey": "GET /healthz", "rawPath": "/healthz", "headers": map[string]string{"host": "x"},
			"requestContext": map[string]any{"apiId": "a1", "stage": "$default", "http": map[string]string{"method": "GET", "path": "/healthz"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.handler.Invoke(t.Context(), event)
		if err != nil || !strings.Contains(string(got), `"statusCode":200`) || !strings.Contains(string(got), `{\"status\":\"ok\"}`) {
			t.Errorf("%s %v", got, err)
		}
	})
}
