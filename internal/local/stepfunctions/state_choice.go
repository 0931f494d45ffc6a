package stepfunctions

import (
	"context"
)

// choice is a Choice state: the first rule that holds decides, else the default.
type choice struct {
	rules    []rule
	fallback string // empty: none
}

type rule struct {
	holds condition
	next  string
}

// condition is one test of a rule. It fails when its Variable leads nowhere, as on AWS.
type condition func(scope) (bool, error)

func parseChoice(n *node) action {
	c := choice{fallback: n.text("Default")}
	items := n.nodes("Choices")
	if len(items) == 0 {
		n.refuse("Choices", "must be a list that is not empty")
	}
	for _, item := range items {
		next := item.needText("Next")
		c.rules = append(c.rules, rule{holds: parseCondition(item), next: next})
	}
	return c
}

// parseCondition reads a rule without its Next, and closes it.
func parseCondition(n *node) condition {
	defer n.close()
	switch {
	case n.has("And"):
		return allOf(parseConditions(n, "And"), true)
	case n.has("Or"):
		return allOf(parseConditions(n, "Or"), false)
	case n.has("Not"):
		raw, _ := n.take("Not")
		inner := parseCondition(newNode(n.problems, n.where("Not"), raw))
		return func(sc scope) (bool, error) {
			ok, err := inner(sc)
			return !ok, err
		}
	case n.has("StringEquals"):
		want := n.text("StringEquals")
		return compare(n, func(got any) bool { return got == want })
	case n.has("BooleanEquals"):
		raw, _ := n.take("BooleanEquals")
		if kindOf(raw) != 't' && kindOf(raw) != 'f' {
			n.refuse("BooleanEquals", "must be true or false")
		}
		want := kindOf(raw) == 't'
		return compare(n, func(got any) bool { return got == want })
	default:
		n.take("Variable")
		n.refuse("", "a rule needs StringEquals, BooleanEquals, And, Or or Not")
		return nil
	}
}

func parseConditions(n *node, field string) []condition {
	items := n.nodes(field)
	if len(items) == 0 {
		n.refuse(field, "must be a list that is not empty")
	}
	all := make([]condition, 0, len(items))
	for _, item := range items {
		all = append(all, parseCondition(item))
	}
	return all
}

// allOf is And (all), or Or (not all): it stops at the first condition that decides.
func allOf(conditions []condition, all bool) condition {
	return func(sc scope) (bool, error) {
		for _, c := range conditions {
			ok, err := c(sc)
			if err != nil || ok != all {
				return ok, err
			}
		}
		return all, nil
	}
}

// compare tests the value at Variable, a string or a bool; of any other type nothing holds.
func compare(n *node, equal func(any) bool) condition {
	if !n.has("Variable") {
		n.refuse("Variable", "the field is missing")
	}
	p := n.path("Variable")
	if p == nil {
		n.refuse("Variable", "must be a path")
		return nil
	}
	return func(sc scope) (bool, error) {
		raw, ok := sc.find(*p)
		if !ok {
			return false, failf(errRuntime, "Invalid path '%s': the Variable leads nowhere", p.text)
		}
		switch kindOf(raw) {
		case '"':
			s, ok := text(raw)
			return ok && equal(s), nil
		case 't':
			return equal(true), nil
		case 'f':
			return equal(false), nil
		default:
			return false, nil
		}
	}
}

func (c choice) targets() []string {
	var all []string
	for _, r := range c.rules {
		all = append(all, r.next)
	}
	return append(all, c.fallback)
}

func (c choice) run(_ context.Context, r *runner, f frame) (transition, error) {
	sc := f.scope(r.e, 0, "")
	for _, rule := range c.rules {
		ok, err := rule.holds(sc)
		if err != nil {
			return transition{}, err
		}
		if ok {
			return transition{output: f.input, next: rule.next}, nil
		}
	}
	if c.fallback == "" {
		return transition{}, failf(errNoChoice, "No rule of the Choice holds and it has no Default")
	}
	return transition{output: f.input, next: c.fallback}, nil
}
