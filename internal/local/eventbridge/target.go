package eventbridge

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
)

// Target is where a rule sends events: an SQS queue or a Lambda function, which is invoked asynchronously.
type Target struct {
	ID  string
	ARN string
	// Input, a JSON text, goes to the target in the event's place; InputPath, "$.detail", sends a part of the event.
	// At most one of them.
	Input, InputPath string
	MessageGroupID   string // of a FIFO queue, required there
	// MaximumRetryAttempts is 0 to 185, 185 when nil; MaximumEventAge is 60 s to 24 h, 24 h when 0. Both limit the attempts
	// to hand the event over; what a function makes of it later is between Lambda and the function.
	MaximumRetryAttempts *int
	MaximumEventAge      time.Duration
	DeadLetterARN        string // of a standard queue; what is given up is dropped without one
}

// The limits of a retry policy.
const (
	maxAttempts = 185
	minAge      = time.Minute
	maxAge      = 24 * time.Hour
)

// PutTargets adds targets to a rule, each in the place of the one of that id.
//
// Errors: ResourceNotFoundException (the rule), LimitExceededException, and ValidationException for what a target cannot be.
func (s *Service) PutTargets(ruleName string, targets []Target) error {
	checked := make([]*Target, len(targets))
	for i, t := range targets {
		var err error
		if checked[i], err = t.prepared(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findLocked(ruleName)
	if err != nil {
		return err
	}
	all := maps.Clone(r.targets)
	for _, t := range checked {
		all[t.ID] = t
	}
	if len(all) > maxTargets {
		return tooMany()
	}
	r.targets = all
	return nil
}

// RemoveTargets removes targets from a rule. Ids that it does not have are removed already.
func (s *Service) RemoveTargets(ruleName string, ids []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findLocked(ruleName)
	if err != nil {
		return err
	}
	for _, id := range ids {
		delete(r.targets, id)
	}
	return nil
}

// Targets returns the targets of a rule, by id.
func (s *Service) Targets(ruleName string) ([]Target, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findLocked(ruleName)
	if err != nil {
		return nil, err
	}
	var all []Target
	for _, id := range slices.Sorted(maps.Keys(r.targets)) {
		all = append(all, *r.targets[id])
	}
	return all, nil
}

// service is the service of an ARN, "sqs", or empty.
func service(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[5] != "" {
		return parts[2]
	}
	return ""
}

func isFIFO(arn string) bool { return service(arn) == "sqs" && strings.HasSuffix(arn, ".fifo") }

func (t Target) prepared() (*Target, error) {
	refused := func(format string, args ...any) (*Target, error) {
		return nil, awsjson.Errorf("ValidationException", format, args...)
	}
	kind := service(t.ARN)
	switch {
	case !isName(t.ID):
		return nil, invalidRequest("targets.member.id", "Member must have length from 1 to %d and satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", maxName)
	case kind == "":
		return refused("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", t.ARN)
	case kind != "sqs" && kind != "lambda":
		return refused("The target %s is not in the stand-in: it has SQS queues and Lambda functions.", t.ARN)
	case isFIFO(t.ARN) && t.MessageGroupID == "":
		return refused("Parameter(s) SqsParameters must be specified for target: %s.", t.ID)
	case !isFIFO(t.ARN) && t.MessageGroupID != "":
		return refused("Parameter(s) MessageGroupId is not valid for target: %s.", t.ID)
	case t.Input != "" && t.InputPath != "":
		return refused("Only one of Input, InputPath, or InputTransformer must be provided for target %s.", t.ID)
	case len(t.Input) > 8192 || t.Input != "" && !json.Valid([]byte(t.Input)):
		return refused("JSON syntax error in input for target %s, or it is longer than 8192 bytes.", t.ID)
	case t.MaximumRetryAttempts != nil && (*t.MaximumRetryAttempts < 0 || *t.MaximumRetryAttempts > maxAttempts):
		return nil, invalidRequest("targets.member.retryPolicy.maximumRetryAttempts", "Member must have value from 0 to %d", maxAttempts)
	case t.MaximumEventAge != 0 && (t.MaximumEventAge < minAge || t.MaximumEventAge > maxAge):
		return nil, invalidRequest("targets.member.retryPolicy.maximumEventAgeInSeconds", "Member must have value from 60 to 86400")
	case t.DeadLetterARN != "" && (service(t.DeadLetterARN) != "sqs" || isFIFO(t.DeadLetterARN)):
		return refused("Parameter DeadLetterConfig is not valid for target: %s. Reason: it takes the Arn of a standard SQS queue.", t.ID)
	}
	if t.InputPath != "" {
		if _, err := parsePath(t.InputPath); err != nil {
			return nil, err
		}
	}
	return &t, nil
}

func (t *Target) attempts() int {
	if t.MaximumRetryAttempts == nil {
		return maxAttempts
	}
	return *t.MaximumRetryAttempts
}

func (t *Target) age() time.Duration {
	if t.MaximumEventAge == 0 {
		return maxAge
	}
	return t.MaximumEventAge
}
