package local

import (
	"net/http"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/dynamodb"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/secrets"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
)

// The region and the account that the stand-in plays unless Options say otherwise.
const (
	DefaultRegion  = "us-east-1"
	DefaultAccount = "000000000000"
)

// Options describe a stack.
type Options struct {
	Address string // where to listen; empty: 127.0.0.1 and any free port
	Region  string
	Account string
	Faults  *fault.Injector
	// Own are operations beside AWS's, by target prefix. The function gets the stack that they are for.
	Own func(*Stack) map[string]map[string]awsjson.Operation
}

// Stack is the stand-in. Its members can be used in process beside the API.
type Stack struct {
	StepFunctions *stepfunctions.Service
	SQS           *sqs.Service
	EventBridge   *eventbridge.Service // events:putEvents states put their events there
	Secrets       *secrets.Service
	DynamoDB      *dynamodb.Service // tables are created over its API
	Functions     *Functions        // what lambda:invoke states and EventBridge's rules invoke
	Bus           *Bus              // EventBridge, for those who only subscribe
	API           http.Handler

	region string
	url    string
	server *Server // nil unless it listens
}

// New returns a new, empty stack that is used in process only: see [Direct].
func New(o Options) *Stack {
	if o.Region == "" {
		o.Region = DefaultRegion
	}
	if o.Account == "" {
		o.Account = DefaultAccount
	}
	s := &Stack{
		Functions: &Functions{region: o.Region, account: o.Account},
		region:    o.Region, url: "http://127.0.0.1",
	}
	s.SQS = sqs.New(sqs.Options{Region: o.Region, Account: o.Account, BaseURL: s.URL})
	s.EventBridge = eventbridge.New(eventbridge.Options{
		Region: o.Region, Account: o.Account, Queues: s.SQS, Functions: s.Functions,
	})
	s.Bus = s.EventBridge
	s.Secrets = secrets.New(secrets.Options{Region: o.Region, Account: o.Account})
	s.DynamoDB = dynamodb.New(dynamodb.Options{Region: o.Region, Account: o.Account})
	s.StepFunctions = stepfunctions.New(stepfunctions.Options{
		Region: o.Region, Account: o.Account,
		Integrations: stepfunctions.Integrations{
			SendMessage: s.SQS.SendMessageIntegration, Invoke: s.Functions.invoke, PutEvents: s.putEvents,
		},
	})
	api := awsjson.NewServer(o.Faults)
	api.Register(stepfunctions.TargetPrefix, s.StepFunctions.Operations())
	api.Register(sqs.TargetPrefix, s.SQS.Operations())
	api.Register(eventbridge.TargetPrefix, s.EventBridge.Operations())
	api.Register(secrets.SecretsManagerPrefix, s.Secrets.SecretsManager())
	api.Register(secrets.ParameterStorePrefix, s.Secrets.ParameterStore())
	api.Register(dynamodb.TargetPrefix, s.DynamoDB.Operations())
	if o.Own != nil {
		for prefix, operations := range o.Own(s) {
			api.Register(prefix, operations)
		}
	}
	s.API = api
	return s
}

// Start returns a new, empty stack that serves its API on loopback until Close.
func Start(o Options) (*Stack, error) {
	listener, err := listen(o.Address)
	if err != nil {
		return nil, err
	}
	s := New(o)
	s.url = urlOf(listener)
	s.server = serve(listener, s.API)
	return s, nil
}

// URL returns the endpoint of every service, without a trailing slash.
func (s *Stack) URL() string { return s.url }

// Region returns the region that the stack plays.
func (s *Stack) Region() string { return s.region }

// Env returns the environment that sends an AWS SDK or the AWS CLI to the stack. The credentials are made up: the
// stand-in does not look at them.
func (s *Stack) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + s.url, "AWS_REGION=" + s.region, "AWS_DEFAULT_REGION=" + s.region,
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true",
	}
}

// Close ends every execution, delivery of an event and connection and waits for them. Asynchronous invocations under way
// end first; events that wait for another attempt are dropped.
func (s *Stack) Close() {
	s.StepFunctions.Close()
	s.EventBridge.Close()
	s.Functions.close()
	if s.server != nil {
		s.server.Close()
	}
}
