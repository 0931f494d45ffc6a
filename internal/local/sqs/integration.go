package sqs

import (
	"bytes"
	"context"
	"encoding/json"
)

// SendMessageIntegration is what a Step Functions state with the resource sqs:sendMessage does: params are its evaluated
// Parameters, the answer is its result. A MessageBody that is not a string is sent as compact JSON, its numbers and the
// order of its keys untouched.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html
func (s *Service) SendMessageIntegration(_ context.Context, params json.RawMessage) (json.RawMessage, error) {
	var in struct {
		sendInput
		MessageBody json.RawMessage
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return nil, errorf("SerializationException", "the parameters are not those of sqs:sendMessage: %v", err)
	}
	body, err := integrationBody(in.MessageBody)
	if err != nil {
		return nil, err
	}
	in.sendInput.MessageBody = body
	out, err := s.sendMessage(in.sendInput)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

func integrationBody(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", errMissing("MessageBody")
	}
	if raw[0] == '"' {
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return "", err
	}
	return compact.String(), nil
}
