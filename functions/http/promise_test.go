package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/gateway"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/webhook"
)

// TestThePromise plays the world at random and then demands the promise of what each sender heard. To a caller of POST
// /callbacks, 200 means delivered or a duplicate, 202 a dead letter of what is unconfirmed, and 4xx that it is his to act on.
// To the sender of a webhook, 200 means delivered, a duplicate, nothing to deliver or a dead letter, and 202 that the callback
// is on the callback queue, from where it ends likewise. Whoever does not know the secret changes nothing. No task was
// completed twice; no token and no secret was told. Each subtest is as many plays as TestMain says: 45 in all.
func TestThePromise(t *testing.T) {
	t.Parallel()
	// Compiled once, outside of every bubble: under the race detector that takes longer than a play.
	mapper, err := service.Mapper(config.Common{Mapping: allMapping}, []webhook.Source{{Name: "github", Mapping: githubMapping}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				rig.Bubble(t, func(t *testing.T) { t.Helper(); play(t, rt, mapper) })
			})
		})
	}
}

func play(t *testing.T, rt *rapid.T, mapper callback.Mapper) {
	t.Helper()
	kind := rapid.SampledFrom([]gateway.Kind{gateway.HTTPAPI, gateway.RESTAPI}).Draw(rt, "kind")
	w := newWorld(t, mapper, kind, rapid.Bool().Draw(rt, "single"), rapid.Bool().Draw(rt, "queue"))
	calm := rapid.Bool().Draw(rt, "calm")
	disturb := func(rt *rapid.T) {
		if calm {
			rt.Skip("a calm play")
		}
		w.disturbed = true
	}
	begun := time.Now()
	anyTask := rapid.IntRange(0, len(w.tasks)-1)
	rt.Repeat(map[string]func(*rapid.T){
		"answer": func(rt *rapid.T) {
			i, r := anyTask.Draw(rt, "task"), rig.DrawResult(rt)
			w.send(drawSender(rt, &request{
				body: fmt.Sprintf(`{"taskToken": %q, %s}`, w.tasks[i].Token, r.Members), answers: []rig.Answer{{Task: i, Result: r.Shown}},
			}))
		},
		"answer two at once": func(rt *rapid.T) {
			first, second := rig.DrawResult(rt), rig.DrawResult(rt)
			w.send(drawSender(rt, &request{
				body: fmt.Sprintf(`{"all": [{"taskToken": %q, %s}, {"taskToken": %q, %s}]}`,
					w.tasks[0].Token, first.Members, w.tasks[1].Token, second.Members),
				answers: []rig.Answer{{Task: 0, Result: first.Shown}, {Task: 1, Result: second.Shown}},
			}))
		},
		"send again": func(rt *rapid.T) { // its sender does not know that it was heard
			if len(w.sent) == 0 {
				rt.Skip("nothing was sent")
			}
			r := w.sent[rapid.IntRange(0, len(w.sent)-1).Draw(rt, "request")]
			w.send(&request{
				path: r.path, body: r.body, headers: r.headers, patient: r.patient, tries: r.tries,
				answers: r.answers, unknown: r.unknown, quiet: r.quiet, forged: r.forged,
			})
		},
		"heartbeat": func(rt *rapid.T) {
			body := fmt.Sprintf(`{"taskToken": %q, "outcome": "heartbeat"}`, w.tasks[anyTask.Draw(rt, "task")].Token)
			w.send(drawSender(rt, &request{body: body, quiet: true}))
		},
		"send what tells nothing": func(rt *rapid.T) {
			r := drawSender(rt, &request{quiet: true})
			r.path = "/webhooks/github"
			event := rapid.SampledFrom([]string{"ping", "workflow_run"}).Draw(rt, "event")
			r.body = fmt.Sprintf(`{"action": "requested", "n": %d}`, len(w.sent))
			r.headers = func() map[string]string { return github(event, r.body) }
			w.send(r)
		},
		"send what can go nowhere": func(rt *rapid.T) {
			body := rapid.SampledFrom([]string{
				`not JSON %d`, `{"taskToken": "", "n": %d}`, `{"all": "%d"}`, `{"all": [%d]}`,
			}).Draw(rt, "body")
			w.send(drawSender(rt, &request{body: fmt.Sprintf(body, len(w.sent))}))
		},
		"answer a task that never was": func(rt *rapid.T) {
			token := fmt.Sprintf("unknown-%d", len(w.sent))
			w.send(drawSender(rt, &request{body: fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token), unknown: token}))
		},
		"forge": func(rt *rapid.T) {
			w.send(drawForger(rt, fmt.Sprintf(`{"taskToken": %q, "output": "forged"}`, w.tasks[anyTask.Draw(rt, "task")].Token)))
		},
		"fault": func(rt *rapid.T) {
			disturb(rt)
			w.Faults.Add(rig.DrawFault(rt, "SendTask*", "SendTask*", "SendTask*", "SendMessageBatch", "SendMessage", "GetSecretValue"))
		},
		"crash":   func(rt *rapid.T) { disturb(rt); w.environments.Crash(rig.DrawCrash(rt)) },
		"restart": func(rt *rapid.T) { disturb(rt); w.environments.Restart() },
		"stop": func(rt *rapid.T) {
			disturb(rt)
			if err := w.Stop(w.tasks[anyTask.Draw(rt, "task")]); err != nil {
				rt.Fatal(err)
			}
		},
		"consume": func(rt *rapid.T) {
			if err := w.consume(t.Context()); err != nil {
				rt.Fatal(err)
			}
		},
		"wait": func(rt *rapid.T) {
			seconds := rapid.IntRange(1, 40).Draw(rt, "seconds")
			if time.Since(begun)+time.Duration(seconds)*time.Second > 50*time.Second { // the tasks time out after 60 s
				disturb(rt)
			}
			time.Sleep(time.Duration(seconds) * time.Second)
		},
	})
	if err := w.settle(); err != nil {
		rt.Fatal(err)
	}
	if err := w.judge(); err != nil {
		rt.Fatal(err)
	}
}

