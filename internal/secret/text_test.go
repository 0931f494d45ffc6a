package secret_test

import (
	"testing"

	"callback-completer/internal/local/secrets"
)

// TestTexts: what is in a secret is taken in one way only, and never quoted.
func TestTexts(t *testing.T) {
	t.Parallel()
	const (
		object = "the secret is a JSON object; name one of its keys behind the ARN of the reference"
		text   = "the reference names a key, but the secret is no JSON object"
		twice  = "a key stands twice in the secret"
		none   = "the secret has no key of the name in the reference"
		other  = "what stands under the reference's key in the secret is no string"
	)
	for _, tt := range []struct{ value, key, want, refusal string }{
		{" whsec_/+= ", "", " whsec_/+= ", ""}, // as it is: trimming is for whoever parses it
		{`"quoted"`, "", `"quoted"`, ""},
		{`{no JSON`, "", `{no JSON`, ""},
		{`["` + canary + `"]`, "", `["` + canary + `"]`, ""},
		{` {"a":"one","key":"two","key2":"three"} `, "key", "two", ""},
		{`{"k\u0065y":"\u0074wo\n"}`, "key", "two\n", ""},
		{`{"a/b.c":"two"}`, "a/b.c", "two", ""},
		{`{"key":""}`, "key", "", ""},

		{`{"key":"` + canary + `"}`, "", "", object},
		{`{}`, "", "", object},
		{canary, "key", "", text + ": not valid JSON at offset 0: want a value"},
		{`{"key":"` + canary, "key", "", text + ": not valid JSON at offset 30: want the string to end"},
		{`["` + canary + `"]`, "key", "", text},
		{`{"key":"` + canary + `","key":"` + canary + `"}`, "key", "", twice},
		{`{"key":"` + canary + `","x":1,"\u0078":2}`, "key", "", twice},
		{`{"Key":"` + canary + `"}`, "key", "", none},
		{`{"a":{"key":"` + canary + `"}}`, "key", "", none},
		{`{"key":["` + canary + `"]}`, "key", "", other},
		{`{"key":12345}`, "key", "", other},
		{`{"key":null}`, "key", "", other},
	} {
		t.Run(tt.value, func(t *testing.T) {
			t.Parallel()
			b := newBench()
			arn := b.put(t, "acme", tt.value)
			r := reference(t, arn)
			r.Key = tt.key
			if tt.refusal != "" {
				b.wantRefused(t, r, "GetSecretValue of "+arn+": "+tt.refusal)
			} else if got, err := b.store.Fetch(t.Context(), r); err != nil || got != tt.want {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// TestDocuments are taken as they are, unless the reference names a key.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ value, key, want, refusal string }{
		{`{"current":"k1"}`, "", `{"current":"k1"}`, ""},
		{canary, "", canary, ""},
		{`{"keyring":"{\"current\":\"k1\"}"}`, "keyring", `{"current":"k1"}`, ""},
		{`{"keyring":{"current":"` + canary + `"}}`, "keyring", "", "what stands under the reference's key in the secret is no string"},
		{`{"key":"` + canary + `"}`, "keyring", "", "the secret has no key of the name in the reference"},
	} {
		b := newBench()
		r := reference(t, b.put(t, "keyring", tt.value))
		r.Key = tt.key
		got, err := b.store.Document(r)(t.Context())
		if tt.refusal == "" && (err != nil || string(got) != tt.want) {
			t.Errorf("%s: %q, %v", tt.value, got, err)
		}
		if tt.refusal != "" && (err == nil || err.Error() != "GetSecretValue of "+r.ARN+": "+tt.refusal) {
			t.Errorf("%s: %q, %v", tt.value, got, err)
		}
	}
	b := newBench()
	arn, err := b.secrets.PutParameter("/keyring", secrets.SecureString, `{"current":"k1"}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.store.Document(reference(t, arn))(t.Context()); err != nil || string(got) != `{"current":"k1"}` {
		t.Errorf("a parameter: %q, %v", got, err)
	}
}
