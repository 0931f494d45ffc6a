package eventbridge

import (
	"context"
	"encoding/json"

	"callback-completer/internal/local/awsjson"
)

type ruleInput struct {
	Name         string
	EventBusName string
	Force        bool // of DeleteRule: rules here are nobody else's
}

type putRuleInput struct {
	ruleInput
	EventPattern       string
	Description        string
	State              string
	ScheduleExpression string
	RoleArn            string          // nobody asks for permissions here
	Tags               json.RawMessage // nobody reads them
}

func (s *Service) opPutRule(_ context.Context, in putRuleInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	switch {
	case in.ScheduleExpression != "":
		return nil, notHere("ScheduleExpression")
	case in.State != "" && in.State != "ENABLED" && in.State != "DISABLED":
		return nil, awsjson.Errorf("ValidationException", "The State %s is not in the stand-in: it has ENABLED and DISABLED.", in.State)
	}
	arn, err := s.PutRule(Rule{
		Name: in.Name, EventPattern: in.EventPattern, Description: in.Description, Disabled: in.State == "DISABLED",
	})
	if err != nil {
		return nil, err
	}
	return struct{ RuleArn string }{arn}, nil
}

func (s *Service) opDeleteRule(_ context.Context, in ruleInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	return nothing{}, s.DeleteRule(in.Name)
}

// describedRule is a rule in answers.
type describedRule struct {
	Name         string
	Arn          string
	EventPattern string
	State        string
	Description  string `json:",omitempty"`
	EventBusName string
	CreatedBy    string `json:",omitempty"`
}

func (s *Service) described(r Rule) describedRule {
	d := describedRule{
		Name: r.Name, Arn: s.ruleARN(r.Name), EventPattern: r.EventPattern, State: "ENABLED", Description: r.Description, EventBusName: Bus,
	}
	if r.Disabled {
		d.State = "DISABLED"
	}
	return d
}

func (s *Service) opDescribeRule(_ context.Context, in ruleInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	r, err := s.Rule(in.Name)
	if err != nil {
		return nil, err
	}
	d := s.described(r)
	d.CreatedBy = s.options.Account
	return d, nil
}

func (s *Service) opEnableRule(_ context.Context, in ruleInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	return nothing{}, s.SetDisabled(in.Name, false)
}

func (s *Service) opDisableRule(_ context.Context, in ruleInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	return nothing{}, s.SetDisabled(in.Name, true)
}

type listRulesInput struct {
	page
	NamePrefix   string
	EventBusName string
}

func (s *Service) opListRules(_ context.Context, in listRulesInput) (any, error) {
	if err := s.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	rules, next, err := pageOf(in.page, s.Rules(in.NamePrefix))
	if err != nil {
		return nil, err
	}
	out := struct {
		Rules     []describedRule
		NextToken string `json:",omitempty"`
	}{Rules: []describedRule{}, NextToken: next}
	for _, r := range rules {
		out.Rules = append(out.Rules, s.described(r))
	}
	return out, nil
}
