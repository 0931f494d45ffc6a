package main

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/telemetry"
)

const trigger = "sqs"

// errNotSQS refuses an invocation as a whole: there is no message that could be given back.
var errNotSQS = errors.New("the event holds no SQS messages; connect the function to a queue by an event source mapping")

type handler struct{ service *service.Service }

// handle answers with the messages that must come again. It fails as a whole only if the event is not SQS's.
func (h *handler) handle(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
	deliveries, err := decode(event, telemetry.RequestID(ctx))
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	return respond(deliveries, h.service.Run(ctx, deliveries)), nil
}

func decode(event events.SQSEvent, requestID string) ([]callback.Delivery, error) {
	if len(event.Records) == 0 {
		return nil, errNotSQS
	}
	deliveries := make([]callback.Delivery, len(event.Records))
	for i := range event.Records {
		m := &event.Records[i]
		if m.EventSource != "aws:sqs" || m.MessageId == "" {
			return nil, errNotSQS
		}
		deliveries[i] = callback.Delivery{
			Trigger: trigger, SourceID: m.MessageId, RequestID: requestID, Payload: m.Body, Meta: meta(m),
			Attributes: attributes(m), GroupID: group(m), SentAt: sentAt(m),
		}
	}
	return deliveries, nil
}

// group returns the FIFO message group. A standard queue may have groups as well (fair queues); they have no order.
func group(m *events.SQSMessage) string {
	if !strings.HasSuffix(m.EventSourceARN, ".fifo") {
		return ""
	}
	return m.Attributes["MessageGroupId"]
}

func sentAt(m *events.SQSMessage) time.Time {
	ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func attributes(m *events.SQSMessage) map[string]callback.Attribute {
	list := make(map[string]callback.Attribute, len(m.MessageAttributes))
	for name, a := range m.MessageAttributes {
		list[name] = callback.Attribute{DataType: a.DataType, String: aws.ToString(a.StringValue), Binary: a.BinaryValue}
	}
	return list
}

// meta returns what mappings see as $meta.
func meta(m *events.SQSMessage) map[string]any {
	own := make(map[string]any, len(m.Attributes))
	for name, v := range m.Attributes {
		own[name] = v
	}
	users := make(map[string]any, len(m.MessageAttributes))
	for name, a := range m.MessageAttributes {
		switch {
		case a.StringValue != nil:
			users[name] = *a.StringValue
		default:
			users[name] = base64.StdEncoding.EncodeToString(a.BinaryValue)
		}
	}
	return map[string]any{
		"trigger": trigger, "messageId": m.MessageId, "eventSourceARN": m.EventSourceARN,
		"attributes": own, "messageAttributes": users,
	}
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
