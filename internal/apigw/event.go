package apigw

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrNotHTTP is for events that hold no HTTP request of a front door.
var ErrNotHTTP = errors.New("the event is no HTTP request of API Gateway, a function URL or a load balancer")

// event is what the front doors send, all of them in one shape.
type event struct {
	Type    string `json:"type"` // only the events of Lambda authorizers have one
	Version string `json:"version"`

	// 1.0 and load balancers
	HTTPMethod                      string              `json:"httpMethod"`
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`

	// 2.0
	RawPath        string   `json:"rawPath"`
	RawQueryString string   `json:"rawQueryString"`
	Cookies        []string `json:"cookies"`

	Headers         map[string]string `json:"headers"`
	PathParameters  map[string]string `json:"pathParameters"`
	RequestContext  *requestContext   `json:"requestContext"`
	Body            string            `json:"body"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`

	door FrontDoor
}

type requestContext struct {
	RequestID  string          `json:"requestId"`
	Stage      string          `json:"stage"`
	RouteKey   string          `json:"routeKey"`     // 2.0: "POST /callbacks" or "$default"
	Connection string          `json:"connectionId"` // of WebSocket APIs
	DomainName string          `json:"domainName"`
	Protocol   string          `json:"protocol"` // 1.0
	Authorizer json.RawMessage `json:"authorizer"`

	HTTP struct { // 2.0
		Method   string `json:"method"`
		Protocol string `json:"protocol"`
		SourceIP string `json:"sourceIp"`
	} `json:"http"`

	Identity struct { // 1.0
		SourceIP  string `json:"sourceIp"`
		AccountID string `json:"accountId"`
		UserARN   string `json:"userArn"`
		APIKeyID  string `json:"apiKeyId"`
	} `json:"identity"`

	ELB *struct{} `json:"elb"` // load balancers
}

func parse(payload []byte) (*event, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotHTTP, misshapen(err))
	}
	var err error
	if e.door, err = e.tell(); err != nil {
		return nil, err
	}
	return &e, nil
}

// misshapen says what is wrong with a text. The JSON package's own words would quote from it.
func misshapen(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("wrong JSON type at offset %d", wrong.Offset)
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not valid JSON at offset %d", wrong.Offset)
	}
	return "not valid JSON"
}

// tell returns which front door sent the event.
func (e *event) tell() (FrontDoor, error) {
	context := e.RequestContext
	switch {
	case e.Type != "":
		return 0, fmt.Errorf("%w: it is meant for a Lambda authorizer", ErrNotHTTP)
	case context == nil:
		return 0, fmt.Errorf("%w: it has no requestContext", ErrNotHTTP)
	case context.Connection != "":
		return 0, fmt.Errorf("%w: it is a WebSocket message", ErrNotHTTP)
	case e.method() == "":
		return 0, fmt.Errorf("%w: it has no method", ErrNotHTTP)
	case context.ELB != nil:
		return LoadBalancer, nil
	case e.Version == "2.0" && strings.Contains(context.DomainName, ".lambda-url."):
		return FunctionURL, nil
	case e.Version == "2.0":
		return HTTPAPI, nil
	case e.Version != "" && e.Version != "1.0":
		return 0, fmt.Errorf("%w: its payload format version is neither 1.0 nor 2.0", ErrNotHTTP)
	case context.Stage == "":
		return 0, fmt.Errorf("%w: its requestContext names neither a stage nor a load balancer", ErrNotHTTP)
	case e.Version == "1.0":
		return HTTPAPI, nil // REST APIs name no version
	default:
		return RESTAPI, nil
	}
}

// format2 reports whether the event is, and the response has to be, of payload format 2.0.
func (e *event) format2() bool { return e.Version == "2.0" && e.door != LoadBalancer }

func (e *event) method() string {
	if e.Version == "2.0" && e.RequestContext.ELB == nil {
		return e.RequestContext.HTTP.Method
	}
	return e.HTTPMethod
}
