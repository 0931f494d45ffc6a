package template

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loginExample are the parameters of the rules that log people in.
var loginExample = parameters{
	"ListenerArn":           "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/people/50dc6c495c0c9188/f2f7dc8efc522ab2",
	"TargetGroupArn":        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/approvals-0123abcd-0123456789ab/73e2d6bc24d8a067",
	"HostName":              "approvals.example.com",
	"Issuer":                "https://id.example.com",
	"AuthorizationEndpoint": "https://id.example.com/authorize",
	"TokenEndpoint":         "https://id.example.com/token",
	"UserInfoEndpoint":      "https://id.example.com/userinfo",
	"ClientId":              "client-1",
	"ClientSecretArn":       "arn:aws:secretsmanager:eu-west-1:123456789012:secret:idp-AbCdEf",
}

// Every way to the target group is through a login, and a form is not sent to the identity provider, where it would be lost.
func TestTheExampleLogsPeopleIn(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, loginExampleFile), loginExample)
	rules := s.ofKind("AWS::ElasticLoadBalancingV2::ListenerRule")
	if len(rules) != 2 || len(s.resources) != 2 {
		t.Fatalf("%d rules, %d resources", len(rules), len(s.resources))
	}
	for id, onStranger := range map[string]string{"FormRule": "deny", "PageRule": "authenticate"} {
		want := []any{
			map[string]any{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": map[string]any{
				"Issuer": "https://id.example.com", "AuthorizationEndpoint": "https://id.example.com/authorize", "TokenEndpoint": "https://id.example.com/token",
				"UserInfoEndpoint": "https://id.example.com/userinfo", "ClientId": "client-1", "Scope": "openid email", "SessionTimeout": 28800,
				"ClientSecret":             "{{resolve:secretsmanager:" + loginExample["ClientSecretArn"] + ":SecretString:clientSecret}}",
				"OnUnauthenticatedRequest": onStranger,
			}},
			map[string]any{"Type": "forward", "Order": 2, "TargetGroupArn": loginExample["TargetGroupArn"]},
		}
		if diff := cmp.Diff(want, rules[id].properties["Actions"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		conditions := fmt.Sprint(rules[id].properties["Conditions"])
		if !strings.Contains(conditions, "[/approvals/*]") || !strings.Contains(conditions, "[approvals.example.com]") || strings.Contains(conditions, "[POST]") != (id == "FormRule") {
			t.Errorf("%s: %s", id, conditions)
		}
	}
	if number(t, rules["FormRule"].properties["Priority"]) >= number(t, rules["PageRule"].properties["Priority"]) {
		t.Error("the listener looks at the rule for pages first, which takes forms too")
	}
}

// What the stack gives out is what the example takes.
func TestTheExampleTakesTheTargetGroup(t *testing.T) {
	t.Parallel()
	name := fmt.Sprint(render(t, load(t, appFile), with(httpAPI, approvals, balancer)).resources["ApprovalTargetGroup"].properties["Name"])
	name = strings.NewReplacer("${AWS::StackId}[2][0]", "0123abcd", "${AWS::StackId}[2][4]", "0123456789ab").Replace(name)
	given := "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/" + name + "/73e2d6bc24d8a067"
	if given != loginExample["TargetGroupArn"] {
		t.Errorf("%s", given)
	}
	declared := section(load(t, loginExampleFile), "Parameters")
	for parameter, value := range loginExample {
		pattern, ok := declared[parameter].(map[string]any)["AllowedPattern"].(string)
		if !ok || !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("%s refuses %q", parameter, value)
		}
	}
}
