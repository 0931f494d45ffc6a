package webhook_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"callback-completer/internal/webhook"
)

// TestSignatureLists: where a sender may send several signatures, all of them are tried, but not any number of them.
func TestSignatureLists(t *testing.T) {
	t.Parallel()
	const (
		mac    = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
		public = "hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
		digits = "8ede4bfe7f9b832c5a221a2bc97828c8a330a3d1b24fc910f17be14344ab030d"
	)
	refused := webhook.ErrMalformedHeader
	tests := []struct {
		name, sender, separator string
		// entries replace the signature; in them, GOOD stands for it.
		entries []string
		want    error
	}{
		{"good one first", "standard-webhooks", " ", []string{"GOOD", "v1," + mac}, nil},
		{"good one last", "standard-webhooks", " ", []string{"v1," + mac, "GOOD"}, nil},
		{"good one twice", "standard-webhooks", " ", []string{"GOOD", "GOOD"}, nil},
		{"none good", "standard-webhooks", " ", []string{"v1," + mac, "v1," + mac}, webhook.ErrBadSignature},
		{"sixteen", "standard-webhooks", " ", append(repeat("v1,"+mac, 15), "GOOD"), nil},
		{"sixteen, none good", "standard-webhooks", " ", repeat("v1,"+mac, 16), webhook.ErrBadSignature},
		{"seventeen", "standard-webhooks", " ", append(repeat("v1,"+mac, 16), "GOOD"), refused},
		{"seventeen short ones", "standard-webhooks", " ", append([]string{"GOOD"}, repeat("v9,", 16)...), refused},
		{"a thousand", "standard-webhooks", " ", append([]string{"GOOD"}, repeat("v1,"+mac, 999)...), refused},
		{"a thousand short ones", "standard-webhooks", " ", append([]string{"GOOD"}, repeat("v", 999)...), refused},
		{"ten thousand", "standard-webhooks", " ", append([]string{"GOOD"}, repeat("v1,"+mac, 9999)...), refused},
		{"4,096 bytes", "standard-webhooks", " ", []string{"GOOD", "v9," + strings.Repeat("x", 4096-len("v1,"+mac+" v9,"))}, nil},
		{"4,097 bytes", "standard-webhooks", " ", []string{"GOOD", "v9," + strings.Repeat("x", 4097-len("v1,"+mac+" v9,"))}, refused},
		{"both versions", "standard-webhooks", " ", []string{"v1a," + public, "GOOD"}, nil},
		{"versions to come", "standard-webhooks", " ", []string{"v2,x", "v1b,", "V1," + mac, "GOOD"}, nil},
		{"only versions to come", "standard-webhooks", " ", []string{"v2," + mac}, webhook.ErrNoSignature},
		{"the other version alone", "standard-webhooks", " ", []string{"v1a," + public}, webhook.ErrBadSignature},
		{"nothing behind the version", "standard-webhooks", " ", []string{"v1,", "GOOD"}, refused},
		{"no version", "standard-webhooks", " ", []string{mac, "GOOD"}, refused},
		{"empty version", "standard-webhooks", " ", []string{"," + mac, "GOOD"}, refused},
		{"two spaces", "standard-webhooks", "  ", []string{"GOOD", "GOOD"}, refused},
		{"base64 without padding", "standard-webhooks", " ", []string{"v1," + strings.TrimRight(mac, "="), "GOOD"}, refused},
		{"base64url", "standard-webhooks", " ", []string{"v1," + strings.ReplaceAll(mac, "/", "_"), "GOOD"}, refused},
		{"bits behind the end", "standard-webhooks", " ", []string{"v1," + mac[:42] + "d=", "GOOD"}, refused},
		{"cut", "standard-webhooks", " ", []string{"v1," + mac[:40], "GOOD"}, refused},
		{"longer than a signature", "standard-webhooks", " ", []string{"v1," + public, "GOOD"}, refused},
		{"hexadecimal", "standard-webhooks", " ", []string{"v1," + digits, "GOOD"}, refused},

		{"four", "standard-webhooks v1a", " ", append(repeat("v1a,"+public, 3), "GOOD"), nil},
		{"five", "standard-webhooks v1a", " ", append(repeat("v1a,"+public, 4), "GOOD"), refused},
		{"the other version alone", "standard-webhooks v1a", " ", []string{"v1," + mac}, webhook.ErrBadSignature},
		{"shorter than a signature", "standard-webhooks v1a", " ", []string{"v1a," + mac, "GOOD"}, refused},

		{"good one last", "stripe", ",", []string{"t=NOW", "v1=" + digits, "GOOD"}, nil},
		{"good one first", "stripe", ",", []string{"t=NOW", "GOOD", "v1=" + digits}, nil},
		{"time last", "stripe", ",", []string{"GOOD", "t=NOW"}, nil},
		{"older scheme beside", "stripe", ",", []string{"t=NOW", "GOOD", "v0=6ffb"}, nil},
		{"older scheme alone", "stripe", ",", []string{"t=NOW", "v0=" + digits}, webhook.ErrNoSignature},
		{"sixteen pairs", "stripe", ",", append(repeat("v1="+digits, 14), "GOOD", "t=NOW"), nil},
		{"seventeen pairs", "stripe", ",", append(repeat("v1="+digits, 15), "GOOD", "t=NOW"), refused},
		{"a thousand", "stripe", ",", append(repeat("v1="+digits, 999), "GOOD", "t=NOW"), refused},
		{"ten thousand", "stripe", ",", append(repeat("v1="+digits, 9999), "GOOD", "t=NOW"), refused},
		{"a thousand short ones", "stripe", ",", append(repeat("a=", 999), "GOOD", "t=NOW"), refused},
		{"two times", "stripe", ",", []string{"t=NOW", "GOOD", "t=NOW"}, refused},
		{"a later time", "stripe", ",", []string{"t=1700000000", "GOOD", "t=NOW"}, refused},
		{"no time", "stripe", ",", []string{"GOOD"}, refused},
		{"no signature", "stripe", ",", []string{"t=NOW"}, webhook.ErrNoSignature},
		{"spaces", "stripe", ", ", []string{"t=NOW", "GOOD"}, refused},
		{"no value", "stripe", ",", []string{"t=NOW", "GOOD", "v1"}, refused},
		{"empty pair", "stripe", ",", []string{"t=NOW", "GOOD", ""}, refused},
		{"two equals signs", "stripe", ",", []string{"t=NOW", "GOOD", "a=b=c"}, refused},
		{"cut", "stripe", ",", []string{"t=NOW", "v1=" + digits[:62], "GOOD"}, refused},
		{"half a byte", "stripe", ",", []string{"t=NOW", "v1=" + digits[:63], "GOOD"}, refused},
		{"not hexadecimal", "stripe", ",", []string{"t=NOW", "v1=" + mac[:43], "GOOD"}, refused},

		{"other version", "slack", ",", []string{"v1=" + digits}, refused},
		{"no version", "slack", ",", []string{digits}, refused},
		{"two", "slack", ",", []string{"GOOD", "GOOD"}, refused},
		{"SHA-1", "github", ",", []string{"sha1=" + digits[:40]}, refused},
		{"SHA-1's name", "github", ",", []string{"sha1=" + digits}, refused},
		{"no name", "github", ",", []string{digits}, refused},
		{"capital name", "github", ",", []string{"SHA256=" + digits}, refused},
		{"hexadecimal", "shopify", ",", []string{digits}, refused},
		{"base64url", "shopify", ",", []string{strings.ReplaceAll(mac, "/", "_")}, refused},
	}
	for _, test := range tests {
		t.Run(test.sender+" "+test.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range senders() {
				if s.name != test.sender {
					continue
				}
				h := s.request(s.secret(1), noon, []byte("{}"))
				now := strconv.FormatInt(noon.Unix(), 10)
				good := strings.TrimPrefix(h.Get(s.signature), "t="+now+",")
				h.Set(s.signature, strings.NewReplacer("GOOD", good, "NOW", now).Replace(strings.Join(test.entries, test.separator)))
				check(t, s.parse(t), h, "{}", test.want, s.secret(1))
			}
		})
	}
}

// TestOldGitHubHeader: a request that carries only the SHA-1 header is not signed.
func TestOldGitHubHeader(t *testing.T) {
	t.Parallel()
	scheme, err := webhook.ParseScheme(webhook.GitHub, webhook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, scheme, headers("X-Hub-Signature", "sha1=126f2c800419c60137ce748d7672e77b65cf16d6"), `{"yo":true}`, webhook.ErrNoSignature, hexSecret(1))
	check(t, scheme, http.Header{}, `{"yo":true}`, webhook.ErrNoSignature, hexSecret(1))
	check(t, scheme, nil, `{"yo":true}`, webhook.ErrNoSignature, hexSecret(1))
}

func repeat(entry string, times int) []string {
	all := make([]string, times)
	for i := range all {
		all[i] = entry
	}
	return all
}
