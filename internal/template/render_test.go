package template

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// parameters are the values of one deployment; what is missing takes its default.
type parameters map[string]string

// stack is a template with its parameters put in.
type stack struct {
	testing.TB
	document   map[string]any
	parameters parameters
	conditions map[string]bool // all of them after evaluate
	resources  map[string]resource
	outputs    map[string]any
}

// resource is what CloudFormation would create: its condition holds, its functions are evaluated.
type resource struct {
	id         string
	kind       string
	dependsOn  any
	metadata   map[string]any
	properties map[string]any
}

// render returns the template evaluated for one deployment. A reference to a resource that this deployment does not create
// fails the test.
func render(tb testing.TB, document map[string]any, given parameters) *stack {
	tb.Helper()
	return renderOnce(tb, fmt.Sprintf("template %p with %q", document, given), document, given)
}

// renderOnce is render with a name for the deployment.
func renderOnce(tb testing.TB, name string, document map[string]any, given parameters) *stack {
	tb.Helper()
	s := *stacks.get(tb, name, func() *stack { return evaluate(tb, document, given) })
	s.TB = tb
	return &s
}

func evaluate(tb testing.TB, document map[string]any, given parameters) *stack {
	tb.Helper()
	s := &stack{
		TB: tb, document: document, parameters: parameters{}, conditions: map[string]bool{},
		resources: map[string]resource{}, outputs: map[string]any{},
	}
	for name, declared := range section(document, "Parameters") {
		value, ok := given[name]
		if !ok {
			fallback, ok := declared.(map[string]any)["Default"]
			if !ok {
				tb.Fatalf("parameter %s has no value and no default", name)
			}
			value = fmt.Sprint(fallback)
		}
		s.parameters[name] = value
	}
	for name := range given {
		if _, ok := s.parameters[name]; !ok {
			tb.Fatalf("the template has no parameter %s", name)
		}
	}
	for condition := range section(document, "Conditions") {
		s.holds(condition)
	}
	for id, declared := range section(document, "Resources") {
		fields := declared.(map[string]any)
		if condition, ok := fields["Condition"].(string); ok && !s.holds(condition) {
			continue
		}
		metadata, _ := fields["Metadata"].(map[string]any)
		properties, _ := s.eval(fields["Properties"]).(map[string]any)
		s.resources[id] = resource{id, fields["Type"].(string), fields["DependsOn"], metadata, properties}
	}
	for id, declared := range section(document, "Outputs") {
		fields := declared.(map[string]any)
		if condition, ok := fields["Condition"].(string); !ok || s.holds(condition) {
			s.outputs[id] = s.eval(fields["Value"])
		}
	}
	return s
}

// ofKind returns the resources of one type, by logical id.
func (s *stack) ofKind(kind string) map[string]resource {
	found := maps.Clone(s.resources)
	maps.DeleteFunc(found, func(_ string, r resource) bool { return r.kind != kind })
	return found
}

// referred returns the resource that a rendered reference names, such as ${Queue} or ${Queue.Arn}.
func (s *stack) referred(reference any) (resource, bool) {
	inner, _ := strings.CutPrefix(fmt.Sprint(reference), "${")
	id, _, _ := strings.Cut(strings.TrimSuffix(inner, "}"), ".")
	r, ok := s.resources[id]
	return r, ok
}

// holds evaluates one entry of Conditions.
func (s *stack) holds(condition string) bool {
	if known, ok := s.conditions[condition]; ok {
		return known
	}
	declared, ok := section(s.document, "Conditions")[condition]
	if !ok {
		s.Fatalf("no condition %s", condition)
	}
	s.conditions[condition] = s.eval(declared).(bool)
	return s.conditions[condition]
}

// exists reports whether this deployment creates the resource; it fails the test if no deployment does.
func (s *stack) exists(id string) bool {
	fields, ok := section(s.document, "Resources")[id].(map[string]any)
	if !ok {
		s.Fatalf("no resource %s", id)
	}
	condition, conditional := fields["Condition"].(string)
	return !conditional || s.holds(condition)
}
