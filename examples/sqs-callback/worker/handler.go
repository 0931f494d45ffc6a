package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// sender is the part of the SQS client that the worker uses.
type sender interface {
	SendMessage(ctx context.Context, in *sqs.SendMessageInput, opts ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

var _ sender = (*sqs.Client)(nil)

var errNoToken = errors.New("the request has no task token")

// handler answers the requests of one batch, one after the other.
type handler struct {
	queue    sender
	queueURL string
	log      *slog.Logger
}

// handle returns the requests that could not be answered, so that SQS delivers them again.
func (h *handler) handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, message := range batch.Records {
		if err := h.answer(ctx, message.Body); err != nil {
			h.log.ErrorContext(ctx, "request not answered", "messageId", message.MessageId, "error", err)
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	return response, nil
}

func (h *handler) answer(ctx context.Context, body string) error {
	var r request
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return fmt.Errorf("decode the request: %w", err)
	}
	if r.TaskToken == "" {
		return errNoToken
	}
	if err := h.send(ctx, heartbeat(r)); err != nil {
		return fmt.Errorf("send the heartbeat: %w", err)
	}
	if err := h.send(ctx, check(r)); err != nil {
		return fmt.Errorf("send the answer: %w", err)
	}
	return nil
}

func (h *handler) send(ctx context.Context, c callback) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = h.queue.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &h.queueURL, MessageBody: aws.String(string(body))})
	return err
}
