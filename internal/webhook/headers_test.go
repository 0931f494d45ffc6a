package webhook_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"callback-completer/internal/webhook"
)

// TestHeaderAbuse changes one header of a good request.
func TestHeaderAbuse(t *testing.T) {
	t.Parallel()
	type abuse struct {
		name   string
		change func(h http.Header, name string)
		want   error
	}
	both := []abuse{
		{"empty", func(h http.Header, name string) { h[name] = []string{""} }, webhook.ErrMalformedHeader},
		{"twice the same", func(h http.Header, name string) { h.Add(name, h.Get(name)) }, webhook.ErrMalformedHeader},
		{"twice, other first", func(h http.Header, name string) { h[name] = []string{"1", h.Get(name)} }, webhook.ErrMalformedHeader},
		{"twice, in two cases", func(h http.Header, name string) { h[strings.ToLower(name)] = h[name] }, webhook.ErrMalformedHeader},
		{"twice, joined by a gateway", func(h http.Header, name string) { h.Set(name, h.Get(name)+","+h.Get(name)) }, webhook.ErrMalformedHeader},
		{"twice, joined with a space", func(h http.Header, name string) { h.Set(name, h.Get(name)+", "+h.Get(name)) }, webhook.ErrMalformedHeader},
		{"a space before", func(h http.Header, name string) { h.Set(name, " "+h.Get(name)) }, webhook.ErrMalformedHeader},
		{"a space behind", func(h http.Header, name string) { h.Set(name, h.Get(name)+" ") }, webhook.ErrMalformedHeader},
		{"a line break", func(h http.Header, name string) { h.Set(name, h.Get(name)+"\r\n") }, webhook.ErrMalformedHeader},
		{"a tab", func(h http.Header, name string) { h.Set(name, "\t"+h.Get(name)) }, webhook.ErrMalformedHeader},
		{"a NUL", func(h http.Header, name string) { h.Set(name, h.Get(name)+"\x00") }, webhook.ErrMalformedHeader},
		{"not ASCII", func(h http.Header, name string) { h.Set(name, h.Get(name)+"\u00e9") }, webhook.ErrMalformedHeader},
		{"over-long", func(h http.Header, name string) { h.Set(name, strings.Repeat(h.Get(name), 500)) }, webhook.ErrMalformedHeader},
	}
	gone := func(want error) abuse {
		return abuse{"gone", func(h http.Header, name string) { h.Del(name) }, want}
	}
	for _, s := range senders() {
		for _, header := range []struct {
			name   string
			abuses []abuse
		}{
			{s.signature, append(both, gone(webhook.ErrNoSignature))},
			{s.timestamp, append(both, gone(webhook.ErrMissingHeader))},
			{s.id, both},
		} {
			if header.name == "" {
				continue
			}
			for _, a := range header.abuses {
				t.Run(s.name+" "+header.name+" "+a.name, func(t *testing.T) {
					t.Parallel()
					h := s.request(s.secret(1), noon, []byte("{}"))
					if h.Get(header.name) == "" {
						t.Fatal("the sender does not send it")
					}
					a.change(h, header.name)
					check(t, s.parse(t), h, "{}", a.want, s.secret(1))
				})
			}
		}
	}
}

// TestHeaderCase: gateways deliver names in small letters, Go in its own form.
func TestHeaderCase(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		for name, change := range map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper} {
			t.Run(s.name+" "+name, func(t *testing.T) {
				t.Parallel()
				changed := http.Header{}
				for key, values := range s.request(s.secret(1), noon, []byte("{}")) {
					changed[change(key)] = values
				}
				check(t, s.parse(t), changed, "{}", nil, s.secret(1))
			})
		}
	}
}

