package demo

import (
	"net/http"
	"testing"
	"time"

	"callback-completer/internal/local/secrets"
	"callback-completer/internal/webhook"
)

// The sources are what the functions take, and what the partners sign is what the functions believe.
func TestPartners(t *testing.T) {
	t.Parallel()
	p, err := signUp(secrets.New(secrets.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	sources, err := webhook.ParseSources(p.sources())
	if err != nil || len(sources) != 2 || sources[0].Name != "acme" || sources[1].Name != "courier" {
		t.Fatalf("%+v, %v", sources, err)
	}
	now := time.Unix(1_795_428_000, 0)
	const body = `{"a":1}`
	standard, _ := p.acme.signStandard("msg_1", now, body)
	plain, _ := p.courier.signPlain(body)
	for i, signed := range []struct {
		secret  string
		headers http.Header
	}{{standardSecret(p.acme.key), standard}, {p.courier.key, plain}} {
		secret, err := sources[i].Scheme.ParseSecret(signed.secret)
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]bool{body: true, `{"a":2}`: false} {
			_, err := sources[i].Scheme.Verify(now, signed.headers, []byte(text), []webhook.Secret{secret})
			if (err == nil) != want {
				t.Errorf("%s, %s: %v", sources[i].Name, text, err)
			}
		}
	}
}
