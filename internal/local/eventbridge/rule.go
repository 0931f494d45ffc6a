package eventbridge

import (
	"maps"
	"slices"
	"strings"

	"callback-completer/internal/local/awsjson"
)

// The limits of a rule. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const (
	maxRules       = 300
	maxTargets     = 5
	maxName        = 64
	maxPattern     = 4096
	maxDescription = 512
)

// Rule is a rule without its targets, as PutRule takes it.
type Rule struct {
	Name         string
	EventPattern string
	Description  string
	Disabled     bool
}

// rule is a rule on the bus. Service.mu guards it; a pattern and a target never change.
type rule struct {
	Rule
	pattern *Pattern
	targets map[string]*Target // by id
}

// PutRule makes a rule, or puts it in the place of the one of that name, whose targets it keeps. It returns the rule's ARN.
//
// Errors: ValidationException, InvalidEventPatternException, LimitExceededException.
func (s *Service) PutRule(r Rule) (arn string, err error) {
	switch {
	case !isName(r.Name):
		return "", invalidRequest("name", "Member must have length from 1 to %d and satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", maxName)
	case len(r.EventPattern) > maxPattern:
		return "", invalidRequest("eventPattern", "Member must have length less than or equal to %d", maxPattern)
	case len(r.Description) > maxDescription:
		return "", invalidRequest("description", "Member must have length less than or equal to %d", maxDescription)
	case r.EventPattern == "":
		return "", awsjson.Errorf("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	pattern, err := ParsePattern(r.EventPattern)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.rules[r.Name]
	if !ok {
		if len(s.rules) == maxRules {
			return "", tooMany()
		}
		held = &rule{targets: map[string]*Target{}}
		s.rules[r.Name] = held
	}
	held.Rule, held.pattern = r, pattern
	return s.ruleARN(r.Name), nil
}

// DeleteRule removes a rule that has no targets. A rule that does not exist is removed already.
func (s *Service) DeleteRule(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rules[name]; r != nil && len(r.targets) > 0 {
		return awsjson.Errorf("ValidationException", "Rule can't be deleted since it has targets.")
	}
	delete(s.rules, name)
	return nil
}

// Rule finds a rule by name. The error is ResourceNotFoundException.
func (s *Service) Rule(name string) (Rule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findLocked(name)
	if err != nil {
		return Rule{}, err
	}
	return r.Rule, nil
}

// SetDisabled stops a rule, or starts it again.
func (s *Service) SetDisabled(name string, disabled bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findLocked(name)
	if err != nil {
		return err
	}
	r.Disabled = disabled
	return nil
}

// Rules returns the rules whose names begin with prefix, by name.
func (s *Service) Rules(prefix string) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Rule
	for _, name := range slices.Sorted(maps.Keys(s.rules)) {
		if strings.HasPrefix(name, prefix) {
			all = append(all, s.rules[name].Rule)
		}
	}
	return all
}

func (s *Service) findLocked(name string) (*rule, error) {
	r, ok := s.rules[name]
	if !ok {
		return nil, awsjson.Errorf("ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", name, Bus)
	}
	return r, nil
}

func tooMany() error {
	return awsjson.Errorf("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
}

// notHere refuses a parameter that AWS takes, so that nobody waits for what it would do.
func notHere(parameter string) error {
	return awsjson.Errorf("ValidationException", "The parameter %s is not in the stand-in.", parameter)
}

// isName tells whether s can be the name of a rule or the id of a target.
func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}
