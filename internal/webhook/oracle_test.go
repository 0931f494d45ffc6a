package webhook_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/webhook"
)

// TestSendersLibraryAgrees sends random requests, as they were signed or changed in one place, and asks the sender's
// library too. What is as it was signed, both take; what was changed, both refuse.
func TestSendersLibraryAgrees(t *testing.T) {
	t.Parallel()
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scheme := s.parse(t)
			taken, refused := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				seed := rapid.Uint64Range(0, 49).Draw(rt, "secret")
				secret := s.secret(seed)
				body := rapid.SliceOf(rapid.Byte()).Draw(rt, "body")
				sent := noon.Add(time.Duration(rapid.IntRange(-700, 700).Draw(rt, "seconds")) * time.Second)
				id := rapid.StringMatching(`[a-zA-Z0-9_:/+-]{1,40}`).Draw(rt, "id")
				h := s.sign(secret, id, strconv.FormatInt(sent.Unix(), 10), body)
				switch rapid.IntRange(0, 3).Draw(rt, "change") {
				case 1:
					if len(body) > 0 {
						body[rapid.IntRange(0, len(body)-1).Draw(rt, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
					}
				case 2:
					body = append(body, rapid.Byte().Draw(rt, "appended"))
				case 3:
					secret = s.secret(seed + 50)
				}

				_, err := scheme.Verify(noon, h, body, parseSecrets(t, scheme, secret))
				var library bool
				at(t, noon, func() { library = s.accepts(h, body, secret) })
				if s.neverTooNew && sent.Sub(noon) > webhook.DefaultTolerance {
					library = false
				}
				if s.name == "standard-webhooks v1a" && sent.Sub(noon).Abs() > webhook.DefaultTolerance {
					library = false // the computation here looks at no clock
				}
				if ours := err == nil; ours != library {
					rt.Fatalf("%v, but the sender's library says %t", err, library)
				}
				if library {
					taken++
				} else {
					refused++
				}
			})
			if taken == 0 || refused == 0 {
				t.Errorf("%d taken, %d refused: one side was never tried", taken, refused)
			}
		})
	}
}

// TestSendersLibraryIsLessStrict keeps why this package is stricter: each request is taken by the sender's library.
func TestSendersLibraryIsLessStrict(t *testing.T) {
	t.Parallel()
	all := map[string]sender{}
	for _, s := range senders() {
		all[s.name] = s
	}
	unix := strconv.FormatInt(noon.Unix(), 10)
	ahead := strconv.FormatInt(noon.Add(time.Hour).Unix(), 10)
	tests := []struct {
		name, sender, id, signedAt string
		// timestamp replaces the header after signing.
		timestamp string
		body      string
		want      error
	}{
		{"a sign in the timestamp", "standard-webhooks", "msg", unix, "+" + unix, "{}", webhook.ErrMalformedHeader},
		{"a leading zero", "standard-webhooks", "msg", unix, "0" + unix, "{}", webhook.ErrMalformedHeader},
		{"a dot in the id", "standard-webhooks", "msg." + unix, unix, "", "{}", webhook.ErrMalformedHeader},
		{"a signed sign", "slack", "", "+" + unix, "", "{}", webhook.ErrMalformedHeader},
		{"the future", "stripe", "", ahead, "", "{}", webhook.ErrTooNew},
	}
	for _, test := range tests {
		t.Run(test.sender+" "+test.name, func(t *testing.T) {
			t.Parallel()
			s := all[test.sender]
			scheme := s.parse(t)
			secret := s.secret(1)
			h := s.sign(secret, test.id, test.signedAt, []byte(test.body))
			if test.timestamp != "" {
				h.Set(s.timestamp, test.timestamp)
			}
			at(t, noon, func() {
				if !s.accepts(h, []byte(test.body), secret) {
					t.Error("the library refuses it too: the reason for being stricter is gone")
				}
			})
			check(t, scheme, h, test.body, test.want, secret)
		})
	}
}
