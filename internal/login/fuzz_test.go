package login_test

import (
	"crypto/elliptic"
	"encoding/json"
	"net/http"
	"testing"

	"callback-completer/internal/login"
)

// FuzzToken sends any header. Nothing that the key did not sign is believed, and nothing makes the parser panic.
func FuzzToken(f *testing.F) {
	h := newHouse(f)
	f.Add(sign(f, h.key, goodHeader, goodClaims))
	f.Add(sign(f, newKey(f, elliptic.P256()), goodHeader, goodClaims))
	f.Add(encode(`{"alg":"none"}`) + "." + encode(goodClaims) + ".")
	f.Add("..")
	f.Add("a.b.c, d.e.f")
	f.Fuzz(func(t *testing.T, text string) {
		if who, ok, err := newHouse(t).Verify(t.Context(), http.Header{login.HeaderData: {text}}); ok || err == nil {
			t.Errorf("somebody is %+v", who)
		}
	})
}

// FuzzSigned sends any header and claims with a good signature. Who is believed is who another reader of JSON finds.
func FuzzSigned(f *testing.F) {
	h := newHouse(f)
	f.Add(goodHeader, goodClaims)
	f.Add(goodHeader, `{"sub":"a","sub":"b"}`)
	f.Add(goodHeader, `{"sub":"\ud800","Sub":"b","email":"x","email_verified":true}`)
	f.Add(`{"alg":"ES256","kid":"`+keyID+`","signer":"`+arn+`","exp":1795867201}`, `{"sub":"a","exp":1e1}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		who, ok, err := h.Verify(t.Context(), with(sign(t, h.key, header, claims)))
		if ok != (err == nil) {
			t.Fatalf("%v, %v", ok, err)
		}
		if !ok {
			return
		}
		var read struct{ alg, signer, sub, email any }
		for text, into := range map[string]map[string]*any{header: {"alg": &read.alg, "signer": &read.signer}, claims: {"sub": &read.sub, "email": &read.email}} {
			var found map[string]any
			if err := json.Unmarshal([]byte(text), &found); err != nil {
				t.Fatalf("%v: %q", err, text)
			}
			for name, value := range into {
				*value = found[name]
			}
		}
		if read.alg != "ES256" || read.signer != arn || who.Subject == "" || read.sub != who.Subject || who.Email != "" && read.email != who.Email {
			t.Errorf("%+v of %q %q", who, header, claims)
		}
	})
}
