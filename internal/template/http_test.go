package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// route is one way into the function, of either type of API.
type route struct {
	authorization any
	keyRequired   bool
	integration   map[string]any
}

// routes returns those of the stack's API by "METHOD /path".
func routes(s *stack) map[string]route {
	s.Helper()
	found := map[string]route{}
	for _, r := range s.ofKind("AWS::ApiGatewayV2::Route") {
		id, _ := strings.CutPrefix(fmt.Sprint(r.properties["Target"]), "integrations/")
		integration, ok := s.referred(id)
		if !ok {
			s.Errorf("%s leads to %v", r.id, r.properties["Target"])
		}
		found[fmt.Sprint(r.properties["RouteKey"])] = route{r.properties["AuthorizationType"], false, integration.properties}
	}
	for _, m := range s.ofKind("AWS::ApiGateway::Method") {
		path := ""
		for at, ok := s.referred(m.properties["ResourceId"]); ok && at.kind == "AWS::ApiGateway::Resource"; at, ok = s.referred(at.properties["ParentId"]) {
			path = fmt.Sprint("/", at.properties["PathPart"], path)
		}
		integration, _ := m.properties["Integration"].(map[string]any)
		found[fmt.Sprint(m.properties["HttpMethod"], " ", path)] = route{
			m.properties["AuthorizationType"], m.properties["ApiKeyRequired"] == true, integration,
		}
	}
	return found
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	toHTTP := map[string]any{
		"ApiId": "${HttpApi}", "IntegrationType": "AWS_PROXY", "IntegrationUri": "${HttpFunction.Arn}",
		"PayloadFormatVersion": "2.0", "TimeoutInMillis": 30000,
	}
	toREST := map[string]any{
		"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "TimeoutInMillis": 29000,
		"Uri": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${HttpFunction.Arn}/invocations",
	}
	tests := []struct {
		name        string
		given       parameters
		integration map[string]any
		callbacks   string
		keyRequired bool
		approvals   bool
	}{
		{"HTTP API", httpAPI, toHTTP, "AWS_IAM", false, false},
		{"HTTP API with JWT", httpAPIWithJWT, toHTTP, "JWT", false, false},
		{"REST API", restAPI, toREST, "AWS_IAM", false, false},
		{"REST API with key", restAPIWithKey, toREST, "NONE", true, false},
		{"HTTP API with approvals", merged(httpAPI, approvals), toHTTP, "AWS_IAM", false, true},
		{"REST API with key and approvals", merged(restAPIWithKey, approvals), toREST, "NONE", true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := map[string]route{
				"POST /callbacks":         {test.callbacks, test.keyRequired, test.integration},
				"POST /webhooks/{source}": {"NONE", false, test.integration},
				"GET /healthz":            {"NONE", false, test.integration},
			}
			if test.approvals { // the link is what lets people in
				for _, method := range []string{"GET", "HEAD", "POST"} {
					want[method+" /approvals/{link}"] = route{"NONE", false, test.integration}
				}
			}
			got := routes(render(t, load(t, appFile), with(test.given)))
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(route{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever door there is, nobody gets to POST /callbacks without an identity, and the function is told which to ask for.
func TestCallbacksAreNeverOpen(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		if !s.servesHTTP() {
			return
		}
		callbacks := routes(s)["POST /callbacks"]
		got := ""
		switch {
		case callbacks.authorization == "AWS_IAM":
			got = "iam"
		case callbacks.authorization == "JWT":
			got = "jwt"
		case callbacks.authorization == "NONE" && callbacks.keyRequired:
			got = "api-key"
		}
		if want := variables(s, "HttpFunction")["CALLBACKS_AUTHORIZER"]; got == "" || got != want {
			s.Errorf("the API demands %q (%+v), the function %q", got, callbacks, want)
		}
	})
}

func TestJWTAuthorizer(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(httpAPIWithJWT))
	want := map[string]any{
		"ApiId": "${HttpApi}", "Name": "callers", "AuthorizerType": "JWT", "IdentitySource": []any{"$request.header.Authorization"},
		"JwtConfiguration": map[string]any{"Issuer": "https://id.example.com/pool", "Audience": []any{"workers", "partners"}},
	}
	if diff := cmp.Diff(want, s.resources["HttpApiAuthorizer"].properties); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := s.resources["HttpApiCallbacksRoute"].properties["AuthorizerId"]; got != "${HttpApiAuthorizer}" {
		t.Errorf("POST /callbacks has the authorizer %v", got)
	}
}

// API Gateway puts a * for a path parameter into the ARN that Lambda compares.
func TestTheRoutesMayStartTheFunctionAndNothingElseMay(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		api := "${HttpApi}"
		if s.isREST() {
			api = "${RestApi}"
		}
		var want, got []string
		for key := range routes(s) {
			method, path, _ := strings.Cut(key, " ")
			path = strings.NewReplacer("{source}", "*", "{link}", "*").Replace(path)
			want = append(want, "lambda:InvokeFunction apigateway.amazonaws.com arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"+
				api+"/*/"+method+path)
		}
		for _, p := range s.ofKind("AWS::Lambda::Permission") {
			if p.properties["FunctionName"] == "${HttpFunction}" {
				got = append(got, fmt.Sprint(p.properties["Action"], " ", p.properties["Principal"], " ", p.properties["SourceArn"]))
			}
		}
		for _, m := range s.ofKind(mapping) {
			if m.properties["FunctionName"] == "${HttpFunction}" {
				got = append(got, fmt.Sprint(m.properties["EventSourceArn"]))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// API Gateway answers for a function that is slower than it waits, and the caller never hears the verdict.
func TestTheFunctionEndsBeforeAPIGatewayGivesUp(t *testing.T) {
	t.Parallel()
	for _, api := range []parameters{httpAPI, restAPI} {
		s := render(t, load(t, appFile), with(api, parameters{"FunctionTimeout": "900"}))
		timeout := number(t, s.resources["HttpFunction"].properties["Timeout"])
		for key, r := range routes(s) {
			if waits := number(t, r.integration["TimeoutInMillis"]); timeout*1000 > waits {
				t.Errorf("%s waits %d ms for a function that may take %d s", key, waits, timeout)
			}
		}
	}
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	limits := parameters{"HttpThrottlingRate": "7", "HttpThrottlingBurst": "9"}
	want := map[string]any{"ThrottlingRateLimit": "7", "ThrottlingBurstLimit": "9"}
	overHTTP := render(t, load(t, appFile), with(httpAPI, limits)).resources["HttpApiStage"].properties
	if diff := cmp.Diff(want, overHTTP["DefaultRouteSettings"]); diff != "" {
		t.Errorf("HTTP API (-want +got):\n%s", diff)
	}
	overREST := render(t, load(t, appFile), with(restAPIWithKey, limits))
	// Nothing but throttling: the execution log would hold bodies.
	maps.Copy(want, map[string]any{"ResourcePath": "/*", "HttpMethod": "*", "LoggingLevel": "OFF", "DataTraceEnabled": false})
	if diff := cmp.Diff([]any{want}, overREST.resources["RestApiStage"].properties["MethodSettings"]); diff != "" {
		t.Errorf("REST API (-want +got):\n%s", diff)
	}
	plan := map[string]any{"RateLimit": "7", "BurstLimit": "9"}
	if diff := cmp.Diff(plan, overREST.resources["RestApiUsagePlan"].properties["Throttle"]); diff != "" {
		t.Errorf("usage plan (-want +got):\n%s", diff)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	rest := "https://${RestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${RestApiStage}"
	for _, test := range []struct {
		given  parameters
		begins string
	}{{httpAPI, "${HttpApi.ApiEndpoint}"}, {restAPI, rest}} {
		s := render(t, load(t, appFile), with(test.given))
		want := map[string]any{
			"ApiEndpoint": test.begins, "CallbacksUrl": test.begins + "/callbacks", "WebhooksUrl": test.begins + "/webhooks",
		}
		got := map[string]any{}
		for name := range want {
			got[name] = s.outputs[name]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.given, diff)
		}
	}
}
