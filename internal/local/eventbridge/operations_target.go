package eventbridge

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"callback-completer/internal/local/awsjson"
)

// wireTarget is a target in requests and answers.
type wireTarget struct {
	ID               string `json:"Id"`
	Arn              string
	RoleArn          string            `json:",omitempty"` // nobody asks for permissions here
	Input            string            `json:",omitempty"`
	InputPath        string            `json:",omitempty"`
	SqsParameters    *sqsParameters    `json:",omitempty"`
	RetryPolicy      *retryPolicy      `json:",omitempty"`
	DeadLetterConfig *deadLetterConfig `json:",omitempty"`
}

type sqsParameters struct {
	MessageGroupID string `json:"MessageGroupId"`
}

type retryPolicy struct {
	MaximumRetryAttempts     *int `json:",omitempty"`
	MaximumEventAgeInSeconds *int `json:",omitempty"`
}

type deadLetterConfig struct{ Arn string }

// readTarget refuses by name the parameters that the stand-in does not have, InputTransformer among them.
func readTarget(raw json.RawMessage) (Target, error) {
	var w wireTarget
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &w) != nil || json.Unmarshal(raw, &members) != nil {
		return Target{}, awsjson.Errorf("SerializationException", "a target is not what PutTargets takes")
	}
	known := []string{"Id", "Arn", "RoleArn", "Input", "InputPath", "SqsParameters", "RetryPolicy", "DeadLetterConfig"}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			return Target{}, notHere(name)
		}
	}
	t := Target{ID: w.ID, ARN: w.Arn, Input: w.Input, InputPath: w.InputPath}
	if w.SqsParameters != nil {
		t.MessageGroupID = w.SqsParameters.MessageGroupID
	}
	if p := w.RetryPolicy; p != nil {
		t.MaximumRetryAttempts = p.MaximumRetryAttempts
		if p.MaximumEventAgeInSeconds != nil {
			t.MaximumEventAge = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
			if t.MaximumEventAge == 0 {
				t.MaximumEventAge = -1 // given as zero, which is out of range; absent is not
			}
		}
	}
	if w.DeadLetterConfig != nil {
		t.DeadLetterARN = w.DeadLetterConfig.Arn
	}
	return t, nil
}

func writeTarget(t Target) wireTarget {
	w := wireTarget{ID: t.ID, Arn: t.ARN, Input: t.Input, InputPath: t.InputPath}
	if t.MessageGroupID != "" {
		w.SqsParameters = &sqsParameters{t.MessageGroupID}
	}
	if t.MaximumRetryAttempts != nil || t.MaximumEventAge != 0 {
		w.RetryPolicy = &retryPolicy{MaximumRetryAttempts: t.MaximumRetryAttempts}
		if seconds := int(t.MaximumEventAge.Seconds()); seconds != 0 {
			w.RetryPolicy.MaximumEventAgeInSeconds = &seconds
		}
	}
	if t.DeadLetterARN != "" {
		w.DeadLetterConfig = &deadLetterConfig{t.DeadLetterARN}
	}
	return w
}

// failures is the answer to a change of targets. Here all of a change is made or none of it.
type failures struct {
	FailedEntryCount int
	FailedEntries    []nothing
}

type putTargetsInput struct {
	Rule         string
	EventBusName string
	Targets      []json.RawMessage
}

func (s *Service) opPutTargets(_ context.Context, in putTargetsInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	if len(in.Targets) < 1 || len(in.Targets) > 100 {
		return nil, invalidRequest("targets", "Member must have length from 1 to 100")
	}
	var targets []Target
	for _, raw := range in.Targets {
		t, err := readTarget(raw)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	return failures{FailedEntries: []nothing{}}, s.PutTargets(in.Rule, targets)
}

type removeTargetsInput struct {
	Rule         string
	EventBusName string
	IDs          []string `json:"Ids"`
}

func (s *Service) opRemoveTargets(_ context.Context, in removeTargetsInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	if len(in.IDs) < 1 || len(in.IDs) > 100 {
		return nil, invalidRequest("ids", "Member must have length from 1 to 100")
	}
	return failures{FailedEntries: []nothing{}}, s.RemoveTargets(in.Rule, in.IDs)
}

type listTargetsInput struct {
	page
	Rule         string
	EventBusName string
}

func (s *Service) opListTargetsByRule(_ context.Context, in listTargetsInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	all, err := s.Targets(in.Rule)
	if err != nil {
		return nil, err
	}
	targets, next, err := pageOf(in.page, all)
	if err != nil {
		return nil, err
	}
	out := struct {
		Targets   []wireTarget
		NextToken string `json:",omitempty"`
	}{Targets: []wireTarget{}, NextToken: next}
	for _, t := range targets {
		out.Targets = append(out.Targets, writeTarget(t))
	}
	return out, nil
}