// drawSender gives a request to a sender: an own service, or a third party that signs anew each time that it sends.
func drawSender(rt *rapid.T, r *request) *request {
	r.patient = rapid.SampledFrom([]time.Duration{3 * time.Second, time.Minute}).Draw(rt, "patient")
	r.tries = rapid.IntRange(1, 6).Draw(rt, "tries")
	switch sender := rapid.SampledFrom([]string{"service", "acme", "github"}).Draw(rt, "sender"); {
	case sender == "service":
		r.path = "/callbacks"
		r.headers = func() map[string]string {
			return map[string]string{"Content-Type": "application/json", "Authorization": gateway.Authorization}
		}
	case sender == "github" && len(r.tells()) == 1:
		r.path = "/webhooks/github"
		r.body = fmt.Sprintf(`{"action": "completed", "callback": %s}`, r.body)
		r.headers = func() map[string]string { return github("workflow_run", r.body) }
	default:
		r.path = "/webhooks/acme"
		r.headers = func() map[string]string { return acme("msg_1", r.body) }
	}
	return r
}

// drawForger makes a request of somebody who does not know the secret, or comes with what was signed at another time.
func drawForger(rt *rapid.T, body string) *request {
	r := &request{path: "/webhooks/acme", body: body, forged: true, patient: time.Minute, tries: 2}
	attempts := map[string]func() map[string]string{
		"other key":  func() map[string]string { return acmeSigned(githubKey, time.Now(), body) },
		"other body": func() map[string]string { return acme("msg_1", body+" ") },
		"too old":    func() map[string]string { return acmeSigned(acmeKey, time.Now().Add(-400*time.Second), body) },
		"too new":    func() map[string]string { return acmeSigned(acmeKey, time.Now().Add(400*time.Second), body) },
		"unsigned":   func() map[string]string { return map[string]string{"content-type": "application/json"} },
		"unknown":    func() map[string]string { return acme("msg_1", body) },
		"github":     func() map[string]string { return github("workflow_run", body+" ") },
	}
	how := rapid.SampledFrom([]string{"other key", "other body", "too old", "too new", "unsigned", "unknown", "github"}).Draw(rt, "how")
	r.headers = attempts[how]
	switch how {
	case "unknown":
		r.path = "/webhooks/nobody"
	case "github":
		r.path = "/webhooks/github"
		r.body = strings.Replace(body, "{", `{"action": "completed", "callback": {`, 1) + "}"
	}
	return r
}

func acmeSigned(key string, at time.Time, body string) map[string]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return map[string]string{
		"content-type": "application/json", "webhook-id": "msg_1", "webhook-timestamp": stamp,
		"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac(key, "msg_1."+stamp+"."+body)),
	}
}
