package gateway

import (
	"strings"
)

// eventV1 is an event of a REST API. What a request does not have is null.
type eventV1 struct {
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string   `json:"pathParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  contextV1           `json:"requestContext"`
	Body                            *string             `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

type contextV1 struct {
	ResourceID        string     `json:"resourceId"`
	ResourcePath      string     `json:"resourcePath"`
	HTTPMethod        string     `json:"httpMethod"`
	ExtendedRequestID string     `json:"extendedRequestId"`
	RequestTime       string     `json:"requestTime"`
	Path              string     `json:"path"`
	AccountID         string     `json:"accountId"`
	Protocol          string     `json:"protocol"`
	Stage             string     `json:"stage"`
	DomainPrefix      string     `json:"domainPrefix"`
	RequestTimeEpoch  int64      `json:"requestTimeEpoch"` // milliseconds
	RequestID         string     `json:"requestId"`
	Identity          identityV1 `json:"identity"`
	DomainName        string     `json:"domainName"`
	APIID             string     `json:"apiId"`
}

type identityV1 struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     string  `json:"userAgent"`
	User                          *string `json:"user"`
}

func (g *Gateway) eventV1(r request) eventV1 {
	domain, prefix := r.domain()
	e := eventV1{
		Resource: r.route.path, Path: r.path, HTTPMethod: r.Method,
		RequestContext: contextV1{
			ResourceID: "local", ResourcePath: r.route.path, HTTPMethod: r.Method, ExtendedRequestID: r.id,
			RequestTime: r.at.UTC().Format(timeFormat), Path: "/" + g.config.Stage + r.path, AccountID: g.config.Account,
			Protocol: r.Proto, Stage: g.config.Stage, DomainPrefix: prefix, RequestTimeEpoch: r.at.UnixMilli(), RequestID: r.id,
			Identity: identityV1{SourceIP: r.sourceIP, UserAgent: r.UserAgent()}, DomainName: domain, APIID: apiID,
		},
	}
	e.Headers, e.MultiValueHeaders = last(r.headers())
	e.QueryStringParameters, e.MultiValueQueryStringParameters = last(r.URL.Query())
	if len(r.parameters) > 0 {
		e.PathParameters = r.parameters
	}
	if len(r.body) > 0 {
		body := strings.ToValidUTF8(string(r.body), "\uFFFD")
		if e.IsBase64Encoded = isBinary(g.config.BinaryMediaTypes, r.Header.Get("Content-Type")); e.IsBase64Encoded {
			body = base64Text(r.body)
		}
		e.Body = &body
	}
	if r.route.IAM {
		i, key, id, arn := &e.RequestContext.Identity, accessKey, user, g.userARN()
		i.AccountID, i.AccessKey, i.Caller, i.User, i.UserARN = &g.config.Account, &key, &id, &id, &arn
	}
	return e
}

// last returns the last value of each name beside all of them, both nil if there is none.
func last[M ~map[string][]string](values M) (single map[string]string, all map[string][]string) {
	if len(values) == 0 {
		return nil, nil
	}
	single = map[string]string{}
	for name, v := range values {
		single[name] = v[len(v)-1]
	}
	return single, values
}
