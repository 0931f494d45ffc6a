package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTheLogStaysALog: what strangers write neither breaks lines nor reaches a terminal, and headers take nothing of it.
func TestTheLogStaysALog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		_, token := r.Start()
		const breakout = "\r\nX-Injected: 1\r\n\r\n{\"level\":\"ERROR\"}\x1b[31m\u2028\"}"
		quoted, err := json.Marshal(breakout)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{
			fmt.Sprintf(`{"taskToken": %q, "error": %s, "cause": %[2]s}`, token, quoted),
			fmt.Sprintf(`{"taskToken": %s, "output": 1}`, quoted),
			fmt.Sprintf(`{"x": %s, %[1]s: 1}`, quoted),
			breakout,
			fmt.Sprintf(`{"type": "url_verification", "challenge": %s}`, quoted),
		} {
			for _, request := range []wire{
				{path: "/webhooks/acme", header: with(acme(`{"level":"ERROR"}`, body), map[string]string{"user-agent": `"}{"level":"ERROR"`}), body: body},
				{path: "/webhooks/slack", header: header(slack("application/json", body)), body: body},
				{path: "/webhooks/%0a%7b%22level%22:%22ERROR%22%7d", header: header(acme("msg_1", body)), body: body},
				{path: "/callbacks", header: header(map[string]string{"content-type": "application/json"}), body: body},
			} {
				for _, d := range doors() {
					event, err := json.Marshal(d.event(request))
					if err != nil {
						t.Fatal(err)
					}
					document, err := r.handler.Invoke(t.Context(), event)
					if err != nil {
						t.Fatal(err)
					}
					got := read(t, document)
					if text := fmt.Sprint(got); strings.Contains(text, "njected") || strings.Contains(text, "\x1b") || strings.Contains(text, "ERROR") {
						t.Errorf("%s, %s: %q", d.name, request.path, text)
					}
				}
			}
		}
		for line := range strings.Lines(r.Out.String()) {
			var entry struct{ Level string }
			if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level == "ERROR" || strings.Contains(line, "\x1b") {
				t.Errorf("%v: %q", err, line)
			}
		}
		r.silent(token)
	})
}

// TestEveryRefusalLooksTheSame through each door: a stranger cannot list the sources.
func TestEveryRefusalLooksTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAbused(t)
		for _, d := range doors() {
			var first string
			for _, path := range []string{"acme", "github", "slack", "nobody", "acm", "acmee", strings.Repeat("a", 64), strings.Repeat("a", 2000), "%00", "..", url.PathEscape("ä")} {
				for _, h := range []map[string]string{acme("msg_1", "other"), github("push", "other"), {"content-type": "application/json"}} {
					got := r.through(d, wire{path: "/webhooks/" + path, header: header(h), body: "{}"})
					text := fmt.Sprint(got.Status, slices.Sorted(maps.Keys(got.Header)), got)
					if first == "" {
						first = text
					}
					if got.Status != 401 || text != first {
						t.Errorf("%s, %.20s: %s\nfirst: %s", d.name, path, text, first)
					}
				}
			}
		}
		r.silent()
	})
}
