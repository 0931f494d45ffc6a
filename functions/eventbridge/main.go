// Command eventbridge is the Lambda function that completes waiting Step Functions states from EventBridge events.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"callback-completer/internal/config"
	"callback-completer/internal/telemetry"
)

func main() {
	ctx := context.Background()
	log := telemetry.NewLogger(os.Stdout, config.LogLevel(os.LookupEnv))
	h, err := newHandler(ctx, os.LookupEnv, log)
	if err != nil {
		log.ErrorContext(ctx, "the function cannot start", "error", err)
		os.Exit(1)
	}
	lambda.StartHandlerFunc(h.handle)
}
