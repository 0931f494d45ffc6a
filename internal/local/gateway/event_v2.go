package gateway

import "strings"

// eventV2 is an event in payload format 2.0. What a request does not have is left out.
type eventV2 struct {
	Version               string            `json:"version"`
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	RequestContext        contextV2         `json:"requestContext"`
	Body                  string            `json:"body,omitempty"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

type contextV2 struct {
	AccountID    string        `json:"accountId"`
	APIID        string        `json:"apiId"`
	Authorizer   *authorizerV2 `json:"authorizer,omitempty"`
	DomainName   string        `json:"domainName"`
	DomainPrefix string        `json:"domainPrefix"`
	HTTP         httpV2        `json:"http"`
	RequestID    string        `json:"requestId"`
	RouteKey     string        `json:"routeKey"`
	Stage        string        `json:"stage"`
	Time         string        `json:"time"`
	TimeEpoch    int64         `json:"timeEpoch"` // milliseconds
}

type httpV2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

type authorizerV2 struct {
	IAM iamV2 `json:"iam"`
}

type iamV2 struct {
	AccessKey       string  `json:"accessKey"`
	AccountID       string  `json:"accountId"`
	CallerID        string  `json:"callerId"`
	CognitoIdentity *string `json:"cognitoIdentity"`
	PrincipalOrgID  *string `json:"principalOrgId"`
	UserARN         string  `json:"userArn"`
	UserID          string  `json:"userId"`
}

func (g *Gateway) eventV2(r request) eventV2 {
	path := r.path
	if g.config.Stage != defaultStage {
		path = "/" + g.config.Stage + path
	}
	domain, prefix := r.domain()
	e := eventV2{
		Version: "2.0", RouteKey: r.route.Key, RawPath: path, RawQueryString: r.URL.RawQuery,
		Headers: map[string]string{}, PathParameters: r.parameters,
		RequestContext: contextV2{
			AccountID: g.config.Account, APIID: apiID, DomainName: domain, DomainPrefix: prefix,
			HTTP:      httpV2{Method: r.Method, Path: path, Protocol: r.Proto, SourceIP: r.sourceIP, UserAgent: r.UserAgent()},
			RequestID: r.id, RouteKey: r.route.Key, Stage: g.config.Stage,
			Time: r.at.UTC().Format(timeFormat), TimeEpoch: r.at.UnixMilli(),
		},
		Body: string(r.body),
	}
	for name, values := range r.headers() {
		if name == "Cookie" {
			for _, cookie := range strings.Split(strings.Join(values, ";"), ";") {
				e.Cookies = append(e.Cookies, strings.TrimSpace(cookie))
			}
			continue
		}
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	for name, values := range r.URL.Query() {
		if e.QueryStringParameters == nil {
			e.QueryStringParameters = map[string]string{}
		}
		e.QueryStringParameters[name] = strings.Join(values, ",")
	}
	if !isText(r.Header, r.body) {
		e.Body, e.IsBase64Encoded = base64Text(r.body), true
	}
	if r.route.IAM {
		e.RequestContext.Authorizer = &authorizerV2{iamV2{
			AccessKey: accessKey, AccountID: g.config.Account, CallerID: user, UserARN: g.userARN(), UserID: user,
		}}
	}
	return e
}
