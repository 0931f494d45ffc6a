package template

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryParameterIsDescribedAndBounded(t *testing.T) {
	t.Parallel()
	for _, file := range []string{appFile, exampleFile, approvalExampleFile, loginExampleFile} {
		for name, declared := range section(load(t, file), "Parameters") {
			fields := declared.(map[string]any)
			if text, _ := fields["Description"].(string); !strings.HasSuffix(text, ".") {
				t.Errorf("%s is described as %q", name, text)
			}
			has := func(field string) bool { return fields[field] != nil }
			bounded := has("AllowedValues") || has("MinValue") && has("MaxValue") || has("MaxLength") ||
				has("AllowedPattern") && has("ConstraintDescription")
			if !bounded {
				t.Errorf("%s takes any value", name)
			}
		}
	}
}

func TestEveryParameterHasAGroupAndALabel(t *testing.T) {
	t.Parallel()
	for _, file := range []string{appFile, exampleFile, approvalExampleFile, loginExampleFile} {
		document := load(t, file)
		want := slices.Sorted(maps.Keys(section(document, "Parameters")))
		form := section(section(document, "Metadata"), "AWS::CloudFormation::Interface")
		var grouped []string
		for _, group := range form["ParameterGroups"].([]any) {
			grouped = append(grouped, texts(group.(map[string]any)["Parameters"])...)
		}
		slices.Sort(grouped)
		if diff := cmp.Diff(want, grouped); diff != "" {
			t.Errorf("%s: in groups (-want +got):\n%s", file, diff)
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(section(form, "ParameterLabels")))); diff != "" {
			t.Errorf("%s: with labels (-want +got):\n%s", file, diff)
		}
	}
}

const webACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/callbacks/01234567-89ab-cdef-0123-456789abcdef"

