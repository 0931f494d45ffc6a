package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/stepfunctions"
)

// TestHeadersThatAreNotBelieved: whatever is wrong with a timestamp, an id or a signature, the answer is 401, and nothing is
// called.
func TestHeadersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	const id, at, signature = "webhook-id", "webhook-timestamp", "webhook-signature"
	const slackAt, slackSignature = "x-slack-request-timestamp", "x-slack-signature"
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		good := acme("msg_1", body)
		// What is signed well and still not to be believed.
		stamped := func(id, stamp string) map[string]string {
			return map[string]string{
				"content-type": "application/json", "webhook-id": id, "webhook-timestamp": stamp,
				"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac(acmeKey, id+"."+stamp+"."+body)),
			}
		}
		slackStamped := func(stamp string) map[string]string {
			h := slack("application/json", body)
			h[slackAt] = stamp
			h[slackSignature] = "v0=" + hex.EncodeToString(mac(slackKey, "v0:"+stamp+":"+body))
			return h
		}
		second := good[signature]
		tests := []struct {
			name, source string
			header       http.Header
		}{
			{"timestamp too new", "acme", header(stamped("msg_1", fmt.Sprint(time.Now().Unix()+301)))},
			{"timestamp too old", "acme", header(stamped("msg_1", fmt.Sprint(time.Now().Unix()-301)))},
			{"timestamp negative", "acme", header(stamped("msg_1", "-1"))},
			{"timestamp with a plus", "acme", header(stamped("msg_1", "+"+now()))},
			{"timestamp with a leading zero", "acme", header(stamped("msg_1", "0"+now()))},
			{"timestamp with a space", "acme", header(stamped("msg_1", now()+" 0"))},
			{"timestamp with a fraction", "acme", header(stamped("msg_1", now()+".0"))},
			{"timestamp that overflows", "acme", header(stamped("msg_1", "9223372036854775808"))},
			{"timestamp in milliseconds", "acme", header(stamped("msg_1", now()+"000"))},
			{"timestamp missing", "acme", with(good, map[string]string{at: ""})},
			{"timestamp of another request", "acme", with(good, map[string]string{at: fmt.Sprint(time.Now().Unix() + 1)})},
			{"Slack's timestamp with a plus", "slack", header(slackStamped("+" + now()))},
			{"Slack's timestamp missing", "slack", with(slack("application/json", body), map[string]string{slackAt: ""})},
			{"id with a dot", "acme", header(stamped("msg.1", now()))},
			{"id over-long", "acme", header(stamped(strings.Repeat("m", 257), now()))},
			{"id with a tab", "acme", header(stamped("msg\t1", now()))},
			{"id that is not ASCII", "acme", header(stamped("msg_é", now()))},
			{"id missing", "acme", with(good, map[string]string{id: ""})},
			{"17 signatures", "acme", with(good, map[string]string{signature: strings.Repeat("v1,"+strings.Repeat("A", 43)+"= ", 16) + second})},
			{"1,000 signatures", "acme", with(good, map[string]string{signature: strings.Repeat("v1,A= ", 999) + second})},
			{"signature truncated", "acme", with(good, map[string]string{signature: second[:len(second)-2]})},
			{"signature without padding", "acme", with(good, map[string]string{signature: strings.TrimRight(second, "=")})},
			{"signature of another version", "acme", with(good, map[string]string{signature: strings.Replace(second, "v1,", "v2,", 1)})},
			{"signature without a version", "acme", with(good, map[string]string{signature: second[3:]})},
			{"signature in hexadecimal", "acme", with(good, map[string]string{signature: fmt.Sprintf("v1,%x", mac(acmeKey, "msg_1."+now()+"."+body))})},
			{"signature of the URL alphabet", "acme", with(good, map[string]string{
				signature: "v1," + base64.URLEncoding.EncodeToString(mac(acmeKey, "msg_1."+now()+"."+body+" ")),
			})},
			{"signature of SHA-1", "github", header(map[string]string{
				"content-type": "application/json", "x-hub-signature": "sha1=" + strings.Repeat("0", 40), "x-github-event": "push",
			})},
			{"another source's signature", "github", header(good)},
			{"signature missing", "acme", with(good, map[string]string{signature: ""})},
			{"unknown source", "nobody", header(good)},
			{"source in capitals", "ACME", header(good)},
		}
		for _, name := range []string{id, at, signature} { // twice, and no door may pick one
			h := header(good)
			h[name] = []string{good[name], good[name]}
			tests = append(tests, struct {
				name, source string
				header       http.Header
			}{name + " twice", "acme", h})
		}
		for _, tt := range tests {
			answered(t, tt.name, r.everywhere(wire{path: "/webhooks/" + tt.source, header: tt.header, body: body}), 401)
		}
		r.untouched(arn)
		answered(t, "as it was signed", r.everywhere(wire{path: "/webhooks/acme", header: header(good), body: body}), 200)
		sixteen := strings.Repeat("v1,"+strings.Repeat("A", 43)+"= ", 15) + second
		answered(t, "16 signatures", r.everywhere(wire{path: "/webhooks/acme", header: with(good, map[string]string{signature: sixteen}), body: body}), 200)
		r.silent(token, second, strings.TrimPrefix(second, "v1,"))
	})
}

