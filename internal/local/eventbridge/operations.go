package eventbridge

import (
	"strconv"

	"callback-completer/internal/local/awsjson"
)

// TargetPrefix is what stands before the operation in X-Amz-Target.
const TargetPrefix = "AWSEvents"

// Operations answers the AWS JSON protocol, which EventBridge speaks in version 1.1. Register it under TargetPrefix.
func (s *Service) Operations() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{
		"PutEvents":         awsjson.Op(s.opPutEvents),
		"PutRule":           awsjson.Op(s.opPutRule),
		"DeleteRule":        awsjson.Op(s.opDeleteRule),
		"DescribeRule":      awsjson.Op(s.opDescribeRule),
		"EnableRule":        awsjson.Op(s.opEnableRule),
		"DisableRule":       awsjson.Op(s.opDisableRule),
		"ListRules":         awsjson.Op(s.opListRules),
		"PutTargets":        awsjson.Op(s.opPutTargets),
		"RemoveTargets":     awsjson.Op(s.opRemoveTargets),
		"ListTargetsByRule": awsjson.Op(s.opListTargetsByRule),
	}
}

// nothing is the answer of an operation that only succeeds.
type nothing struct{}

// page is the part of a list's input that chooses a page of it.
type page struct {
	Limit     int // 1 to 100; 100 when absent
	NextToken string
}

// pageOf returns the items of a page and the token of the next one, empty at the end. A token is the number of items before it.
func pageOf[T any](p page, all []T) ([]T, string, error) {
	if p.Limit < 0 || p.Limit > 100 {
		return nil, "", invalidRequest("limit", "Member must have value from 1 to 100")
	}
	if p.Limit == 0 {
		p.Limit = 100
	}
	start := 0
	if p.NextToken != "" {
		n, err := strconv.Atoi(p.NextToken)
		if err != nil || n < 0 || n > len(all) {
			return nil, "", awsjson.Errorf("ValidationException", "Invalid NextToken.")
		}
		start = n
	}
	end := min(start+p.Limit, len(all))
	if end == len(all) {
		return all[start:], "", nil
	}
	return all[start:end], strconv.Itoa(end), nil
}

// checkBus refuses every bus but the default one.
func (s *Service) checkBus(name string) error {
	if !s.isBus(name) {
		return awsjson.Errorf("ResourceNotFoundException", "Event bus %s does not exist.", name)
	}
	return nil
}
