package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
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
		{"HTTP API beside a load balancer", merged(httpAPI, approvals, balancer), toHTTP, "AWS_IAM", false, false},
		{"REST API beside a load balancer", merged(restAPI, approvals, balancer), toREST, "AWS_IAM", false, false},
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

// What the API demands for the pages is what the function is told to ask for, by every method.
func TestPagesThatTakeMoreThanALink(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		demands, ok := s.pagesFor()
		want := map[string]string{"NONE": "NONE", "JWT": "JWT", "IAM": "AWS_IAM"}[demands]
		seen := 0
		for id, r := range s.ofKind("AWS::ApiGatewayV2::Route") {
			if !strings.Contains(fmt.Sprint(r.properties["RouteKey"]), " /approvals/") {
				continue
			}
			seen++
			authorizer, has := r.properties["AuthorizerId"]
			if r.properties["AuthorizationType"] != want || has != (demands == "JWT") || has && authorizer != "${HttpApiAuthorizer}" {
				s.Errorf("%s: %v by %v, want %s", id, r.properties["AuthorizationType"], authorizer, want)
			}
		}
		if overHTTP := ok && !s.isREST(); seen != map[bool]int{true: 3}[overHTTP] {
			s.Errorf("%d routes to the pages", seen)
		}
		if !s.servesHTTP() {
			return
		}
		told, is := variables(s, "HttpFunction")["APPROVALS_AUTHORIZER"]
		if is != (ok && demands != "NONE") || is && told != strings.ToLower(demands) {
			s.Errorf("the function demands %v, the API %s", told, demands)
		}
	})
}

// The load balancer has a target group of its own, which alone may start the function for it.
func TestTheLoadBalancersTargetGroup(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		group, ok := s.resources["ApprovalTargetGroup"]
		if ok != s.isBalanced() {
			s.Errorf("there is a target group: %v", ok)
		}
		if !ok {
			return
		}
		const name = "approvals-${AWS::StackId}[2][0]-${AWS::StackId}[2][4]" // the parts of a UUID
		want := map[string]any{
			"Name": name, "TargetType": "lambda", "Targets": []any{map[string]any{"Id": "${HttpFunction.Arn}"}},
			"TargetGroupAttributes": []any{map[string]any{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}},
		}
		if diff := cmp.Diff(want, group.properties); diff != "" {
			s.Errorf("(-want +got):\n%s", diff)
		}
		if n := len("approvals-") + 8 + len("-") + 12; n > 32 {
			s.Errorf("a name of %d characters", n)
		}
		if group.dependsOn != "HttpFunctionTargetGroupPermission" {
			s.Errorf("it waits for %v: Lambda refuses a target that may not start it", group.dependsOn)
		}
		permission := map[string]any{
			"FunctionName": "${HttpFunction}", "Action": "lambda:InvokeFunction", "Principal": "elasticloadbalancing.amazonaws.com",
			"SourceArn": "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/" + name + "/*",
		}
		if diff := cmp.Diff(permission, s.resources["HttpFunctionTargetGroupPermission"].properties); diff != "" {
			s.Errorf("(-want +got):\n%s", diff)
		}
		if got := s.outputs["ApprovalsTargetGroupArn"]; got != "${ApprovalTargetGroup}" {
			s.Errorf("output %v", got)
		}
	})
}

// Requests may demand an identity where there is one to be had, and nowhere else.
func TestRequestsMayDemandWhoIsKnown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given parameters
		want  bool
	}{
		{parameters{}, false},
		{parameters{"ApprovalIdentity": "verified"}, true},
		{balancer, true},
		{tokens, true},
		{credentials, true},
	} {
		s := render(t, load(t, appFile), with(httpAPI, approvals, test.given))
		settings, err := config.LoadApproval(environment(s, "ApprovalFunction"))
		if err != nil || settings.Identities != test.want {
			t.Errorf("%v: %v, %v", test.given, settings.Identities, err)
		}
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
		if s.isBalanced() {
			want = append(want, "lambda:InvokeFunction elasticloadbalancing.amazonaws.com arn:${AWS::Partition}:elasticloadbalancing:"+
				"${AWS::Region}:${AWS::AccountId}:targetgroup/approvals-${AWS::StackId}[2][0]-${AWS::StackId}[2][4]/*")
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
