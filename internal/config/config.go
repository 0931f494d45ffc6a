// Package config reads the functions' settings from environment variables.
//
// It decides what is valid and says everything that is wrong at once, so that one failed deployment is enough to
// learn it all. It is handed the lookup: the process environment in a function, a map in a test.
package config

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"callback-completer/internal/login"
	"callback-completer/internal/webhook"
)

// Lookup returns the value of a variable and whether it is set. [os.LookupEnv] is one.
type Lookup func(name string) (string, bool)

// The environment variables.
const (
	EnvDeadLetterQueueURL = "DEAD_LETTER_QUEUE_URL"
	EnvConcurrency        = "CONCURRENCY"
	EnvMapping            = "MAPPING"
	EnvLogLevel           = "LOG_LEVEL"
	EnvMetricsNamespace   = "METRICS_NAMESPACE"
	EnvDeadlineMargin     = "DEADLINE_MARGIN"
	EnvTokenEnvironment   = "TOKEN_ENVIRONMENT" //nolint:gosec // the name of a name
	EnvTokenParameter     = "TOKEN_PARAMETER"   //nolint:gosec // the name of a name
	EnvSendTaskRate       = "SEND_TASK_RATE"

	EnvWebhookSources      = "WEBHOOK_SOURCES"
	EnvCallbackQueueURL    = "CALLBACK_QUEUE_URL"
	EnvCallbacksAuthorizer = "CALLBACKS_AUTHORIZER"
	EnvApprovalsTable      = "APPROVALS_TABLE"
	EnvApprovalKeys        = "APPROVAL_KEYS"

	EnvApprovalsAuthorizer   = "APPROVALS_AUTHORIZER"
	EnvApprovalsLoadBalancer = "APPROVALS_LOAD_BALANCER_ARN"
	EnvApprovalsLoginClient  = "APPROVALS_LOGIN_CLIENT"

	memorySize = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" // set by Lambda, in MB
)

// MaxConcurrency is what one execution environment can hold of sockets (1,024 file descriptors) with room to spare.
const MaxConcurrency = 512

// Common are the settings that every function has.
type Common struct {
	DeadLetterQueueURL string        // required
	Mapping            string        // one more jq program, tried first; none
	LogLevel           slog.Level    // debug, info, warn or error; info
	MetricsNamespace   string        // CallbackCompleter
	DeadlineMargin     time.Duration // 100 ms to 1 min; 500 ms, see package batch
	TokenEnvironment   string        // the environment variable in which an AWS job carries its token; TASK_TOKEN
	TokenParameter     string        // the parameter or tag in which it does; taskToken
	SendTaskRate       int           // quota of each of the SendTask* calls, a second, 0 (none) to 100,000; 300, what most regions have
	MemoryMB           int           // what Lambda gives the function; 0 if that is not known
}

// SQS are the settings of functions/sqs.
type SQS struct {
	Common
	Concurrency    int              // callbacks under way at once, 1 to 512; 32
	WebhookSources []webhook.Source // whose dead letters may come back
}

// LoadSQS reads the settings of functions/sqs. The error names every variable that is missing or wrong, and what it
// takes.
func LoadSQS(lookup Lookup) (SQS, error) {
	r := reader{lookup: lookup}
	s := SQS{
		Common: r.common(), Concurrency: r.integer(EnvConcurrency, 32, 1, MaxConcurrency), WebhookSources: r.sources(EnvWebhookSources),
	}
	return s, errors.Join(r.problems...)
}

// EventBridge are the settings of functions/eventbridge.
type EventBridge struct {
	Common
}

// LoadEventBridge reads the settings of functions/eventbridge, with errors like those of [LoadSQS].
func LoadEventBridge(lookup Lookup) (EventBridge, error) {
	r := reader{lookup: lookup}
	s := EventBridge{Common: r.common()}
	return s, errors.Join(r.problems...)
}

// HTTP are the settings of functions/http.
type HTTP struct {
	Common
	CallbacksAuthorizer Authorizer       // who may use POST /callbacks; iam
	CallbackQueueURL    string           // where webhooks wait that must be tried again; nowhere
	WebhookSources      []webhook.Source // none
	// ApprovalsTable is the name or ARN of the table with approval requests. ApprovalKeys refers to the keyring of sealed links.
	// Without both there is no approval page.
	ApprovalsTable string
	ApprovalKeys   webhook.Reference

	// ApprovalsAuthorizer is what an API demands of who comes to an approval page: iam, jwt or none; none.
	ApprovalsAuthorizer   Authorizer
	ApprovalsLoadBalancer login.LoadBalancer // whose logins are believed; its zero value: none
	ApprovalsLoginClient  string             // the identity provider's client that they must be for; any
}

// Authorizer is how the front door makes sure of the caller of POST /callbacks or of an approval page.
type Authorizer string

// The authorizers.
const (
	IAMAuthorizer    Authorizer = "iam"     // a request signed with AWS credentials
	JWTAuthorizer    Authorizer = "jwt"     // a bearer token
	APIKeyAuthorizer Authorizer = "api-key" // a key of a usage plan
	NoAuthorizer     Authorizer = "none"    // it does not: whoever reaches the function may use it
)

// LoadHTTP reads the settings of functions/http, with errors like those of [LoadSQS].
func LoadHTTP(lookup Lookup) (HTTP, error) {
	r := reader{lookup: lookup}
	s := HTTP{
		Common: r.common(), CallbacksAuthorizer: r.authorizer(EnvCallbacksAuthorizer),
		WebhookSources: r.sources(EnvWebhookSources), ApprovalsTable: strings.TrimSpace(r.text(EnvApprovalsTable, "")),
		ApprovalKeys:        r.reference(EnvApprovalKeys),
		ApprovalsAuthorizer: r.pageAuthorizer(EnvApprovalsAuthorizer), ApprovalsLoadBalancer: r.loadBalancer(EnvApprovalsLoadBalancer),
		ApprovalsLoginClient: strings.TrimSpace(r.text(EnvApprovalsLoginClient, "")),
	}
	if s.ApprovalsLoginClient != "" && r.text(EnvApprovalsLoadBalancer, "") == "" {
		r.problem(EnvApprovalsLoginClient, "needs %s: it is a load balancer that logs people in", EnvApprovalsLoadBalancer)
	}
	if r.text(EnvCallbackQueueURL, "") != "" {
		s.CallbackQueueURL = r.queueURL(EnvCallbackQueueURL)
	}
	return s, errors.Join(r.problems...)
}

// LogLevel returns the level alone, info if it is wrong: the logger must be there before the settings are checked.
func LogLevel(lookup Lookup) slog.Level {
	r := reader{lookup: lookup}
	return r.level(EnvLogLevel)
}

// memoryOfAProcessor is with how many MB a function has one vCPU, in proportion to which it has more or less.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const memoryOfAProcessor = 1769

// Processors is how many Lambda gives the function, less than one if it is small; 0 if that is not known.
func (c *Common) Processors() float64 { return processors(c.MemoryMB) }

// Processors returns them alone, whichever function's settings they belong to.
func Processors(lookup Lookup) float64 {
	r := reader{lookup: lookup}
	return processors(r.memory())
}

func processors(memoryMB int) float64 { return float64(memoryMB) / memoryOfAProcessor }
