// Command job is a handler for the events of AWS Batch as a sample has it: the SDK with its defaults.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

type job struct {
	Status       string `json:"status"`
	StatusReason string `json:"statusReason"`
	Container    struct {
		Environment []struct{ Name, Value string } `json:"environment"`
	} `json:"container"`
}

type handler struct{ client *sfn.Client }

func (h *handler) handle(ctx context.Context, event events.CloudWatchEvent) error {
	var j job
	if err := json.Unmarshal(event.Detail, &j); err != nil {
		return err
	}
	token := ""
	for _, variable := range j.Container.Environment {
		if variable.Name == "TASK_TOKEN" {
			token = variable.Value
		}
	}
	if token == "" {
		return errors.New("the job has no task token")
	}
	var err error
	switch j.Status {
	case "SUCCEEDED":
		_, err = h.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(string(event.Detail))})
	case "FAILED":
		_, err = h.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
			TaskToken: &token, Error: aws.String("Batch.JobFailed"), Cause: &j.StatusReason,
		})
	}
	return err
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
	h := &handler{client: sfn.NewFromConfig(cfg)}
	lambda.Start(h.handle)
}
