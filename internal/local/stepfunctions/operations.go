package stepfunctions

import "callback-completer/internal/local/awsjson"

// Operations returns the operations under their names on the wire, for awsjson.Server.Register with TargetPrefix.
func (s *Service) Operations() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{
		"CreateStateMachine":   awsjson.Op(s.opCreateStateMachine),
		"DescribeStateMachine": awsjson.Op(s.opDescribeStateMachine),
		"ListStateMachines":    awsjson.Op(s.opListStateMachines),
		"DeleteStateMachine":   awsjson.Op(s.opDeleteStateMachine),
		"StartExecution":       awsjson.Op(s.opStartExecution),
		"StopExecution":        awsjson.Op(s.opStopExecution),
		"DescribeExecution":    awsjson.Op(s.opDescribeExecution),
		"ListExecutions":       awsjson.Op(s.opListExecutions),
		"GetExecutionHistory":  awsjson.Op(s.opGetExecutionHistory),
		"SendTaskSuccess":      awsjson.Op(s.opSendTaskSuccess),
		"SendTaskFailure":      awsjson.Op(s.opSendTaskFailure),
		"SendTaskHeartbeat":    awsjson.Op(s.opSendTaskHeartbeat),
	}
}

// value returns what a member holds; absent and null are empty.
func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// present is the check for required members, by name and value in turn.
func present(members ...requiredMember) error {
	var v violations
	for _, m := range members {
		v.required(m.name, m.value)
	}
	return v.err()
}

type requiredMember struct {
	name  string
	value *string
}

type empty struct{}
