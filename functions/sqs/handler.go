package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/sqsevent"
	"callback-completer/internal/telemetry"
)

const trigger = "sqs"

// errNotSQS refuses an invocation as a whole: there is no message that could be given back.
var errNotSQS = errors.New("the event holds no SQS messages; connect the function to a queue by an event source mapping")

type handler struct{ service *service.Service }

var _ lambda.Handler = (*handler)(nil)

// Invoke answers with the messages that must come again. It fails as a whole only if the event is not SQS's.
func (h *handler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	messages, err := read(event)
	if err != nil {
		return nil, err
	}
	response, err := h.take(ctx, messages)
	if err != nil {
		return nil, err
	}
	return encode(response)
}

func (h *handler) take(ctx context.Context, messages []sqsevent.Message) (events.SQSEventResponse, error) {
	deliveries, err := decode(messages, telemetry.RequestID(ctx))
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	return respond(deliveries, h.service.Run(ctx, deliveries)), nil
}

// read returns the messages of an event. An event that is written as Lambda does not write it is read by
// encoding/json, whose errors are the ones that Lambda shows, and written anew.
func read(event []byte) ([]sqsevent.Message, error) {
	if messages, ok := sqsevent.Read(event); ok {
		return messages, nil
	}
	var loose events.SQSEvent
	if err := json.NewDecoder(bytes.NewReader(event)).Decode(&loose); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(loose)
	if err != nil {
		return nil, fmt.Errorf("write the event anew: %w", err)
	}
	messages, _ := sqsevent.Read(plain)
	return messages, nil
}

func decode(messages []sqsevent.Message, requestID string) ([]callback.Delivery, error) {
	if len(messages) == 0 {
		return nil, errNotSQS
	}
	deliveries := make([]callback.Delivery, len(messages))
	for i := range messages {
		m := &messages[i]
		if m.Source != "aws:sqs" || m.ID == "" {
			return nil, errNotSQS
		}
		deliveries[i] = callback.Delivery{
			Trigger: trigger, SourceID: m.ID, RequestID: requestID, Payload: m.Body, Meta: facts{m},
			Attributes: attributes(m), GroupID: group(m), SentAt: m.SentAt,
		}
	}
	return deliveries, nil
}

// group returns the FIFO message group. A standard queue may have groups as well (fair queues); they have no order.
func group(m *sqsevent.Message) string {
	if !strings.HasSuffix(m.SourceARN, ".fifo") {
		return ""
	}
	return m.GroupID
}

func attributes(m *sqsevent.Message) map[string]callback.Attribute {
	if len(m.Custom) == 0 {
		return nil
	}
	list := make(map[string]callback.Attribute, len(m.Custom))
	for name, a := range m.Custom {
		list[name] = callback.Attribute{DataType: a.DataType, String: aws.ToString(a.StringValue), Binary: a.BinaryValue}
	}
	return list
}

// respond names the messages to retry, each once. The list is never null: AWS takes that for success as well, but
// emulators and readers stumble over it.
func respond(deliveries []callback.Delivery, reports []callback.Report) events.SQSEventResponse {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	named := map[string]bool{}
	for i, r := range reports {
		id := deliveries[i].SourceID
		if r.Verdict == callback.Retry && !named[id] {
			named[id] = true
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: id})
		}
	}
	return response
}

// encode writes the answer with the ids as they are: an id that came back changed would fail the whole batch.
func encode(response events.SQSEventResponse) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(response); err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
