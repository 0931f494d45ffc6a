package secret_test

import "testing"

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
