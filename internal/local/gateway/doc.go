// Package gateway is a stand-in for Amazon API Gateway in front of Lambda functions: an [http.Handler] that makes the proxy
// event of an HTTP API (payload format 2.0) or of a REST API of each request, invokes the function of the route and
// answers as it says, or with API Gateway's own errors.
//
// IAM authorization is played: a request that names the stand-in's access key is let in, whatever its signature. There are
// no JWT or Lambda authorizers, API keys, throttling, CORS, stage variables or mapping templates. Header names of a REST
// API's events are not as the client sent them but in Go's canonical form; consumers must not care.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
package gateway
