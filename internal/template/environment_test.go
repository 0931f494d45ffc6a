package template

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
	"callback-completer/internal/webhook"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		file     string
		given    parameters
		function string
		want     map[string]any
	}{
		{
			"defaults", appFile, with(), "SqsFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CONCURRENCY":           "32",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"all given", appFile, with(parameters{"Concurrency": "8", "SendTaskRate": "0", "LogLevel": "DEBUG", "Mapping": ".detail"}), "SqsFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "0",
				"CONCURRENCY":           "8",
				"LOG_LEVEL":             "DEBUG",
				"MAPPING":               ".detail",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"events, defaults", appFile, with(parameters{"EnableEventBridge": "true"}), "EventBridgeFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"events, all given", appFile,
			with(parameters{"EnableEventBridge": "true", "Concurrency": "8", "LogLevel": "DEBUG", "Mapping": ".detail"}),
			"EventBridgeFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"LOG_LEVEL":             "DEBUG",
				"MAPPING":               ".detail",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"HTTP alone", appFile, with(httpAPI, parameters{"EnableSqs": "false"}), "HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CALLBACKS_AUTHORIZER":  "iam",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"HTTP, all given", appFile,
			with(restAPIWithKey, parameters{"LogLevel": "DEBUG", "Mapping": ".detail", "WebhookSources": `[{"name":"acme"}]`}),
			"HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CALLBACK_QUEUE_URL":    "${CallbackQueue}",
				"CALLBACKS_AUTHORIZER":  "api-key",
				"WEBHOOK_SOURCES":       `[{"name":"acme"}]`,
				"MAPPING":               ".detail",
				"LOG_LEVEL":             "DEBUG",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"HTTP, existing queue", appFile,
			with(httpAPIWithJWT, parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers.fifo", "Fifo": "true"}), "HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CALLBACK_QUEUE_URL":    "https://sqs.eu-west-1.${AWS::URLSuffix}/123456789012/answers.fifo",
				"CALLBACKS_AUTHORIZER":  "jwt",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"pages of approvals", appFile, with(httpAPI, approvals, channels, parameters{"EnableSqs": "false"}), "HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CALLBACKS_AUTHORIZER":  "iam",
				"APPROVALS_TABLE":       "${ApprovalTable}",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"pages behind a load balancer", appFile,
			with(httpAPI, approvals, balancer, parameters{"EnableSqs": "false", "ApprovalsLoginClient": "client-1"}), "HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL":       "${DeadLetterQueue}",
				"SEND_TASK_RATE":              "300",
				"CALLBACKS_AUTHORIZER":        "iam",
				"APPROVALS_TABLE":             "${ApprovalTable}",
				"APPROVALS_LOAD_BALANCER_ARN": balancer["ApprovalsLoadBalancerArn"],
				"APPROVALS_LOGIN_CLIENT":      "client-1",
				"LOG_LEVEL":                   "INFO",
				"METRICS_NAMESPACE":           "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"approvals behind a load balancer", appFile, with(restAPI, approvals, balancer), "ApprovalFunction",
			map[string]any{
				"LINK_MODE":         "stored",
				"APPROVALS_TABLE":   "${ApprovalTable}",
				"APPROVAL_BASE_URL": "https://approvals.example.com",
				"APPROVAL_IDENTITY": "verified",
				"LOG_LEVEL":         "INFO",
				"METRICS_NAMESPACE": "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"approvals, defaults", appFile, with(httpAPI, approvals), "ApprovalFunction",
			map[string]any{
				"LINK_MODE":         "stored",
				"APPROVALS_TABLE":   "${ApprovalTable}",
				"APPROVAL_BASE_URL": "${HttpApi.ApiEndpoint}",
				"LOG_LEVEL":         "INFO",
				"METRICS_NAMESPACE": "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"approvals by REST", appFile, with(restAPI, approvals, parameters{"LogLevel": "DEBUG"}), "ApprovalFunction",
			map[string]any{
				"LINK_MODE":         "stored",
				"APPROVALS_TABLE":   "${ApprovalTable}",
				"APPROVAL_BASE_URL": "https://${RestApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${RestApiStage}",
				"LOG_LEVEL":         "DEBUG",
				"METRICS_NAMESPACE": "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"approvals, all given", appFile,
			with(httpAPI, approvals, channels, parameters{"ApprovalBaseUrl": "https://approvals.example.com", "ApprovalSlackButtons": "true"}), "ApprovalFunction",
			map[string]any{
				"LINK_MODE":              "stored",
				"APPROVALS_TABLE":        "${ApprovalTable}",
				"APPROVAL_BASE_URL":      "https://approvals.example.com",
				"APPROVAL_TOPIC_ARN":     "arn:aws:sns:eu-west-1:123456789012:asked.fifo",
				"APPROVAL_MAIL_FROM":     "Approvals <ask@example.com>",
				"APPROVAL_SLACK_WEBHOOK": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf:url:AWSCURRENT",
				"APPROVAL_SLACK_BUTTONS": "true",
				"APPROVAL_EVENT_BUS":     "asked",
				"LOG_LEVEL":              "INFO",
				"METRICS_NAMESPACE":      "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"sealed approvals", appFile, with(httpAPI, approvals, sealed), "ApprovalFunction",
			map[string]any{
				"LINK_MODE":         "sealed",
				"APPROVAL_KEYS":     keysARN + ":keyring:AWSCURRENT",
				"APPROVAL_BASE_URL": "${HttpApi.ApiEndpoint}",
				"LOG_LEVEL":         "INFO",
				"METRICS_NAMESPACE": "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"pages of sealed approvals", appFile, with(httpAPI, approvals, sealed, parameters{"EnableSqs": "false"}), "HttpFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"CALLBACKS_AUTHORIZER":  "iam",
				"APPROVAL_KEYS":         keysARN + ":keyring:AWSCURRENT",
				"SEND_TASK_RATE":        "300",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"webhooks on the queue", appFile, with(parameters{"WebhookSources": `[{"name":"acme"}]`}), "SqsFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"SEND_TASK_RATE":        "300",
				"CONCURRENCY":           "32",
				"WEBHOOK_SOURCES":       `[{"name":"acme"}]`,
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"example", exampleFile,
			parameters{"CallbackQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"},
			"OrderWorkerFunction",
			map[string]any{"CALLBACK_QUEUE_URL": "https://sqs.eu-west-1.${AWS::URLSuffix}/123456789012/answers"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			function := render(t, load(t, test.file), test.given).resources[test.function]
			if diff := cmp.Diff(map[string]any{"Variables": test.want}, function.properties["Environment"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The names and the bounds of the settings stand in two places; neither may refuse what the other allows.
func TestFunctionAcceptsItsEnvironment(t *testing.T) {
	t.Parallel()
	for _, given := range []parameters{
		{},
		{"Concurrency": "1", "SendTaskRate": "0", "LogLevel": "DEBUG", "Mapping": ".detail", "WebhookSources": webhooks["WebhookSources"]},
		{"Concurrency": "512", "SendTaskRate": "100000", "LogLevel": "WARN", "WebhookSources": "[]"},
		{"LogLevel": "ERROR", "ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"},
	} {
		s := render(t, load(t, appFile), with(given, parameters{"EnableEventBridge": "true"}, httpAPI))
		queue, err := config.LoadSQS(environment(s, "SqsFunction"))
		if err != nil {
			t.Errorf("%v: %v", given, err)
		}
		if want := given["Concurrency"]; want != "" && strconv.Itoa(queue.Concurrency) != want {
			t.Errorf("%v: the function reads the concurrency %d", given, queue.Concurrency)
		}
		if want := given["SendTaskRate"]; want != "" && strconv.Itoa(queue.SendTaskRate) != want {
			t.Errorf("%v: the function reads the rate %d", given, queue.SendTaskRate)
		}
		events, err := config.LoadEventBridge(environment(s, "EventBridgeFunction"))
		if err != nil {
			t.Errorf("%v: %v", given, err)
		}
		http, err := config.LoadHTTP(environment(s, "HttpFunction"))
		if err != nil {
			t.Errorf("%v: %v", given, err)
		}
		if http.CallbackQueueURL == "" {
			t.Errorf("%v: the function knows no callback queue", given)
		}
		for _, settings := range []config.Common{queue.Common, events.Common, http.Common} {
			if want := given["Mapping"]; settings.Mapping != want {
				t.Errorf("%v: the function reads the mapping %q", given, settings.Mapping)
			}
			if want := given["LogLevel"]; want != "" && settings.LogLevel.String() != want {
				t.Errorf("%v: the function reads the level %v", given, settings.LogLevel)
			}
			if got := settings.MetricsNamespace; got != "CallbackCompleter/${AWS::StackName}" {
				t.Errorf("%v: the function reads the namespace %q", given, got)
			}
		}
		for _, sources := range [][]webhook.Source{queue.WebhookSources, http.WebhookSources} {
			if want := strings.Count(given["WebhookSources"], `"name"`); len(sources) != want {
				t.Errorf("%v: the function reads %d sources", given, len(sources))
			}
		}
	}
}

// What the template takes for a load balancer, the function finds keys for.
func TestFunctionKnowsTheLoadBalancer(t *testing.T) {
	t.Parallel()
	for _, given := range []parameters{balancer, merged(balancer, tokens)} {
		got, err := config.LoadHTTP(environment(render(t, load(t, appFile), with(httpAPI, approvals, given)), "HttpFunction"))
		if err != nil || got.ApprovalsLoadBalancer.ARN != balancer["ApprovalsLoadBalancerArn"] {
			t.Errorf("%v: %+v, %v", given, got.ApprovalsLoadBalancer, err)
		}
	}
}

func TestFunctionKnowsEveryAuthorizer(t *testing.T) {
	t.Parallel()
	for want, given := range map[config.Authorizer]parameters{
		config.IAMAuthorizer: httpAPI, config.JWTAuthorizer: httpAPIWithJWT, config.APIKeyAuthorizer: restAPIWithKey,
	} {
		got, err := config.LoadHTTP(environment(render(t, load(t, appFile), with(given)), "HttpFunction"))
		if err != nil || got.CallbacksAuthorizer != want {
			t.Errorf("the function demands %q, want %q: %v", got.CallbacksAuthorizer, want, err)
		}
	}
}

// Links of both kinds are answered on the way from one to the other, whichever it is.
func TestFunctionsKnowWhereRequestsAre(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		given       parameters
		asks, pages string
	}{
		{parameters{}, "stored", "stored"},
		{parameters{"LinkMode": "stored", "ApprovalKeysArn": keysARN}, "stored", "stored and sealed"},
		{parameters{"LinkMode": "both", "ApprovalKeysArn": keysARN}, "sealed", "stored and sealed"},
		{parameters{"LinkMode": "sealed", "ApprovalKeysArn": keysARN}, "sealed", "sealed"},
	} {
		s := render(t, load(t, appFile), with(httpAPI, approvals, tt.given))
		approval, err := config.LoadApproval(environment(s, "ApprovalFunction"))
		if asks := map[bool]string{false: "stored", true: "sealed"}[approval.Sealed]; err != nil || asks != tt.asks {
			t.Errorf("%v: asks by links that are %s: %v", tt.given, asks, err)
		}
		http, err := config.LoadHTTP(environment(s, "HttpFunction"))
		var pages []string
		if http.ApprovalsTable != "" {
			pages = append(pages, "stored")
		}
		if http.ApprovalKeys.ARN == keysARN {
			pages = append(pages, "sealed")
		}
		if got := strings.Join(pages, " and "); err != nil || got != tt.pages {
			t.Errorf("%v: answers links that are %s: %v", tt.given, got, err)
		}
	}
}

// A variable that no function reads is a misspelt one.
func TestEveryVariableIsRead(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true", "Mapping": ".detail", "ApprovalsLoginClient": "c"}, httpAPI, webhooks, approvals, channels, balancer, tokens, sealed, parameters{"LinkMode": "both"}))
	for id, read := range map[string]func(config.Lookup) error{
		"SqsFunction":         func(l config.Lookup) error { _, err := config.LoadSQS(l); return err },
		"EventBridgeFunction": func(l config.Lookup) error { _, err := config.LoadEventBridge(l); return err },
		"HttpFunction":        func(l config.Lookup) error { _, err := config.LoadHTTP(l); return err },
		"ApprovalFunction":    func(l config.Lookup) error { _, err := config.LoadApproval(l); return err },
	} {
		left := maps.Clone(variables(s, id))
		lookup := environment(s, id)
		if err := read(func(name string) (string, bool) { delete(left, name); return lookup(name) }); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if len(left) > 0 {
			t.Errorf("%s is given what it does not read: %v", id, left)
		}
	}
}

// Lambda takes 4 KB of names and values. All but the two that users write fit into the rest, whatever they choose.
func TestTheEnvironmentLeavesRoomForMappingAndSources(t *testing.T) {
	t.Parallel()
	// CloudFormation makes the names of queues, of at most 80 characters, and of the table: the stack's, the logical id, 13 letters.
	const most, stackName = 4096, 128
	const queueURL = len("https://sqs.ap-southeast-1.amazonaws.com.cn/123456789012/") + 80
	const tableName = stackName + len("-ApprovalTable-") + 13
	declared := section(load(t, appFile), "Parameters")
	mapping := number(t, declared["Mapping"].(map[string]any)["MaxLength"])
	s := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true", "Mapping": "-", "LogLevel": "DEBUG"}, httpAPI, webhooks, approvals, balancer, tokens, sealed,
		parameters{"LinkMode": "both", "ApprovalsLoginClient": strings.Repeat("c", number(t, declared["ApprovalsLoginClient"].(map[string]any)["MaxLength"]))}))
	keys := number(t, declared["ApprovalKeysArn"].(map[string]any)["MaxLength"])
	for id := range s.ofKind("AWS::Serverless::Function") {
		size := mapping
		for name, value := range variables(s, id) {
			size += len(name)
			switch name {
			case config.EnvMapping, config.EnvWebhookSources: // counted: together they have what one may have
			case config.EnvDeadLetterQueueURL, config.EnvCallbackQueueURL:
				size += queueURL
			case config.EnvApprovalsTable:
				size += tableName
			case config.EnvApprovalKeys:
				size += keys
			case config.EnvMetricsNamespace:
				size += len("CallbackCompleter/") + stackName
			default:
				size += len(fmt.Sprint(value))
			}
		}
		if size > most {
			t.Errorf("the environment of %s has up to %d bytes, Lambda takes %d", id, size, most)
		}
	}
}

// variables returns the environment of a function as the template has it.
func variables(s *stack, function string) map[string]any {
	return s.resources[function].properties["Environment"].(map[string]any)["Variables"].(map[string]any)
}

// environment returns what a function finds in its environment; the URLs of the queues and the API exist only after a deployment.
func environment(s *stack, function string) config.Lookup {
	found := variables(s, function)
	return func(name string) (string, bool) {
		value, ok := found[name].(string)
		if ok && (name == config.EnvDeadLetterQueueURL || name == config.EnvCallbackQueueURL) {
			value = "https://sqs.eu-west-1.amazonaws.com/123456789012/queue"
		}
		if ok && name == config.EnvApprovalBaseURL && strings.HasPrefix(value, "${") {
			value = "https://example.execute-api.eu-west-1.amazonaws.com"
		}
		return value, ok
	}
}
