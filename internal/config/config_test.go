package config_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
	"callback-completer/internal/webhook"
)

func lookup(m map[string]string) config.Lookup {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}

const queueURL = "https://sqs.eu-west-1.amazonaws.com/123456789012/dlq"

func TestLoadSQS(t *testing.T) {
	t.Parallel()
	defaults := config.SQS{Concurrency: 32, Common: config.Common{
		DeadLetterQueueURL: queueURL, LogLevel: slog.LevelInfo, MetricsNamespace: "CallbackCompleter",
		DeadlineMargin: 500 * time.Millisecond, TokenEnvironment: "TASK_TOKEN", TokenParameter: "taskToken", SendTaskRate: 300,
	}}
	tests := []struct {
		name string
		env  map[string]string
		want config.SQS
	}{
		{"least", map[string]string{"DEAD_LETTER_QUEUE_URL": queueURL}, defaults},
		{"empty is not set", map[string]string{
			"DEAD_LETTER_QUEUE_URL": queueURL, "CONCURRENCY": "", "MAPPING": " \n", "LOG_LEVEL": "", "METRICS_NAMESPACE": "", "DEADLINE_MARGIN": "",
		}, defaults},
		{"all", map[string]string{
			"DEAD_LETTER_QUEUE_URL": "http://127.0.0.1:4566/1/dlq", "CONCURRENCY": "512", "MAPPING": " .x\n", "LOG_LEVEL": "DEBUG",
			"METRICS_NAMESPACE": "N", "DEADLINE_MARGIN": "2s", "SEND_TASK_RATE": "0", "TOKEN_ENVIRONMENT": "JOB_TOKEN", "TOKEN_PARAMETER": "token", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
		}, config.SQS{Concurrency: 512, Common: config.Common{
			DeadLetterQueueURL: "http://127.0.0.1:4566/1/dlq", Mapping: ".x", LogLevel: slog.LevelDebug, MetricsNamespace: "N",
			DeadlineMargin: 2 * time.Second, TokenEnvironment: "JOB_TOKEN", TokenParameter: "token", MemoryMB: 256,
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.LoadSQS(lookup(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			eventBridge, err := config.LoadEventBridge(lookup(tt.env))
			if diff := cmp.Diff(tt.want.Common, eventBridge.Common); diff != "" || err != nil {
				t.Errorf("settings of functions/eventbridge: %v (-want +got):\n%s", err, diff)
			}
			http, err := config.LoadHTTP(lookup(tt.env))
			if diff := cmp.Diff(tt.want.Common, http.Common); diff != "" || err != nil {
				t.Errorf("settings of functions/http: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

const balancerARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/people/50dc6c495c0c9188"

// TestALoginsClientNeedsALoadBalancer: it would be demanded of nobody.
func TestALoginsClientNeedsALoadBalancer(t *testing.T) {
	t.Parallel()
	_, err := config.LoadHTTP(lookup(map[string]string{"DEAD_LETTER_QUEUE_URL": queueURL, "APPROVALS_LOGIN_CLIENT": "client-1"}))
	if err == nil || err.Error() != "APPROVALS_LOGIN_CLIENT: needs APPROVALS_LOAD_BALANCER_ARN: it is a load balancer that logs people in" {
		t.Error(err)
	}
}

const (
	secretARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-AbCdEf"
	sources   = `[{"name": "acme", "scheme": "standard-webhooks", "secret": "` + secretARN + `", "mapping": "canonical"}]`
)

func TestLoadHTTP(t *testing.T) {
	t.Parallel()
	least, err := config.LoadHTTP(lookup(map[string]string{"DEAD_LETTER_QUEUE_URL": queueURL, "WEBHOOK_SOURCES": " ", "CALLBACK_QUEUE_URL": "", "APPROVALS_TABLE": " ", "APPROVAL_KEYS": " "}))
	if err != nil || least.CallbacksAuthorizer != "iam" || least.ApprovalsAuthorizer != "none" || least.ApprovalsLoadBalancer.ARN+least.ApprovalsLoginClient != "" || least.CallbackQueueURL+least.ApprovalsTable+least.ApprovalKeys.ARN != "" || len(least.WebhookSources) > 0 {
		t.Errorf("settings %+v, %v", least, err)
	}
	env := map[string]string{
		"DEAD_LETTER_QUEUE_URL": queueURL, "WEBHOOK_SOURCES": sources, "CALLBACK_QUEUE_URL": queueURL + "-2", "CALLBACKS_AUTHORIZER": " JWT ",
		"APPROVALS_TABLE": " approvals\n", "APPROVALS_AUTHORIZER": " IAM", "APPROVALS_LOAD_BALANCER_ARN": balancerARN + "\n", "APPROVALS_LOGIN_CLIENT": " client-1",
		"APPROVAL_KEYS": " " + secretARN + ":keyring",
	}
	all, err := config.LoadHTTP(lookup(env))
	if err != nil || all.CallbacksAuthorizer != "jwt" || all.CallbackQueueURL != queueURL+"-2" || all.ApprovalsTable != "approvals" ||
		all.ApprovalKeys.ARN != secretARN || all.ApprovalKeys.Key != "keyring" {
		t.Errorf("settings %+v, %v", all, err)
	}
	if all.ApprovalsAuthorizer != "iam" || all.ApprovalsLoadBalancer.ARN != balancerARN || all.ApprovalsLoginClient != "client-1" {
		t.Errorf("settings %+v", all)
	}
	sqs, err := config.LoadSQS(lookup(env))
	if err != nil {
		t.Error(err)
	}
	for _, list := range [][]webhook.Source{all.WebhookSources, sqs.WebhookSources} {
		if len(list) != 1 || list[0].Name != "acme" || list[0].Mapping != "canonical" || list[0].Secrets[0].ARN != secretARN {
			t.Errorf("sources %+v", list)
		}
	}
}

func TestLoadHTTPReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := config.LoadHTTP(lookup(map[string]string{
		"WEBHOOK_SOURCES": `[{"name": "acme"}]`, "CALLBACK_QUEUE_URL": "callbacks", "CALLBACKS_AUTHORIZER": "cognito",
		"APPROVALS_AUTHORIZER": "api-key", "APPROVALS_LOAD_BALANCER_ARN": strings.Replace(balancerARN, "/app/", "/net/", 1),
		"APPROVAL_KEYS": "keyring",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"DEAD_LETTER_QUEUE_URL: is required", `CALLBACKS_AUTHORIZER: "cognito" is none of iam, jwt, api-key and none`, "CALLBACK_QUEUE_URL: is no queue URL",
		`WEBHOOK_SOURCES: webhook source "acme": `, "APPROVAL_KEYS: ", `APPROVALS_AUTHORIZER: "api-key" is none of iam, jwt and none`,
		"APPROVALS_LOAD_BALANCER_ARN: is no ARN of an Application Load Balancer, like arn:aws:elasticloadbalancing:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("problems %q lack %q", err, want)
		}
	}
}

func TestLoadSQSReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := config.LoadSQS(lookup(map[string]string{"CONCURRENCY": "0", "LOG_LEVEL": "loud", "DEADLINE_MARGIN": "1"}))
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		"DEAD_LETTER_QUEUE_URL: is required: the URL of the dead-letter queue",
		`CONCURRENCY: "0" is no whole number from 1 to 512`,
		`LOG_LEVEL: "loud" is none of debug, info, warn and error`,
		`DEADLINE_MARGIN: "1" is no duration from 100ms to 1m0s, like 500ms`,
	}
	got := strings.Split(err.Error(), "\n")
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLoadSQSRefuses(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"SEND_TASK_RATE":        {"-1", "100001", "300/s", "0.5"},
		"CONCURRENCY":           {"513", "-1", "many", "1.5"},
		"DEAD_LETTER_QUEUE_URL": {"dlq", "arn:aws:sqs:eu-west-1:123456789012:dlq", "https://", "ftp://host/dlq", "http://[::1"},
		"DEADLINE_MARGIN":       {"99ms", "2m", "soon"},
	} {
		for _, v := range values {
			env := map[string]string{"DEAD_LETTER_QUEUE_URL": queueURL}
			env[name] = v
			if _, err := config.LoadSQS(lookup(env)); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("%s=%s: %v", name, v, err)
			}
		}
	}
}

func TestLogLevelIsLenient(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]slog.Level{"": slog.LevelInfo, "warn": slog.LevelWarn, "Error": slog.LevelError, "loud": slog.LevelInfo} {
		if got := config.LogLevel(lookup(map[string]string{"LOG_LEVEL": v})); got != want {
			t.Errorf("LOG_LEVEL=%s: %v, want %v", v, got, want)
		}
	}
}
