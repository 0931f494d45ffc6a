package main

import (
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/telemetry"
)

const trigger = "http"

var _ lambda.Handler = (*apigw.Adapter)(nil)

// handler serves the API behind every front door of Lambda. An invocation fails only if its event holds no HTTP
// request: everything else has an answer.
func handler(runner api.Runner, log *slog.Logger) *apigw.Adapter {
	return apigw.New(
		&api.API{Runner: runner, RequestID: telemetry.RequestID, Now: time.Now},
		apigw.Options{MaxBodyBytes: api.MaxBodyBytes, Log: log},
	)
}