// TestTimestamps are signed as they are, so that only their form speaks against them.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	now := strconv.FormatInt(noon.Unix(), 10)
	tests := map[string]error{
		now:                        nil,
		"+" + now:                  webhook.ErrMalformedHeader,
		"-" + now:                  webhook.ErrMalformedHeader,
		"0" + now:                  webhook.ErrMalformedHeader,
		"00" + now:                 webhook.ErrMalformedHeader,
		" " + now:                  webhook.ErrMalformedHeader,
		now + " ":                  webhook.ErrMalformedHeader,
		now + ".0":                 webhook.ErrMalformedHeader,
		now + "000":                webhook.ErrMalformedHeader, // milliseconds
		now[:4] + "_" + now[4:]:    webhook.ErrMalformedHeader,
		now + "e0":                 webhook.ErrMalformedHeader,
		"0x6562b2c0":               webhook.ErrMalformedHeader,
		"2026-11-23T12:00:00Z":     webhook.ErrMalformedHeader,
		"9223372036854775807":      webhook.ErrMalformedHeader,
		"18446744073709551616":     webhook.ErrMalformedHeader,
		strings.Repeat("1", 400):   webhook.ErrMalformedHeader,
		"-1":                       webhook.ErrMalformedHeader,
		"":                         webhook.ErrMalformedHeader,
		"\u0661\u0667\u0660\u0660": webhook.ErrMalformedHeader, // digits of another script
		"0":                        webhook.ErrTooOld,
		"1":                        webhook.ErrTooOld,
		"999999999999":             webhook.ErrTooNew,
	}
	for _, s := range senders() {
		if !s.timed {
			continue
		}
		for text, want := range tests {
			t.Run(s.name+" "+text, func(t *testing.T) {
				t.Parallel()
				check(t, s.parse(t), s.sign(s.secret(1), "msg", text, []byte("{}")), "{}", want, s.secret(1))
			})
		}
	}
}

// TestIDs are signed as they are where the scheme signs them.
func TestIDs(t *testing.T) {
	t.Parallel()
	const refused = webhook.ErrMalformedHeader
	tests := map[string]struct{ signed, unsigned error }{
		"msg_1":                  {nil, nil},
		"a/b:c+d-e~f@g":          {nil, nil},
		strings.Repeat("i", 256): {nil, nil},
		strings.Repeat("i", 257): {refused, refused},
		"msg.1":                  {refused, nil}, // could move the boundary to the time
		".":                      {refused, nil},
		"a,b":                    {refused, refused},
		"a b":                    {refused, refused},
		"a\x1b[31mb":             {refused, refused},
		"a\nb":                   {refused, refused},
		"a\x7f":                  {refused, refused},
		"\u202eabc":              {refused, refused},
		"":                       {refused, refused},
	}
	for _, s := range senders() {
		if s.id == "" {
			continue
		}
		for id, wants := range tests {
			t.Run(s.name+" "+id, func(t *testing.T) {
				t.Parallel()
				want := wants.unsigned
				if s.id == "Webhook-Id" || s.id == "Svix-Id" {
					want = wants.signed
				}
				check(t, s.parse(t), s.sign(s.secret(1), id, strconv.FormatInt(noon.Unix(), 10), []byte("{}")), "{}", want, s.secret(1))
			})
		}
	}
}

// TestMissingID: where the id is not signed, a request without one is as good; where it is, it is not one.
func TestMissingID(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		if s.id == "" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var want error
			if s.id == "Webhook-Id" || s.id == "Svix-Id" {
				want = webhook.ErrMissingHeader
			}
			h := s.request(s.secret(1), noon, []byte("{}"))
			h.Del(s.id)
			check(t, s.parse(t), h, "{}", want, s.secret(1))
		})
	}
}

// TestRedated: a body that begins like a time must not give a request a second life. The words are signed once, as
// id "msg", and sent again cut at the next dot.
func TestRedated(t *testing.T) {
	t.Parallel()
	s := senders()[0]
	old, now := "1700000000", strconv.FormatInt(noon.Unix(), 10)
	body := now + ".{}"
	good := s.sign(s.secret(1), "msg", old, []byte(body))
	again := standardHeaders("webhook", "msg."+old, now, good.Get(s.signature))
	check(t, s.parse(t), again, "{}", webhook.ErrMalformedHeader, s.secret(1))
}

func TestRefusalsQuoteNothing(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, refusal := range []webhook.Refusal{
		webhook.ErrNoSecret, webhook.ErrNoSignature, webhook.ErrMissingHeader, webhook.ErrMalformedHeader,
		webhook.ErrBadSignature, webhook.ErrTooOld, webhook.ErrTooNew,
	} {
		if text := refusal.Error(); seen[text] || text == webhook.Refusal("other").Error() {
			t.Errorf("%s has no text of its own: %s", string(refusal), text)
		} else {
			seen[text] = true
		}
	}
	const canary = "CANARY"
	for _, s := range senders() {
		scheme := s.parse(t)
		h := s.request(s.secret(1), noon, nil)
		for name := range h {
			h.Set(name, canary)
		}
		_, err := scheme.Verify(noon, h, []byte(canary), parseSecrets(t, scheme, s.secret(1)))
		var refusal webhook.Refusal
		if !errors.As(err, &refusal) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}