// TestHeadersThatNoDoorLetsThrough: the front doors refuse them before a signature could be looked at, and so does the function.
func TestHeadersThatNoDoorLetsThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		good := acme("msg_1", body)
		tests := []struct {
			name   string
			change map[string]string
			status int
		}{
			{"control character in an id", map[string]string{"webhook-id": "msg\x01"}, 400},
			{"line break in an id", map[string]string{"webhook-id": "msg\r\nX-Injected: 1"}, 400},
			{"line break in a user agent", map[string]string{"user-agent": "a\nb"}, 400},
			{"1,000 whole signatures", map[string]string{"webhook-signature": strings.Repeat(good["webhook-signature"]+" ", 999) + good["webhook-signature"]}, 431},
		}
		for _, tt := range tests {
			answered(t, tt.name, r.everywhere(wire{path: "/webhooks/acme", header: with(good, tt.change), body: body}), tt.status)
		}
		r.untouched(arn)
		r.silent(token)
	})
}

// TestOneBit: a small body, altered by one bit at every position, is not believed.
func TestOneBit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		arn, _ := r.Start()
		const body = `{"taskToken":"t","output":1}`
		for source, signed := range map[string]map[string]string{
			"acme": acme("msg_1", body), "github": github("push", body), "slack": slack("application/json", body),
		} {
			for at := range len(body) * 8 {
				altered := []byte(body)
				altered[at/8] ^= 1 << (at % 8)
				d := doors()[at%len(doors())]
				if got := r.through(d, wire{path: "/webhooks/" + source, header: header(signed), body: string(altered)}); got.Status != 401 {
					t.Errorf("%s, bit %d, %s: %d %s", source, at, d.name, got.Status, got.Body)
				}
			}
			if got := r.through(doors()[0], wire{path: "/webhooks/" + source, header: header(signed), body: body}); got.Status != 200 {
				t.Errorf("%s, as it was signed: %d %s", source, got.Status, got.Body)
			}
		}
		synctest.Wait()
		if got := r.Execution(arn).Status; got != stepfunctions.Running || r.Codes()[body] != "InvalidToken" || len(r.Codes()) != 1 {
			t.Errorf("execution %v, dead letters %v", got, r.Codes())
		}
		r.silent()
	})
}

// TestReplays: inside the tolerance a repeated webhook is a duplicate, outside it is refused; where no time is signed, the
// task's single use is the protection.
func TestReplays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		_, first := r.Start()
		_, second := r.Start()
		timed, untimed := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, first), fmt.Sprintf(`{"taskToken": %q, "output": 1}`, second)
		signed, forever := acme("msg_1", timed), github("push", untimed)
		for _, tt := range []struct {
			name, source string
			header       map[string]string
			body         string
			wait         time.Duration
			restart      bool
			status       int
			said         string
			deadLetters  int
		}{
			{"the first time", "acme", signed, timed, 0, false, 200, delivered, 0},
			{"inside the tolerance", "acme", signed, timed, 4 * time.Minute, false, 200, delivered, 0},
			{"outside the tolerance", "acme", signed, timed, 2 * time.Minute, false, 401, "", 0},
			{"no time is signed", "github", forever, untimed, 0, false, 200, received, 1}, // the task has timed out
			{"no time is signed, much later", "github", forever, untimed, 24 * time.Hour, true, 200, received, 2},
		} {
			time.Sleep(tt.wait)
			if tt.restart {
				r.restart()
			}
			got := r.through(doors()[0], wire{path: "/webhooks/" + tt.source, header: header(tt.header), body: tt.body})
			if got.Status != tt.status || tt.said != "" && got.Body != tt.said || len(r.Letters.Peek()) != tt.deadLetters {
				t.Errorf("%s: %d %s, dead letters %v", tt.name, got.Status, got.Body, r.Codes())
			}
		}
		r.silent(first, second)
	})
}
