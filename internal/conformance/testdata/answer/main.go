// Command answer is the function of the suite's lambda:invoke behaviour: it completes the task that its payload names.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

type payload struct {
	TaskToken string
	Output    json.RawMessage
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("cannot load the AWS configuration", "error", err)
		os.Exit(1)
	}
	client := sfn.NewFromConfig(cfg)
	lambda.Start(func(ctx context.Context, in payload) error {
		output := string(in.Output)
		_, err := client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &in.TaskToken, Output: &output})
		return err
	})
}
