package webhook_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/webhook"
)

func TestParseSources(t *testing.T) {
	t.Parallel()
	secret := webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: secretARN}
	previous := secret
	previous.Stage = "AWSPREVIOUS"
	keyed := secret
	keyed.Key = "signing"
	parameter := webhook.Reference{Service: "ssm", Region: "eu-west-1", ARN: parameterARN}
	generic := parseScheme(t, webhook.HMAC, webhook.Options{
		Header: "X-Sig", Prefix: "HMAC ", Encoding: webhook.Base64, Hash: webhook.SHA512,
		TimestampHeader: "X-Time", IDHeader: "X-Id", Tolerance: 30 * time.Second,
	})
	tests := []struct {
		name, text string
		want       []webhook.Source
	}{
		{"empty", "", nil},
		{"blank", " \r\n\t", nil},
		{"empty list", "[]", []webhook.Source{}},
		{
			"one", `[{"name":"acme","scheme":"standard-webhooks","secrets":["` + secretARN + `"],"mapping":"canonical"}]`,
			[]webhook.Source{{
				Name: "acme", Scheme: parseScheme(t, webhook.StandardWebhooks, webhook.Options{}),
				Secrets: []webhook.Reference{secret}, Mapping: "canonical",
			}},
		},
		{
			"a single secret, no mapping", `[{"name":"a","scheme":"github","secret":"` + parameterARN + `"}]`,
			[]webhook.Source{{Name: "a", Scheme: parseScheme(t, webhook.GitHub, webhook.Options{}), Secrets: []webhook.Reference{parameter}}},
		},
		{
			"a rotation", `[{"name":"a","scheme":"slack","secrets":["` + secretARN + `","` + secretARN + `::AWSPREVIOUS","` + secretARN + `:signing","` + parameterARN + `"]}]`,
			[]webhook.Source{{
				Name: "a", Scheme: parseScheme(t, webhook.Slack, webhook.Options{}),
				Secrets: []webhook.Reference{secret, previous, keyed, parameter},
			}},
		},
		{
			"every option",
			`[{"name":"0-partner-` + strings.Repeat("x", 54) + `","scheme":"hmac","secret":"` + secretARN + `","mapping":"{taskToken: .t, \"output\": .}","header":"X-Sig",
			"prefix":"HMAC ","encoding":"base64","hash":"sha512","timestampHeader":"X-Time","idHeader":"X-Id","toleranceSeconds":30}]`,
			[]webhook.Source{{
				Name: "0-partner-" + strings.Repeat("x", 54), Scheme: generic, Secrets: []webhook.Reference{secret}, Mapping: `{taskToken: .t, "output": .}`,
			}},
		},
		{
			"two of the same secret", `[{"name":"a","scheme":"svix","secret":"` + secretARN + `"},{"name":"b","scheme":"stripe","secret":"` + secretARN + `","toleranceSeconds":86400}]`,
			[]webhook.Source{
				{Name: "a", Scheme: parseScheme(t, webhook.Svix, webhook.Options{}), Secrets: []webhook.Reference{secret}},
				{Name: "b", Scheme: parseScheme(t, webhook.Stripe, webhook.Options{Tolerance: 24 * time.Hour}), Secrets: []webhook.Reference{secret}},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := webhook.ParseSources(test.text)
			if diff := cmp.Diff(test.want, got, cmp.Exporter(func(reflect.Type) bool { return true })); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestAsManySourcesAsMayBe(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{64: "<nil>", 65: "webhook sources: 65 of them, at most 64 can be"} {
		var entries []string
		for i := range n {
			entries = append(entries, fmt.Sprintf(`{"name":"s%d","scheme":"github","secret":%q}`, i, secretARN))
		}
		got, err := webhook.ParseSources("[" + strings.Join(entries, ",") + "]")
		if fmt.Sprint(err) != want || err == nil && len(got) != n || err != nil && got != nil {
			t.Errorf("%d sources gave %d: %v", n, len(got), err)
		}
	}
}

func TestWrongSources(t *testing.T) {
	t.Parallel()
	const (
		name    = "name must be one to 64 small letters, digits and hyphens, no hyphen first"
		scheme  = "scheme must be one of standard-webhooks, svix, github, stripe, slack, shopify, hmac"
		secrets = "secrets must be a list of one to 4 references"
		members = " is unknown; there are name, scheme, secret, secrets, mapping, header, prefix, encoding, hash, timestampHeader, idHeader, toleranceSeconds"
		seconds = "toleranceSeconds must be a whole number from 1 to 86400"
		noARN   = "unusable reference to a secret: it is no ARN" + referenceForms
	)
	// with adds members to a source that is good without them.
	with := func(more string) string {
		return `[{"name":"acme","scheme":"slack","secret":"` + secretARN + `",` + more + `}]`
	}
	secret := func(more string) string {
		return `[{"name":"acme","scheme":"slack",` + more + `}]`
	}
	named := func(name string) string {
		return `[{"name":` + name + `,"scheme":"slack","secret":"` + secretARN + `"}]`
	}
	const acme = `webhook source "acme": `
	tests := []struct {
		name, text string
		want       []string // every line of the error
	}{
		{"not JSON", `[{name:"acme"}]`, []string{`webhook sources: not valid JSON at offset 2: want a key in quotes`}},
		{"cut", `[{"name":"acme"`, []string{`webhook sources: not valid JSON at offset 15: want ',' or '}'`}},
		{"trailing", `[] []`, []string{"webhook sources: not valid JSON at offset 3: want nothing more"}},
		{"byte order mark", "\ufeff[]", []string{"webhook sources: starts with a byte order mark at offset 0"}},
		{"an object", `{"name":"acme"}`, []string{"webhook sources: not a JSON list"}},
		{"null", `null`, []string{"webhook sources: not a JSON list"}},
		{"a text", `"[]"`, []string{"webhook sources: not a JSON list"}},
		{"a list of texts", `["acme",null,[]]`, []string{
			"webhook source 1: not a JSON object", "webhook source 2: not a JSON object", "webhook source 3: not a JSON object",
		}},
		{"an empty object", `[{}]`, []string{"webhook source 1: " + name, "webhook source 1: " + scheme, "webhook source 1: " + secrets}},

		{"no name", `[{"scheme":"slack","secret":"` + secretARN + `"}]`, []string{"webhook source 1: " + name}},
		{"empty name", named(`""`), []string{"webhook source 1: " + name}},
		{"capital name", named(`"Acme"`), []string{"webhook source 1: " + name}},
		{"hyphen first", named(`"-acme"`), []string{"webhook source 1: " + name}},
		{"slash", named(`"a/b"`), []string{"webhook source 1: " + name}},
		{"dots", named(`".."`), []string{"webhook source 1: " + name}},
		{"line break", named(`"a\n"`), []string{"webhook source 1: " + name}},
		{"other letters", named(`"\u0430cme"`), []string{"webhook source 1: " + name}},
		{"long name", named(`"` + strings.Repeat("x", 65) + `"`), []string{"webhook source 1: " + name}},
		{"name of another type", named(`1`), []string{"webhook source 1: " + name}},

		{"unknown scheme", `[{"name":"acme","scheme":"twilio","secret":"` + secretARN + `"}]`, []string{acme + scheme}},
		{"another's option", with(`"header":"X-Sig"`), []string{
			acme + "webhook scheme slack: header, prefix, encoding and hash are fixed; only the scheme hmac takes them",
		}},
		{
			"several wrong options", `[{"name":"acme","scheme":"hmac","secret":"` + secretARN + `","encoding":"hexx","hash":"md5","toleranceSeconds":5}]`,
			[]string{acme + "webhook scheme hmac: the header of the signature has no valid name; the encoding is neither hex nor base64; " +
				"the hash is neither sha256 nor sha512; there is no signed timestamp that a tolerance could apply to"},
		},
		{"tolerance zero", with(`"toleranceSeconds":0`), []string{acme + seconds}},
		{"tolerance negative", with(`"toleranceSeconds":-1`), []string{acme + seconds}},
		{"tolerance above a day", with(`"toleranceSeconds":86401`), []string{acme + seconds}},
		{"tolerance with a point", with(`"toleranceSeconds":30.0`), []string{acme + seconds}},
		{"tolerance with an exponent", with(`"toleranceSeconds":3e2`), []string{acme + seconds}},
		{"tolerance as text", with(`"toleranceSeconds":"30"`), []string{acme + seconds}},
		{"tolerance null", with(`"toleranceSeconds":null`), []string{acme + seconds}},
		{"tolerance too big to add", with(`"toleranceSeconds":99999999999999999999`), []string{acme + seconds}},

		{"no secret", `[{"name":"acme","scheme":"slack"}]`, []string{acme + secrets}},
		{"both", with(`"secrets":["` + parameterARN + `"]`), []string{acme + "secret and secrets exclude each other"}},
		{"both, one null", with(`"secrets":null`), []string{acme + "secret and secrets exclude each other"}},
		{"empty list of secrets", secret(`"secrets":[]`), []string{acme + secrets}},
		{"five secrets", secret(`"secrets":["a","b","c","d","e"]`), []string{acme + secrets}},
		{"secrets as a text", secret(`"secrets":"` + secretARN + `"`), []string{acme + secrets}},
		{"secret as a list", secret(`"secret":["` + secretARN + `"]`), []string{acme + "secret 1: " + noARN}},
		{"secret null", secret(`"secret":null`), []string{acme + "secret 1: " + noARN}},
		{"two wrong references", secret(`"secrets":["whsec_CANARY",7]`), []string{acme + "secret 1: " + noARN, acme + "secret 2: " + noARN}},
		{
			"the same twice", secret(`"secrets":["` + parameterARN + `","` + secretARN + `","` + parameterARN + `"]`),
			[]string{acme + "secret 3: the same reference as before"},
		},

		{"empty mapping", with(`"mapping":" "`), []string{acme + "mapping is no text or an empty one"}},
		{"mapping null", with(`"mapping":null`), []string{acme + "mapping is no text or an empty one"}},
		{"mapping of another type", with(`"mapping":{"taskToken":".t"}`), []string{acme + "mapping is no text or an empty one"}},
		{"empty prefix", with(`"prefix":""`), []string{acme + "prefix is no text or an empty one"}},
		{"unknown member", with(`"secert":"x"`), []string{acme + `"secert"` + members}},
		{"member in other letters", with(`"Mapping":"canonical"`), []string{acme + `"Mapping"` + members}},
		{"twice", with(`"name":"acme"`), []string{acme + `"name" stands there twice`}},
		{"three times", with(`"x":1,"x":1,"x":1`), []string{acme + `"x"` + members, acme + `"x" stands there twice`}},
		{"hidden by an escape", with(`"n\u0061me":"acme"`), []string{acme + `"name" stands there twice`}},
		{"a member that could be a secret", with(`"whsec_CANARYm4Xq7Zt0Lw9Rb":1`), []string{acme + "a member" + members}},
		{"a member that is no name", with(`"CANARY m4Xq7":1`), []string{acme + "a member" + members}},
		{
			"a name taken", `[{"name":"acme","scheme":"slack","secret":"` + secretARN + `"},{"name":"other","scheme":"slack","secret":"` + secretARN + `"},` +
				`{"name":"acme","scheme":"github","secret":"` + secretARN + `"}]`,
			[]string{acme + "has the name of source 1"},
		},
		{
			"everything at once", `[{"name":"A","scheme":"CANARY","secret":"CANARY"},{"name":"acme","scheme":"slack","secret":"","toleranceSeconds":0}]`,
			[]string{
				"webhook source 1: " + name, "webhook source 1: " + scheme, "webhook source 1: secret 1: " + noARN,
				acme + seconds, acme + "secret 1: " + noARN,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := webhook.ParseSources(test.text)
			if err == nil || got != nil {
				t.Fatalf("%+v, %v", got, err)
			}
			if diff := cmp.Diff(test.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("the error quotes what could be a secret: %v", err)
			}
		})
	}
}

// FuzzParseSources: what is taken is within all limits, and what is refused is not quoted.
func FuzzParseSources(f *testing.F) {
	for _, text := range []string{
		"", "[]", "[{}]", `[{"name":"acme","scheme":"slack","secret":"` + secretARN + `","mapping":"canonical"}]`,
		`[{"name":"a","scheme":"hmac","header":"X-S","secrets":["` + secretARN + `::AWSPREVIOUS","` + parameterARN + `"],"toleranceSeconds":9,"timestampHeader":"X-T"}]`,
		`[{"name":"a","name":"a"},{"name":"a"},null,1]`, `[{"secret":"whsec_secret"}]`,
	} {
		f.Add(text, "", false)
		f.Add(text, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)
	}
	f.Fuzz(func(t *testing.T, text, secret string, misplaced bool) {
		if misplaced { // somebody has entered the secret wherever a reference could stand
			text = strings.ReplaceAll(text, "arn:", secret)
		}
		sources, err := webhook.ParseSources(text)
		if err != nil {
			if sources != nil {
				t.Errorf("%v, yet there are sources", err)
			}
			if len(secret) >= webhook.MinSecretBytes && strings.HasPrefix(secret, "whsec_") && strings.Contains(err.Error(), secret) {
				t.Errorf("the error quotes the secret: %v", err)
			}
			return
		}
		if len(sources) > webhook.MaxSources {
			t.Errorf("%d sources", len(sources))
		}
		seen := map[string]bool{}
		for _, source := range sources {
			if source.Name == "" || len(source.Name) > 64 || seen[source.Name] || source.Scheme == nil ||
				len(source.Secrets) == 0 || len(source.Secrets) > webhook.MaxSecrets {
				t.Errorf("%+v", source)
			}
			seen[source.Name] = true
			for _, reference := range source.Secrets {
				if again, err := webhook.ParseReference(reference.String()); err != nil || again != reference {
					t.Errorf("%+v: %v", reference, err)
				}
			}
			if !slices.Contains(webhook.Names(), source.Scheme.Name()) {
				t.Errorf("scheme %s", source.Scheme.Name())
			}
		}
	})
}

func parseScheme(tb testing.TB, name string, o webhook.Options) *webhook.Scheme {
	tb.Helper()
	return sender{scheme: name, options: o}.parse(tb)
}
