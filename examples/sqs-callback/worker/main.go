// Command worker is the example's worker: a Lambda function that reads requests with a task token from an SQS
// queue and answers each on the callback queue. It knows nothing of Step Functions.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("cannot load the AWS configuration", "error", err)
		os.Exit(1)
	}
	h := &handler{
		queue:    sqs.NewFromConfig(cfg),
		queueURL: os.Getenv("CALLBACK_QUEUE_URL"),
		log:      log,
	}
	lambda.StartHandlerFunc(h.handle)
}
