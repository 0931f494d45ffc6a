package template

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// noValue is AWS::NoValue: whatever holds it drops it.
type noValue struct{}

// eval evaluates CloudFormation's functions in a part of the template.
func (s *stack) eval(part any) any {
	switch part := part.(type) {
	case map[string]any:
		if name, argument, ok := function(part); ok {
			return s.call(name, argument)
		}
		fields := map[string]any{}
		for key, value := range part {
			if value = s.eval(value); value != (noValue{}) {
				fields[key] = value
			}
		}
		return fields
	case []any:
		return s.list(part)
	default:
		return part
	}
}

func (s *stack) list(items []any) []any {
	evaluated := make([]any, 0, len(items))
	for _, item := range items {
		if item = s.eval(item); item != (noValue{}) {
			evaluated = append(evaluated, item)
		}
	}
	return evaluated
}

// function recognises an object with one key that names a function. The Condition of a policy statement is an object
// too; a reference to a condition is a string.
func function(fields map[string]any) (name string, argument any, ok bool) {
	if len(fields) != 1 {
		return "", nil, false
	}
	for name, argument = range fields {
		_, text := argument.(string)
		ok = strings.HasPrefix(name, "Fn::") || text && (name == "Ref" || name == "Condition")
	}
	return name, argument, ok
}

func (s *stack) call(name string, argument any) any {
	switch name {
	case "Ref":
		return s.ref(argument.(string))
	case "Condition":
		return s.holds(argument.(string))
	case "Fn::Sub":
		return s.sub(argument)
	case "Fn::If": // evaluated by need: the other branch may name what this deployment does not create
		branches := argument.([]any)
		if s.holds(branches[0].(string)) {
			return s.eval(branches[1])
		}
		return s.eval(branches[2])
	}
	arguments := s.list(argument.([]any))
	switch name {
	case "Fn::GetAtt":
		return s.resourceRef(arguments[0].(string), "."+arguments[1].(string))
	case "Fn::Equals": // CloudFormation compares text
		return fmt.Sprint(arguments[0]) == fmt.Sprint(arguments[1])
	case "Fn::Not":
		return !arguments[0].(bool)
	case "Fn::And":
		return !slices.Contains(arguments, any(false))
	case "Fn::Or":
		return slices.Contains(arguments, any(true))
	case "Fn::Contains":
		return slices.Contains(texts(arguments[0]), fmt.Sprint(arguments[1]))
	case "Fn::EachMemberEquals":
		return !slices.ContainsFunc(texts(arguments[0]), func(item string) bool { return item != arguments[1] })
	case "Fn::Join":
		return strings.Join(texts(arguments[1]), arguments[0].(string))
	case "Fn::Split":
		return anys(strings.Split(arguments[1].(string), arguments[0].(string)))
	case "Fn::Select":
		return pick(arguments[1].([]any), arguments[0].(int))
	case "Fn::FindInMap":
		return s.find(texts(arguments))
	default:
		s.Fatalf("unknown function %s", name)
		return nil
	}
}

func (s *stack) ref(name string) any {
	value, isParameter := s.parameters[name]
	switch {
	case name == "AWS::NoValue":
		return noValue{}
	case strings.HasPrefix(name, "AWS::"):
		return "${" + name + "}"
	case !isParameter:
		return s.resourceRef(name, "")
	case s.document["Parameters"].(map[string]any)[name].(map[string]any)["Type"] == "CommaDelimitedList":
		return anys(strings.Split(value, ","))
	default:
		return value
	}
}

func (s *stack) resourceRef(id, attribute string) string {
	if !s.exists(id) {
		s.Fatalf("a reference to %s, which this deployment does not create: %v", id, s.parameters)
	}
	return "${" + id + attribute + "}"
}

var variable = regexp.MustCompile(`\$\{[^}]+\}`)

func (s *stack) sub(argument any) string {
	local := map[string]any{}
	if pair, ok := argument.([]any); ok {
		argument, local = pair[0], pair[1].(map[string]any)
	}
	return variable.ReplaceAllStringFunc(argument.(string), func(found string) string {
		name := strings.Trim(found, "${}")
		if value, ok := local[name]; ok {
			return fmt.Sprint(s.eval(value))
		}
		if id, attribute, ok := strings.Cut(name, "."); ok {
			return s.resourceRef(id, "."+attribute)
		}
		return fmt.Sprint(s.ref(name))
	})
}

// pick selects an item; of a reference, which has parts only after a deployment, it says which part.
func pick(items []any, index int) any {
	if reference := fmt.Sprint(items[0]); len(items) == 1 && strings.HasPrefix(reference, "${") {
		return fmt.Sprintf("%s[%d]", reference, index)
	}
	return items[index]
}

func (s *stack) find(path []string) any {
	var found any = section(s.document, "Mappings")
	for _, key := range path {
		value, ok := found.(map[string]any)[key]
		if !ok {
			s.Fatalf("no mapping for %v", path)
		}
		found = value
	}
	return found
}

// texts turns what a template calls a list into strings; one value is a list of one.
func texts(list any) []string {
	items, ok := list.([]any)
	if !ok {
		items = []any{list}
	}
	values := make([]string, 0, len(items))
	for _, item := range items {
		values = append(values, fmt.Sprint(item))
	}
	return values
}

func anys(values []string) []any {
	items := make([]any, 0, len(values))
	for _, value := range values {
		items = append(items, value)
	}
	return items
}
