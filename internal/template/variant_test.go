package template

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"callback-completer/internal/race"
)

// required is the one parameter of the application without a default.
var required = parameters{"StateMachineArns": "arn:aws:states:eu-west-1:123456789012:stateMachine:Orders"}

// setting is a choice of parameters with a name for the test's output.
type setting struct {
	name   string
	values parameters
}

// Queue, events and HTTP are switched on by themselves, HTTP in several ways.
var (
	inward = []setting{
		{"queue", parameters{}},
		{"queue and events", parameters{"EnableEventBridge": "true"}},
		{"queue with events", parameters{"EnableEventBridge": "true", "EventBridgeToQueue": "true"}},
		{"events", parameters{"EnableSqs": "false", "EnableEventBridge": "true"}},
		{"neither queue nor events", parameters{"EnableSqs": "false"}},
	}
	doors = []setting{
		{"no API", parameters{}},
		{"HTTP API", httpAPI},
		{"HTTP API with JWT", httpAPIWithJWT},
		{"REST API", restAPI},
		{"REST API with key", restAPIWithKey},
		{"HTTP API with approvals", merged(httpAPI, approvals)},
		{"HTTP API with JWT and approvals", merged(httpAPIWithJWT, approvals)},
		{"REST API with approvals", merged(restAPI, approvals)},
		{"REST API with key and approvals", merged(restAPIWithKey, approvals)},
	}

	httpAPI        = parameters{"EnableHttp": "true"}
	httpAPIWithJWT = parameters{
		"EnableHttp": "true", "CallbacksAuthorizer": "JWT", "JwtIssuer": "https://id.example.com/pool", "JwtAudience": "workers,partners",
	}
	restAPI        = parameters{"EnableHttp": "true", "HttpApiType": "REST"}
	restAPIWithKey = parameters{"EnableHttp": "true", "HttpApiType": "REST", "CallbacksAuthorizer": "API_KEY"}
)

// logins are the ways to know who answers on the page; they change nothing else.
var logins = []setting{
	{"load balancer", merged(httpAPI, approvals, balancer)},
	{"load balancer, REST API", merged(restAPI, approvals, balancer)},
	{"load balancer, REST API with key", merged(restAPIWithKey, approvals, balancer)},
	{"tokens", merged(httpAPI, approvals, tokens)},
	{"tokens, for callbacks too", merged(httpAPIWithJWT, approvals, tokens)},
	{"credentials", merged(httpAPI, approvals, credentials)},
	{"credentials, tokens for callbacks", merged(httpAPIWithJWT, approvals, credentials)},
	{"load balancer and tokens", merged(httpAPI, approvals, balancer, tokens)},
	{"load balancer without approvals", merged(httpAPI, balancer)},
	{"tokens without approvals", merged(httpAPI, tokens)},
}

var (
	balancer = parameters{
		"ApprovalsLoadBalancerArn": "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/abcdefghijklmnopqrstuvwxyz012345/50dc6c495c0c9188",
		"ApprovalBaseUrl":          "https://approvals.example.com",
	}
	tokens      = parameters{"ApprovalsAuthorizer": "JWT", "JwtIssuer": "https://id.example.com/pool", "JwtAudience": "workers,partners"}
	credentials = parameters{"ApprovalsAuthorizer": "IAM"}
)

// triggers are the combinations of the triggers that the rules allow, which TestRulesAllowTheTriggers holds them to.
func triggers() []setting {
	var all []setting
	for _, in := range inward {
		for _, door := range doors {
			if in.values["EnableSqs"] == "false" && in.values["EnableEventBridge"] == "" && door.values["EnableHttp"] == "" {
				continue // nothing is on
			}
			all = append(all, setting{in.name + ", " + door.name, merged(in.values, door.values)})
		}
	}
	return all
}

// variants are those and the ways to do without the table of requests.
func variants() []setting {
	return append(
		triggers(),
		setting{"HTTP API with sealed approvals", merged(parameters{"EnableSqs": "false"}, httpAPI, approvals, sealed)},
		setting{"REST API with key and sealed approvals", merged(restAPIWithKey, approvals, sealed)},
		setting{"HTTP API with both kinds of approvals", merged(httpAPI, approvals, sealed, parameters{"LinkMode": "both"})},
	)
}

