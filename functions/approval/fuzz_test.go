package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDelivery: what is taken asks for a channel, and what is refused is refused in words of our own.
func FuzzDelivery(f *testing.F) {
	for _, text := range []string{
		`{"sns": true}`, `{"email": ["a@example.com", ""], "slack": false}`, `{"eventBus": true, "eventBus": 1}`, `{"\u0073ns": true, "x": {}}`,
		`{"email": [1e9, null, [[]]]}`, `[]`, `{`, "", "{\"email\": [\"\xff\"]}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, problems := parseDelivery([]byte(text))
		if len(problems) == 0 && !d.sns && !d.slack && !d.eventBus && d.email == nil {
			t.Errorf("%q asks for nothing", text)
		}
		for _, a := range d.email {
			if !utf8.ValidString(a) {
				t.Errorf("%q gives an address that is no UTF-8", text)
			}
		}
		for _, p := range problems {
			if len(p) > 120 || strings.ContainsFunc(p, func(r rune) bool { return r > '~' }) {
				t.Errorf("%q: %q", text, p)
			}
		}
	})
}
