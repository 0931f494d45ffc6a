package template

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deployment returns what the deployment of the stack's REST API has to be called. A deployment is a copy that never
// changes: if the API changes and the name does not, the stage goes on serving the old copy.
func deployment(s *stack) string {
	s.Helper()
	api := map[string]any{}
	for _, kind := range []string{"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Resource", "AWS::ApiGateway::Method"} {
		for id, r := range s.ofKind(kind) {
			api[id] = r.properties
		}
	}
	text, err := json.Marshal(api) // the keys of maps come sorted
	if err != nil {
		s.Fatal(err)
	}
	kind := map[string]string{"IAM": "Iam", "API_KEY": "Key"}[s.authorizer()]
	if _, ok := s.pagesFor(); ok {
		kind += "Approvals"
	}
	return fmt.Sprintf("RestApi%sDeployment%.4x", kind, sha256.Sum256(text))
}

func TestTheStageServesTheAPIAsItIs(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, given := range []parameters{restAPI, restAPIWithKey, merged(restAPI, approvals), merged(restAPIWithKey, approvals)} {
		s := render(t, load(t, appFile), with(given))
		want := deployment(s)
		names[want] = true
		if got := slices.Collect(maps.Keys(s.ofKind("AWS::ApiGateway::Deployment"))); !slices.Equal(got, []string{want}) {
			t.Errorf("rename the deployment %v to %s", got, want)
			continue
		}
		if got := s.resources["RestApiStage"].properties["DeploymentId"]; got != "${"+want+"}" {
			t.Errorf("the stage serves %v, want %s", got, want)
		}
		// Made before a method, the copy would lack it.
		methods := slices.Sorted(maps.Keys(s.ofKind("AWS::ApiGateway::Method")))
		waits := texts(s.resources[want].dependsOn)
		slices.Sort(waits)
		if diff := cmp.Diff(methods, waits); diff != "" {
			t.Errorf("%s waits for (-want +got):\n%s", want, diff)
		}
	}
	if len(names) != 4 {
		t.Errorf("a change of the authorization, or of the routes, makes no new deployment: %v", names)
	}
}

// As text, bytes that are not UTF-8 would be replaced on their way, and the signature would not fit.
func TestTheRestAPIPassesBodiesOnByteForByte(t *testing.T) {
	t.Parallel()
	api := render(t, load(t, appFile), with(restAPI)).resources["RestApi"].properties
	if diff := cmp.Diff([]any{"*/*"}, api["BinaryMediaTypes"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheKeyIsForTheStage(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(restAPIWithKey))
	want := []any{map[string]any{"ApiId": "${RestApi}", "Stage": "${RestApiStage}"}}
	if diff := cmp.Diff(want, s.resources["RestApiUsagePlan"].properties["ApiStages"]); diff != "" {
		t.Errorf("usage plan (-want +got):\n%s", diff)
	}
	link := map[string]any{"UsagePlanId": "${RestApiUsagePlan}", "KeyId": "${RestApiKey}", "KeyType": "API_KEY"}
	if diff := cmp.Diff(link, s.resources["RestApiUsagePlanKey"].properties); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	// A value in the template, or in a parameter, would be readable wherever the stack is.
	if value, ok := s.resources["RestApiKey"].properties["Value"]; ok {
		t.Errorf("the key has the value %v, want one that API Gateway makes", value)
	}
	if s.outputs["RestApiKeyId"] != "${RestApiKey}" {
		t.Errorf("output %v", s.outputs["RestApiKeyId"])
	}
}

func TestWebACL(t *testing.T) {
	t.Parallel()
	for _, given := range []parameters{httpAPI, restAPI, {"EnableHttp": "false", "HttpApiType": "REST", "WebAclArn": webACL}} {
		if got := render(t, load(t, appFile), with(given)).ofKind("AWS::WAFv2::WebACLAssociation"); len(got) > 0 {
			t.Errorf("%v: %v", given, got)
		}
	}
	s := render(t, load(t, appFile), with(restAPI, parameters{"WebAclArn": webACL}))
	stage := "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestApi}/stages/${RestApiStage}"
	want := map[string]any{"ResourceArn": stage, "WebACLArn": webACL}
	if diff := cmp.Diff(want, s.resources["RestApiWebAclAssociation"].properties); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.outputs["RestApiStageArn"] != stage {
		t.Errorf("output %v", s.outputs["RestApiStageArn"])
	}
}
