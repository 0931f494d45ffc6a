package main

import (
	"context"
	"encoding/json"
	"time"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/telemetry"
)

const trigger = "eventbridge"

// CallbackRetryError asks Lambda to invoke the function again with the same event. Its name is what CloudWatch shows
// as the error's type, so it is part of the contract.
type CallbackRetryError struct {
	Code    callback.Code
	Message string
}

func (e *CallbackRetryError) Error() string { return string(e.Code) + ": " + e.Message }

type handler struct{ service *service.Service }

// handle takes one event to its verdict. It fails only with a *CallbackRetryError: everything else is delivered or in
// the dead-letter queue, and Lambda has nothing to repeat.
func (h *handler) handle(ctx context.Context, event json.RawMessage) (any, error) {
	reports := h.service.Run(ctx, []callback.Delivery{decode(event, telemetry.RequestID(ctx))})
	if r := reports[0]; r.Verdict == callback.Retry {
		return nil, &CallbackRetryError{Code: r.Code, Message: r.Message}
	}
	return nil, nil
}

// decode reads of the event what the dead letter and the metrics need. What is missing is left out: a payload that is
// no event is for the mappings to take or to leave.
func decode(event json.RawMessage, requestID string) callback.Delivery {
	var header struct {
		ID   string    `json:"id"`
		Time time.Time `json:"time"`
	}
	if json.Unmarshal(event, &header) != nil {
		header.Time = time.Time{} // a time that is none, perhaps beside a good id
	}
	return callback.Delivery{
		Trigger: trigger, SourceID: header.ID, RequestID: requestID, Payload: string(event), SentAt: header.Time,
		Meta: callback.Facts{"trigger": trigger, "id": header.ID},
	}
}
