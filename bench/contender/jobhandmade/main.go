// Command jobhandmade is a handler for the events of AWS Batch with a client made by hand.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"callback-completer/bench/contender/signed"
)

type job struct {
	Status       string `json:"status"`
	StatusReason string `json:"statusReason"`
	Container    struct {
		Environment []struct{ Name, Value string } `json:"environment"`
	} `json:"container"`
}

type handler struct{ client *signed.Client }

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
	switch {
	case token == "":
		return errors.New("the job has no task token")
	case j.Status == "SUCCEEDED":
		return h.client.SendTaskSuccess(ctx, signed.Success{TaskToken: token, Output: string(event.Detail)})
	case j.Status == "FAILED":
		return h.client.SendTaskFailure(ctx, signed.Failure{TaskToken: token, Error: "Batch.JobFailed", Cause: j.StatusReason})
	default:
		return nil
	}
}

func main() {
	client, err := signed.New(os.Getenv, 1)
	if err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
	h := &handler{client: client}
	lambda.Start(h.handle)
}