// switches are the other parameters that change which resources there are; every combination of them and the triggers is
// tested. The last are independent of each other and of the rest, so all of them together are enough. What approvals add depends
// on the last two alone.
var switches = []setting{
	{"existing queue", parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}},
	{"existing queue's key", parameters{"ExistingQueueKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/theirs"}},
	{"FIFO", parameters{"Fifo": "true"}},
	{"key", parameters{"KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}},
	{"options", merged(webhooks, channels, parameters{
		"MaximumConcurrency": "2", "AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:pager", "Mapping": ".detail",
		"SenderPrincipalArns": "arn:aws:iam::210987654321:role/a,arn:aws:iam::210987654321:role/b",
		"SenderSourceArns":    "arn:aws:sns:eu-west-1:123456789012:results",
	})},
}

var approvals = parameters{"EnableApprovals": "true"}

const keysARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:approvals/keys-AbCdEf"

var sealed = parameters{"LinkMode": "sealed", "ApprovalKeysArn": keysARN + ":keyring:AWSCURRENT"}

// channels are all the ways to the people who are asked.
var channels = parameters{
	"ApprovalTopicArn":         "arn:aws:sns:eu-west-1:123456789012:asked.fifo",
	"ApprovalMailFrom":         "Approvals <ask@example.com>",
	"ApprovalMailIdentityArns": "arn:aws:ses:eu-west-1:123456789012:identity/example.com,arn:aws:ses:eu-west-1:123456789012:configuration-set/plain",
	"ApprovalSlackWebhookArn":  "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf:url:AWSCURRENT",
	"ApprovalEventBus":         "asked",
	"ApprovalKmsKeyArns":       "arn:aws:kms:eu-west-1:123456789012:key/channels",
}

var webhooks = parameters{
	"WebhookSources":          `[{"name":"acme","scheme":"standard-webhooks","secret":"arn:aws:ssm:eu-west-1:123456789012:parameter/acme"}]`,
	"WebhookSecretArns":       "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-??????,arn:aws:ssm:eu-west-1:123456789012:parameter/acme",
	"WebhookSecretKmsKeyArns": "arn:aws:kms:eu-west-1:123456789012:key/secrets",
}

func merged(several ...parameters) parameters {
	all := parameters{}
	for _, values := range several {
		maps.Copy(all, values)
	}
	return all
}

// with returns the required parameters and the given ones.
func with(given ...parameters) parameters {
	return merged(append([]parameters{required}, given...)...)
}

// approvalExample are the parameters of the example that asks people.
var approvalExample = parameters{
	"ApprovalFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:ask", "Approver": "bob@example.com",
}

// forEveryStack runs check on the examples and on every variant of the application.
func forEveryStack(t *testing.T, check func(s *stack)) {
	t.Helper()
	forEveryApp(t, check)
	document := load(t, exampleFile)
	for name, key := range map[string]string{"example": "", "example with key": "arn:aws:kms:eu-west-1:123456789012:key/ours"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(render(t, document, parameters{
				"CallbackQueueArn":       "arn:aws:sqs:eu-west-1:123456789012:answers",
				"CallbackQueueKmsKeyArn": key,
			}))
		})
	}
	t.Run("example of approvals", func(t *testing.T) {
		t.Parallel()
		check(render(t, load(t, approvalExampleFile), approvalExample))
	})
}

// forEveryApp runs check on every variant of the application. The variants are many and a check is short: one after the other
// they take less than beside each other.
func forEveryApp(t *testing.T, check func(s *stack)) {
	t.Helper()
	document := load(t, appFile)
	for i, app := range apps() {
		if race.Enabled && i%5 > 0 { // nothing here is concurrent but the tests
			continue
		}
		t.Run(app.name, func(t *testing.T) { check(renderOnce(t, app.name, document, app.values)) })
	}
}

// apps are all the variants with every combination of the switches.
var apps = sync.OnceValue(func() []setting {
	var all []setting
	for _, trigger := range slices.Concat(variants(), logins) {
		for set := range 1 << len(switches) {
			if others := 1<<(len(switches)-2) - 1; trigger.values["EnableApprovals"] != "" && set&others != 0 {
				continue
			}
			given, names := with(trigger.values), []string{trigger.name}
			for i, on := range switches {
				if set&(1<<i) != 0 {
					maps.Copy(given, on.values)
					names = append(names, on.name)
				}
			}
			all = append(all, setting{strings.Join(names, ", "), given})
		}
	}
	return all
})

func (s *stack) readsQueue() bool { return s.parameters["EnableSqs"] == "true" }

func (s *stack) takesEvents() bool { return s.parameters["EnableEventBridge"] == "true" }

func (s *stack) queuesEvents() bool { return s.parameters["EventBridgeToQueue"] == "true" }

func (s *stack) servesHTTP() bool { return s.parameters["EnableHttp"] == "true" }

func (s *stack) asksPeople() bool { return s.parameters["EnableApprovals"] == "true" }

// isBalanced reports whether a load balancer leads to the pages.
func (s *stack) isBalanced() bool {
	return s.asksPeople() && s.parameters["ApprovalsLoadBalancerArn"] != ""
}

// pagesFor returns what the API demands for the pages, if it has them.
func (s *stack) pagesFor() (authorizer string, ok bool) {
	authorizer = s.parameters["ApprovalsAuthorizer"]
	return authorizer, s.asksPeople() && (authorizer != "NONE" || !s.isBalanced())
}

// storesRequests: requests are in a table, and nowhere else.
func (s *stack) storesRequests() bool { return s.asksPeople() && s.parameters["LinkMode"] == "stored" }

// hasTable: there are requests in a table.
func (s *stack) hasTable() bool { return s.asksPeople() && s.parameters["LinkMode"] != "sealed" }

func (s *stack) isREST() bool { return s.parameters["HttpApiType"] == "REST" }

func (s *stack) authorizer() string { return s.parameters["CallbacksAuthorizer"] }