func TestPatterns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		parameter string
		accepted  []string
		refused   []string
	}{
		{
			"StateMachineArns",
			[]string{
				"arn:aws:states:eu-west-1:123456789012:stateMachine:Orders",
				"arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:*",
				"*",
			},
			[]string{"", "Orders", "arn:aws:states:eu-west-1:123456789012:activity:A", "arn:aws:states:eu-west-1:123456789012:stateMachine:", "**"},
		},
		{
			"ExistingQueueArn",
			[]string{"", "arn:aws:sqs:eu-west-1:123456789012:answers", "arn:aws-cn:sqs:cn-north-1:123456789012:answers.fifo"},
			[]string{"answers", "https://sqs.eu-west-1.amazonaws.com/123456789012/answers", "arn:aws:sqs:eu-west-1:123456789012:*", "arn:aws:sns:eu-west-1:123456789012:answers"},
		},
		{
			"ExistingQueueKmsKeyArn",
			[]string{"", "arn:aws:kms:eu-west-1:123456789012:key/0a1b-2c"},
			[]string{"alias/aws/sqs", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/*"},
		},
		{
			"KmsKeyArn",
			[]string{"", "arn:aws:kms:eu-west-1:123456789012:key/0a1b-2c"},
			[]string{"alias/aws/sqs", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/*"},
		},
		{
			"SenderPrincipalArns",
			[]string{"", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/path/worker"},
			[]string{"*", "123456789012", "arn:aws:iam::123456789012:role/*", "arn:aws:sns:eu-west-1:123456789012:results"},
		},
		{
			"SenderSourceArns",
			[]string{"", "arn:aws:sns:eu-west-1:123456789012:results", "arn:aws:events:eu-west-1:123456789012:rule/bus/done"},
			[]string{"*", "arn:aws:sns:eu-west-1:123456789012:*", "arn:aws:iam::123456789012:root"},
		},
		{
			"EventPattern",
			[]string{`{"source": ["aws.batch"]}`, "\n{\n  \"source\": [\"aws.batch\"]\n}\n"},
			[]string{"", "aws.batch", `["aws.batch"]`},
		},
		{
			"EventBusName",
			[]string{"default", "answers", "aws.partner/example.com/answers"},
			[]string{"", "arn:aws:events:eu-west-1:123456789012:event-bus/answers", "two words"},
		},
		{
			"JwtIssuer",
			[]string{"", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "https://id.example.com/"},
			[]string{"id.example.com", "http://id.example.com", "https://", "https://id.example.com/?tenant=1", "https://id.example.com/ x"},
		},
		{
			"JwtAudience",
			[]string{"", "workers", "https://api.example.com/", "1example23456789"},
			[]string{"*", "two words", strings.Repeat("a", 201)},
		},
		{
			"WebAclArn",
			[]string{"", webACL},
			[]string{"arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/01234567-89ab-cdef-0123-456789abcdef", "arn:aws:waf::123456789012:webacl/1", webACL + "*"},
		},
		{
			"WebhookSources",
			[]string{"", "[]", "\n[\n {\"name\": \"acme\"}\n]\n"},
			[]string{"acme", `{"name": "acme"}`, `[`},
		},
		{
			"WebhookSecretArns",
			[]string{
				"", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:partners/acme-AbCdEf",
				"arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-??????",
				"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/partners/acme",
			},
			[]string{
				"*", "acme", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*", "arn:aws:ssm:eu-west-1:123456789012:parameter/*",
				"arn:aws:ssm:eu-west-1:123456789012:parameter/acme-??", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-AbCdEf:key",
				"arn:aws:sqs:eu-west-1:123456789012:answers",
			},
		},
		{
			"WebhookSecretKmsKeyArns",
			[]string{"", "arn:aws:kms:eu-west-1:123456789012:key/0a1b-2c"},
			[]string{"alias/aws/secretsmanager", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/*"},
		},
		{
			"ApprovalBaseUrl",
			[]string{"", "https://approvals.example.com", "https://example.com:8443/live/", "https://xn--e1afmkfd.example/a_b"},
			[]string{"approvals.example.com", "http://example.com", "https://", "https://example.com/?a=1", "https://a@example.com", "https://example.com/#a"},
		},
		{
			"ApprovalsLoadBalancerArn",
			[]string{
				"", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/50dc6c495c0c9188", balancer["ApprovalsLoadBalancerArn"],
				"arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/a/0123456789abcdef",
			},
			[]string{
				"people", "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/people/50dc6c495c0c9188",
				"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/*",
				"arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/people/50dc6c495c0c9188/f2f7dc8efc522ab2",
			},
		},
		{"ApprovalsLoginClient", []string{"", "1example23456789", "https://app.example.com/"}, []string{"two words", "a\n", "\u00e9"}},
		{
			"ApprovalTopicArn",
			[]string{"", "arn:aws:sns:eu-west-1:123456789012:asked", "arn:aws:sns:eu-west-1:123456789012:asked.fifo"},
			[]string{"asked", "arn:aws:sqs:eu-west-1:123456789012:asked", "arn:aws:sns:eu-west-1:123456789012:*"},
		},
		{
			"ApprovalMailFrom",
			[]string{"", "ask@example.com", "Approvals <ask@example.com>"},
			[]string{"example.com", "ask@", "Approvals <ask>", "Approvals ask@example.com", "a@example.com, b@example.com", "A\r\nBcc: <b@example.com>"},
		},
		{
			"ApprovalMailIdentityArns",
			[]string{
				"", "arn:aws:ses:eu-west-1:123456789012:identity/example.com", "arn:aws:ses:eu-west-1:123456789012:identity/ask@example.com",
				"arn:aws:ses:eu-west-1:123456789012:configuration-set/plain",
			},
			[]string{"*", "example.com", "arn:aws:ses:eu-west-1:123456789012:identity/*", "arn:aws:ses:eu-west-1:123456789012:template/a"},
		},
		{
			"ApprovalSlackWebhookArn",
			[]string{
				"", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack/asked-AbCdEf",
				"arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf:url",
				"arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf::AWSPREVIOUS",
				"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/slack",
			},
			[]string{
				"*", "https://hooks.slack.com/services/T0/B0/secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack",
				"arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-??????", "arn:aws:ssm:eu-west-1:123456789012:parameter/*",
			},
		},
		{
			"ApprovalKeysArn",
			[]string{"", keysARN, keysARN + ":keyring", keysARN + "::AWSPREVIOUS", "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/keys"},
			[]string{"*", "{}", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys", "arn:aws:ssm:eu-west-1:123456789012:parameter/*"},
		},
		{
			"ApprovalEventBus",
			[]string{"", "default", "asked", "arn:aws:events:eu-west-1:210987654321:event-bus/asked"},
			[]string{"*", "two words", "arn:aws:events:eu-west-1:123456789012:rule/asked", "arn:aws:events:eu-west-1:123456789012:event-bus/*"},
		},
		{
			"ApprovalKmsKeyArns",
			[]string{"", "arn:aws:kms:eu-west-1:123456789012:key/0a1b-2c"},
			[]string{"alias/aws/sns", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "arn:aws:kms:eu-west-1:123456789012:key/*"},
		},
		{
			"AlarmTopicArn",
			[]string{"", "arn:aws:sns:eu-west-1:123456789012:pager"},
			[]string{"pager", "arn:aws:sqs:eu-west-1:123456789012:pager", "arn:aws:sns:eu-west-1:123456789012:pager:4711"},
		},
	}
	declared := section(load(t, appFile), "Parameters")
	for _, test := range tests {
		pattern := regexp.MustCompile(declared[test.parameter].(map[string]any)["AllowedPattern"].(string))
		for _, value := range test.accepted {
			if !pattern.MatchString(value) {
				t.Errorf("%s refuses %q", test.parameter, value)
			}
		}
		for _, value := range test.refused {
			if pattern.MatchString(value) {
				t.Errorf("%s accepts %q", test.parameter, value)
			}
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		given parameters
		want  []string
	}{
		{parameters{}, nil},
		{parameters{"MaximumConcurrency": "1"}, []string{"ConcurrencyOfOne"}},
		{parameters{"MaximumConcurrency": "2"}, nil},
		{parameters{"BatchSize": "11"}, []string{"LargeBatch"}},
		{parameters{"BatchSize": "10000", "BatchWindow": "1"}, nil},
		{parameters{"Fifo": "true"}, nil},
		{parameters{"Fifo": "true", "BatchWindow": "1"}, []string{"FifoBatch"}},
		{parameters{"Fifo": "true", "BatchSize": "11", "BatchWindow": "1"}, []string{"FifoBatch"}},
		{parameters{"EnableSqs": "false"}, []string{"SomeTrigger"}},
		{parameters{"EventBridgeToQueue": "true"}, []string{"EventsNeedTheQueue"}},
		{parameters{"EnableSqs": "false", "EnableEventBridge": "true", "EventBridgeToQueue": "true"}, []string{"EventsNeedTheQueue"}},
		{parameters{"EnableSqs": "false", "EventBridgeToQueue": "true"}, []string{"EventsNeedTheQueue", "SomeTrigger"}},
		{parameters{"EnableSqs": "false", "EnableHttp": "true"}, nil},
		{httpAPIWithJWT, nil},
		{parameters{"CallbacksAuthorizer": "JWT", "JwtIssuer": "https://id.example.com"}, []string{"JwtOfTheHttpApi"}},
		{parameters{"CallbacksAuthorizer": "JWT", "JwtAudience": "workers"}, []string{"JwtOfTheHttpApi"}},
		{parameters{
			"CallbacksAuthorizer": "JWT", "JwtIssuer": "https://id.example.com", "JwtAudience": "workers", "HttpApiType": "REST",
		}, []string{"JwtOfTheHttpApi"}},
		{restAPIWithKey, nil},
		{parameters{"CallbacksAuthorizer": "API_KEY"}, []string{"ApiKeyOfTheRestApi"}},
		{parameters{"WebAclArn": webACL}, []string{"WebAclOfTheRestApi"}},
		{parameters{"WebAclArn": webACL, "HttpApiType": "REST"}, nil},
		{parameters{"EnableHttp": "true", "WebhookSources": "[{}]"}, []string{"SecretsOfTheWebhooks"}},
		{parameters{"EnableHttp": "true", "WebhookSources": "[{}]", "WebhookSecretArns": "arn:aws:ssm:eu-west-1:123456789012:parameter/acme"}, nil},
		{parameters{"WebhookSources": "[{}]"}, nil},
		{merged(httpAPI, approvals), nil},
		{approvals, []string{"ApprovalsNeedTheApi"}},
		{merged(httpAPI, approvals, channels), nil},
		{merged(httpAPI, approvals, balancer), nil},
		{merged(restAPI, approvals, balancer), nil},
		{merged(httpAPI, approvals, balancer, parameters{"ApprovalBaseUrl": ""}), []string{"LinksToTheLoadBalancer"}},
		{merged(httpAPI, approvals, balancer, parameters{"ApprovalsLoginClient": "client-1"}), nil},
		{merged(httpAPI, approvals, parameters{"ApprovalsLoginClient": "client-1"}), []string{"ClientOfTheLogin"}},
		{merged(httpAPI, approvals, tokens), nil},
		{merged(httpAPI, approvals, credentials), nil},
		{merged(httpAPI, approvals, balancer, tokens), nil},
		{merged(restAPI, approvals, tokens), []string{"AuthorizerOfTheApprovals"}},
		{merged(restAPI, approvals, credentials), []string{"AuthorizerOfTheApprovals"}},
		{merged(httpAPI, approvals, tokens, parameters{"JwtIssuer": ""}), []string{"JwtOfTheApprovals"}},
		{merged(httpAPI, approvals, tokens, parameters{"JwtAudience": ""}), []string{"JwtOfTheApprovals"}},
		{merged(httpAPI, approvals, parameters{"ApprovalMailFrom": "ask@example.com"}), []string{"MailsOfTheApprovals"}},
		{merged(httpAPI, approvals, channels, webhooks, parameters{"ApprovalSlackButtons": "true"}), nil},
		{merged(httpAPI, approvals, channels, parameters{"ApprovalSlackButtons": "true"}), []string{"ButtonsOfTheApprovals"}},
		{merged(httpAPI, approvals, sealed), nil},
		{merged(httpAPI, approvals, parameters{"ApprovalKeysArn": keysARN}), nil},
		{merged(httpAPI, approvals, parameters{"LinkMode": "sealed"}), []string{"KeysOfTheApprovals"}},
		{merged(httpAPI, approvals, parameters{"LinkMode": "both"}), []string{"KeysOfTheApprovals"}},
		{merged(httpAPI, approvals, sealed, parameters{"ApprovalsAuthorizer": "IAM"}), []string{"KeysOfTheApprovals"}},
		{merged(httpAPI, approvals, sealed, balancer), nil},
		{merged(httpAPI, approvals, webhooks, parameters{"ApprovalSlackButtons": "true"}), []string{"ButtonsOfTheApprovals"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, broken(render(t, load(t, appFile), with(test.given)))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.given, diff)
		}
	}
}

func TestRulesAllowTheTriggers(t *testing.T) {
	t.Parallel()
	var want, got []parameters
	document := load(t, appFile)
	names := []string{"EnableSqs", "EnableEventBridge", "EventBridgeToQueue", "EnableHttp", "HttpApiType", "CallbacksAuthorizer", "EnableApprovals"}
	for _, trigger := range triggers() {
		want = append(want, render(t, document, with(trigger.values)).only(names...))
	}
	jwt := parameters{"JwtIssuer": "https://id.example.com", "JwtAudience": "workers"}
	apis := []parameters{{"EnableHttp": "false", "HttpApiType": "HTTP", "CallbacksAuthorizer": "IAM"}}
	for _, kind := range allowed(t, "HttpApiType") {
		for _, authorizer := range allowed(t, "CallbacksAuthorizer") {
			apis = append(apis, parameters{"EnableHttp": "true", "HttpApiType": kind, "CallbacksAuthorizer": authorizer})
		}
	}
	for set := range 1 << 4 {
		for _, api := range apis {
			s := render(t, document, with(jwt, api, parameters{
				"EnableSqs":          strconv.FormatBool(set&1 != 0),
				"EnableEventBridge":  strconv.FormatBool(set&2 != 0),
				"EventBridgeToQueue": strconv.FormatBool(set&4 != 0),
				"EnableApprovals":    strconv.FormatBool(set&8 != 0),
			}))
			if len(broken(s)) == 0 {
				got = append(got, s.only(names...))
			}
		}
	}
	less := func(a, b parameters) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(want, less)
	slices.SortFunc(got, less)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-tested +allowed):\n%s", diff)
	}
}

// only returns some of the stack's parameters.
func (s *stack) only(names ...string) parameters {
	values := parameters{}
	for _, name := range names {
		values[name] = s.parameters[name]
	}
	return values
}

// broken returns the names of the rules that the stack's parameters break.
func broken(s *stack) []string {
	var names []string
	for name, rule := range section(s.document, "Rules") {
		fields := rule.(map[string]any)
		if condition, ok := fields["RuleCondition"]; ok && s.eval(condition) == false {
			continue
		}
		for _, assertion := range fields["Assertions"].([]any) {
			if s.eval(assertion.(map[string]any)["Assert"]) == false {
				names = append(names, name)
				break
			}
		}
	}
	slices.Sort(names)
	return names
}

// allowed returns the AllowedValues of a parameter of the application.
func allowed(t *testing.T, parameter string) []string {
	t.Helper()
	var values []string
	for _, value := range section(load(t, appFile), "Parameters")[parameter].(map[string]any)["AllowedValues"].([]any) {
		values = append(values, fmt.Sprint(value))
	}
	return values
}
