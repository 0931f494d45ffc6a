package apigw_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callback-completer/internal/apigw"
)

func factsOf(t *testing.T, event string) apigw.Facts {
	t.Helper()
	var facts apigw.Facts
	a := apigw.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		facts, _ = apigw.FromContext(r.Context())
	}), apigw.Options{})
	if _, err := a.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestIdentities: an identity that cannot be read is none.
func TestIdentities(t *testing.T) {
	t.Parallel()
	format2 := func(authorizer string) string {
		return `{"version":"2.0","rawPath":"/","requestContext":{"stage":"$default","http":{"method":"GET"},"authorizer":` + authorizer + `}}`
	}
	format1 := func(context string) string {
		return `{"httpMethod":"GET","path":"/","requestContext":{"stage":"prod",` + context + `}}`
	}
	arn := "arn:aws:iam::123456789012:user/worker"
	tests := map[string]struct {
		event string
		want  apigw.Identity
	}{
		"2.0 null":      {format2(`null`), apigw.Identity{}},
		"2.0 all empty": {format2(`{"iam":{"userArn":""},"jwt":{"claims":null,"scopes":null},"lambda":{}}`), apigw.Identity{}},
		"2.0 IAM": {
			format2(`{"iam":{"userArn":"` + arn + `","accountId":"123456789012","accessKey":"AKIAIOSFODNN7EXAMPLE"},"jwt":{"claims":null}}`),
			apigw.Identity{Authorizer: "iam", Principal: arn, Account: "123456789012"},
		},
		"2.0 JWT": {
			format2(`{"jwt":{"claims":{"sub":"a","n":12345678901234567890,"l":["b"]},"scopes":["x","y"]}}`),
			apigw.Identity{
				Authorizer: "jwt", Principal: "a", Scopes: []string{"x", "y"},
				Claims: map[string]string{"sub": "a", "n": "12345678901234567890", "l": `["b"]`},
			},
		},
		"2.0 Lambda": {
			format2(`{"lambda":{"tier":"gold","n":1.50}}`),
			apigw.Identity{Authorizer: "lambda", Context: map[string]any{"tier": "gold", "n": json.Number("1.50")}},
		},
		"2.0 broken":     {format2(`{"iam":{"userArn":1},"lambda":{"a":"b"}}`), apigw.Identity{}},
		"2.0 not at all": {format2(`"admin"`), apigw.Identity{}},
		"1.0 without":    {format1(`"authorizer":null`), apigw.Identity{}},
		"1.0 IAM":        {format1(`"identity":{"userArn":"` + arn + `","accountId":"123456789012"}`), apigw.Identity{Authorizer: "iam", Principal: arn, Account: "123456789012"}},
		"1.0 IAM and API key": {
			format1(`"identity":{"userArn":"` + arn + `","accountId":"123456789012","apiKey":"k","apiKeyId":"k-1"}`),
			apigw.Identity{Authorizer: "iam", Principal: arn, Account: "123456789012", APIKeyID: "k-1"},
		},
		"1.0 API key":      {format1(`"identity":{"apiKeyId":"k-1"}`), apigw.Identity{APIKeyID: "k-1"}},
		"2.0 has none":     {format2(`{"identity":{"apiKeyId":"k-1"}}`), apigw.Identity{}},
		"1.0 Cognito":      {format1(`"authorizer":{"claims":{"sub":"a"}}`), apigw.Identity{Authorizer: "jwt", Principal: "a", Claims: map[string]string{"sub": "a"}}},
		"1.0 odd scopes":   {format1(`"authorizer":{"claims":{"sub":"a"},"scopes":"x"}`), apigw.Identity{Authorizer: "jwt", Principal: "a", Claims: map[string]string{"sub": "a"}}},
		"1.0 Lambda":       {format1(`"authorizer":{"principalId":"p"}`), apigw.Identity{Authorizer: "lambda", Principal: "p", Context: map[string]any{"principalId": "p"}}},
		"1.0 not at all":   {format1(`"authorizer":["admin"]`), apigw.Identity{}},
		"not for balancer": {`{"httpMethod":"GET","path":"/","requestContext":{"elb":{},"authorizer":{"principalId":"p"},"identity":{"userArn":"x"}}}`, apigw.Identity{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, factsOf(t, test.event).Identity, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLoadBalancerFacts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		headers, ip, scheme string
	}{
		"appended":      {`"x-forwarded-for":"198.51.100.1, 203.0.113.7","x-forwarded-proto":"https"`, "203.0.113.7", "https"},
		"with a port":   {`"x-forwarded-for":"203.0.113.7:1234","x-forwarded-proto":"http"`, "203.0.113.7", "http"},
		"IPv6":          {`"X-Forwarded-For":"2001:db8::1"`, "2001:db8::1", "http"},
		"IPv6 and port": {`"x-forwarded-for":"[2001:db8::1]:1234"`, "2001:db8::1", "http"},
		"mapped":        {`"x-forwarded-for":"::ffff:203.0.113.7"`, "203.0.113.7", "http"},
		"mapped, port":  {`"x-forwarded-for":"[::ffff:203.0.113.7]:80"`, "203.0.113.7", "http"},
		"forged scheme": {`"x-forwarded-proto":"https, http","x-forwarded-for":"nonsense"`, "", "http"},
		"none":          {``, "", "http"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := factsOf(t, `{"httpMethod":"GET","path":"/","headers":{`+test.headers+`},"requestContext":{"elb":{}}}`)
			var want netip.Addr
			if test.ip != "" {
				want = netip.MustParseAddr(test.ip)
			}
			if facts.SourceIP != want || facts.Scheme != test.scheme {
				t.Errorf("%s %s, want %s %s", facts.SourceIP, facts.Scheme, want, test.scheme)
			}
		})
	}
}

// TestForwardedHeadersAreNotBelieved: where the front door says itself who connected, no header changes it.
func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	t.Parallel()
	facts := factsOf(t, string(rest(t, map[string]any{"multiValueHeaders": map[string]any{
		"X-Forwarded-For": []string{"198.51.100.1"}, "X-Forwarded-Proto": []string{"http"},
	}})))
	if facts.SourceIP != netip.MustParseAddr("203.0.113.7") || facts.Scheme != "https" {
		t.Errorf("%+v", facts)
	}
}

func TestFactsWithoutAFrontDoor(t *testing.T) {
	t.Parallel()
	if facts, ok := apigw.FromContext(t.Context()); ok {
		t.Errorf("facts out of nowhere: %+v", facts)
	}
	want := apigw.Facts{FrontDoor: apigw.RESTAPI, RequestID: "id"}
	got, ok := apigw.FromContext(apigw.NewContext(t.Context(), want))
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); !ok || diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
