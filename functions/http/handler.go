package main

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambda"

	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/config"
)

var _ lambda.Handler = (*apigw.Adapter)(nil)

// maxLoginHeaderBytes is what a load balancer accepts, 64 KiB, and the login that it adds: claims and an access token.
const maxLoginHeaderBytes = 128 << 10

// handler serves the API behind every front door of Lambda. An invocation fails only if its event holds no HTTP
// request: everything else has an answer.
func handler(h *api.API, settings config.HTTP, log *slog.Logger) *apigw.Adapter {
	o := apigw.Options{MaxBodyBytes: api.MaxBodyBytes, Refuse: api.Refuse, Log: log}
	if settings.ApprovalsLoadBalancer.ARN != "" {
		o.MaxHeaderBytes = maxLoginHeaderBytes
	}
	return apigw.New(h, o)
}

// authorised returns whether the front door made sure of the caller as it was told to. It is asked for each request:
// a front door that matches its routes otherwise than the API does must not open one of them.
func authorised(by config.Authorizer) func(context.Context) bool {
	return func(ctx context.Context) bool {
		facts, _ := apigw.FromContext(ctx)
		switch by {
		case config.IAMAuthorizer:
			return facts.Identity.Authorizer == apigw.IAMAuthorizer
		case config.JWTAuthorizer:
			return facts.Identity.Authorizer == apigw.JWTAuthorizer
		case config.APIKeyAuthorizer:
			return facts.Identity.APIKeyID != ""
		case config.NoAuthorizer:
			return true
		default:
			return false
		}
	}
}
