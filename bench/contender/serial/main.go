// Command serial is what samples do: the SDK with its defaults, one message after the other.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

type message struct {
	TaskToken string          `json:"taskToken"`
	Output    json.RawMessage `json:"output"`
	Error     string          `json:"error"`
	Cause     string          `json:"cause"`
}

type handler struct{ client *sfn.Client }

func (h *handler) handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for i := range event.Records {
		if err := h.complete(ctx, event.Records[i].Body); err != nil {
			slog.ErrorContext(ctx, "not completed", "message", event.Records[i].MessageId, "error", err)
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: event.Records[i].MessageId})
		}
	}
	return response, nil
}

func (h *handler) complete(ctx context.Context, body string) error {
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return err
	}
	var err error
	if m.Error != "" {
		_, err = h.client.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &m.TaskToken, Error: &m.Error, Cause: &m.Cause})
	} else {
		_, err = h.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &m.TaskToken, Output: aws.String(string(m.Output))})
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
