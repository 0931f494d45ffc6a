package apigw_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/apigw"
)

// located is where a handler finds a request.
type located struct{ Path, RawPath, RequestURI string }

func locate(t *testing.T, event map[string]any) located {
	t.Helper()
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	var got located
	a := apigw.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = located{r.URL.Path, r.URL.RawPath, r.RequestURI}
	}), apigw.Options{})
	if _, err := a.Invoke(t.Context(), payload); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPaths(t *testing.T) {
	t.Parallel()
	type params = map[string]string
	http2 := func(stage, route, path string, p params) map[string]any {
		return map[string]any{
			"version": "2.0", "rawPath": path, "pathParameters": p,
			"requestContext": map[string]any{"stage": stage, "routeKey": route, "http": map[string]any{"method": "GET"}},
		}
	}
	format1 := func(version, stage, route, path string, p params) map[string]any {
		return map[string]any{
			"version": version, "resource": route, "path": path, "httpMethod": "GET", "pathParameters": p,
			"requestContext": map[string]any{"stage": stage},
		}
	}
	url := func(path string) map[string]any {
		e := http2("$default", "$default", path, nil)
		e["requestContext"].(map[string]any)["domainName"] = "id.lambda-url.eu-west-1.on.aws"
		return e
	}
	alb := func(path string) map[string]any {
		return map[string]any{"path": path, "httpMethod": "GET", "requestContext": map[string]any{"elb": map[string]any{}}}
	}
	source := params{"source": "github"}
	tests := map[string]struct {
		event map[string]any
		want  located
	}{
		"default stage":                  {http2("$default", "POST /callbacks", "/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"named stage":                    {http2("live", "POST /callbacks", "/live/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"named stage, default route":     {http2("live", "$default", "/live/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"named stage, its root":          {http2("live", "$default", "/live", nil), located{"/", "", "/"}},
		"named stage, root and slash":    {http2("live", "GET /", "/live/", nil), located{"/", "", "/"}},
		"stage as a prefix of a segment": {http2("live", "$default", "/lively/callbacks", nil), located{"/lively/callbacks", "", "/lively/callbacks"}},
		"stage named like the route":     {http2("callbacks", "POST /callbacks", "/callbacks/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"route without the stage":        {http2("callbacks", "POST /callbacks", "/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"parameter":                      {http2("live", "POST /webhooks/{source}", "/live/webhooks/github", source), located{"/webhooks/github", "", "/webhooks/github"}},
		"parameter with a slash":         {http2("live", "POST /webhooks/{source}", "/live/webhooks/a/b", params{"source": "a/b"}), located{"/webhooks/a/b", "", "/webhooks/a/b"}},
		"parameter missing":              {http2("live", "POST /webhooks/{source}", "/live/webhooks/github", nil), located{"/webhooks/github", "", "/webhooks/github"}},
		"decoded by the HTTP API":        {http2("$default", "$default", "/a b/100%/%41", nil), located{"/a b/100%/%41", "", "/a%20b/100%25/%2541"}},
		"decoded question mark":          {http2("$default", "$default", "/a?b#c", nil), located{"/a?b#c", "", "/a%3Fb%23c"}},
		"1.0, named stage":               {format1("1.0", "live", "/webhooks/{source}", "/live/webhooks/github", source), located{"/webhooks/github", "", "/webhooks/github"}},
		"1.0, base path and stage":       {format1("1.0", "live", "/webhooks/{source}", "/partners/live/webhooks/github", source), located{"/webhooks/github", "", "/webhooks/github"}},
		"1.0, default route":             {format1("1.0", "live", "$default", "/live/a b", nil), located{"/a b", "", "/a%20b"}},
		"REST":                           {format1("", "prod", "/callbacks", "/callbacks", nil), located{"/callbacks", "", "/callbacks"}},
		"REST, base path":                {format1("", "prod", "/callbacks", "/partners/v1/callbacks/", nil), located{"/callbacks/", "", "/callbacks/"}},
		"REST, base path and stage":      {format1("", "prod", "/webhooks/{source}", "/v1/prod/webhooks/github", source), located{"/webhooks/github", "", "/webhooks/github"}},
		"REST, base path, greedy":        {format1("", "prod", "/{proxy+}", "/v1/webhooks/a%2Fb", params{"proxy": "webhooks/a%2Fb"}), located{"/webhooks/a/b", "/webhooks/a%2Fb", "/webhooks/a%2Fb"}},
		"REST, base path, root":          {format1("", "prod", "/", "/v1", nil), located{"/", "", "/"}},
		"REST, stage named as a segment": {format1("", "callbacks", "/{proxy+}", "/callbacks/x", params{"proxy": "callbacks/x"}), located{"/callbacks/x", "", "/callbacks/x"}},
		"REST, route that does not fit":  {format1("", "prod", "/other", "/prod/callbacks", nil), located{"/prod/callbacks", "", "/prod/callbacks"}},
		"function URL":                   {url("/caf%C3%A9/a%2Fb"), located{"/café/a/b", "/caf%C3%A9/a%2Fb", "/caf%C3%A9/a%2Fb"}},
		"load balancer":                  {alb("/x/%7e"), located{"/x/~", "/x/%7e", "/x/%7e"}},
		"two slashes":                    {alb("//evil.example/x"), located{"//evil.example/x", "", "//evil.example/x"}},
		"raw question mark":              {alb("/a?b"), located{"/a?b", "/a?b", "/a%3Fb"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, locate(t, test.event)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestLoadBalancerQueries: what is encoded stays so, and what a load balancer cannot have sent does no harm.
func TestLoadBalancerQueries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		query map[string]any
		want  string
	}{
		"encoded":        {map[string]any{"a%26b": "c%3Dd+e"}, "/?a%26b=c%3Dd+e"},
		"equals sign":    {map[string]any{"a": "b=c"}, "/?a=b=c"},
		"decoded":        {map[string]any{"a b&c=d": "é&f#g"}, "/?a%20b%26c%3Dd=%C3%A9%26f%23g"},
		"no value":       {map[string]any{"flag": ""}, "/?flag="},
		"null for value": {map[string]any{"flag": nil}, "/?flag="},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event := map[string]any{
				"path": "/", "httpMethod": "GET", "queryStringParameters": test.query,
				"requestContext": map[string]any{"elb": map[string]any{}},
			}
			if got := locate(t, event).RequestURI; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
