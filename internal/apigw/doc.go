// Package apigw puts one [net/http.Handler] behind the HTTP front doors of Lambda: API Gateway's HTTP API (payload
// format 2.0 and 1.0) and REST API, Lambda function URLs and Application Load Balancers. The handler sees the request
// that the client sent, as it would behind a plain net/http server; what only the front door knows is in the
// request's context, see [FromContext].
//
// It evens out how the front doors differ:
//
//   - paths: REST APIs, function URLs and load balancers pass them on as sent, HTTP APIs percent-decode them (rawPath
//     as well, whatever its name says) and so cannot tell %2F from a slash;
//   - the stage of an HTTP API and the base path of a custom domain stand before the path of the route, and are cut off;
//   - query parameters: raw in 2.0, decoded in 1.0, in pieces and not decoded from a load balancer;
//   - repeated headers: lists in 1.0, joined by commas in 2.0, the last one only from a load balancer whose target
//     group has multi-value headers switched off;
//   - cookies: a list of their own in 2.0, repeated in the headers by function URLs but not by HTTP APIs.
//
// It refuses, before the handler, what a net/http server would refuse: a body or headers over the limit, a body that
// is not the base64 that it claims to be, malformed paths, methods and headers. An event that is no HTTP request is
// an error of the invocation, since nobody waits for an HTTP answer. Nothing of a request is logged or quoted in an
// error.
//
// What the front door decided about the caller is a fact of the request, [Identity]; nothing here enforces it. Front
// doors match routes before percent-decoding or after it, so a handler that must not run for strangers asks for the
// identity itself, and does not rely on the route that let the request through.
//
// The events are decoded here and not by aws-lambda-go's types: one shape for all front doors, null taken for absent.
// They are described in
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html and
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html.
package apigw
