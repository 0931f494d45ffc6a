// Command handmade completes tasks with a client made by hand: no SDK, no mapping, no log of what went well.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"sync"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"callback-completer/bench/contender/signed"
)

const concurrency = 32

type message struct {
	TaskToken string          `json:"taskToken"`
	Output    json.RawMessage `json:"output"`
	Error     string          `json:"error"`
	Cause     string          `json:"cause"`
}

type handler struct{ client *signed.Client }

func (h *handler) handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		next = make(chan *events.SQSMessage)
	)
	for range min(concurrency, len(event.Records)) {
		wg.Go(func() {
			for m := range next {
				if err := h.complete(ctx, m.Body); err != nil {
					slog.ErrorContext(ctx, "not completed", "message", m.MessageId, "error", err)
					mu.Lock()
					response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
					mu.Unlock()
				}
			}
		})
	}
	for i := range event.Records {
		next <- &event.Records[i]
	}
	close(next)
	wg.Wait()
	return response, nil
}

func (h *handler) complete(ctx context.Context, body string) error {
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return err
	}
	if m.Error != "" {
		return h.client.SendTaskFailure(ctx, signed.Failure{TaskToken: m.TaskToken, Error: m.Error, Cause: m.Cause})
	}
	return h.client.SendTaskSuccess(ctx, signed.Success{TaskToken: m.TaskToken, Output: string(m.Output)})
}

func main() {
	client, err := signed.New(os.Getenv, concurrency)
	if err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
	h := &handler{client: client}
	lambda.Start(h.handle)
}
