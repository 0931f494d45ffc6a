package local

import (
	"context"
	"encoding/json"
	"errors"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/stepfunctions"
)

// Bus is the event bus.
type Bus = eventbridge.Service

// putEvents carries out events:putEvents with a state's evaluated Parameters.
func (s *Stack) putEvents(ctx context.Context, params json.RawMessage) (json.RawMessage, error) {
	answer, err := s.EventBridge.PutEventsIntegration(ctx, params)
	var refused *awsjson.Error
	if errors.As(err, &refused) {
		return nil, &stepfunctions.TaskError{Name: "EventBridge." + refused.Code, Cause: refused.Message}
	}
	return answer, err
}
