package stepfunctions

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"callback-completer/internal/local/awsjson"
)

// program is a definition that has been checked.
type program struct {
	startAt string
	timeout time.Duration // of a whole execution; 0 is none
	states  map[string]*state
}

// state is what all kinds of state have, and the action that tells them apart.
type state struct {
	name       string
	kind       string // "Task"
	inputPath  *path  // nil: the action gets {}
	outputPath *path  // nil: the next state gets {}
	next       string // empty: the execution ends here
	action     action
}

// parseDefinition checks a definition and refuses all that the interpreter would not carry out as it is written.
// resources holds the integrations that there are, "sqs:sendMessage".
func parseDefinition(definition string, resources map[string]integration) (*program, error) {
	var problems []string
	switch {
	case !validJSON(definition):
		problems = append(problems, "the definition is not valid JSON")
	default:
		p := parseProgram(&problems, json.RawMessage(definition), resources)
		if len(problems) == 0 {
			return p, nil
		}
	}
	return nil, awsjson.Errorf("InvalidDefinition", "Invalid State Machine Definition: '%s'", strings.Join(problems, "; "))
}

func parseProgram(problems *[]string, doc json.RawMessage, resources map[string]integration) *program {
	n := newNode(problems, "", doc)
	if v := n.text("Version"); v != "" && v != "1.0" {
		n.refuse("Version", "%q is not supported, 1.0 is", v)
	}
	queryLanguage(n)
	p := &program{startAt: n.needText("StartAt"), timeout: n.seconds("TimeoutSeconds"), states: map[string]*state{}}
	if raw, ok := n.need("States"); ok {
		states := newNode(problems, "States", raw)
		// A state may be called Comment.
		if members, err := objectMembers(raw); err == nil {
			for _, m := range members {
				p.states[m.key] = parseState(states, m, resources)
			}
		}
		checkTransitions(n, states, p)
	}
	n.close()
	return p
}

func queryLanguage(n *node) {
	if v := n.text("QueryLanguage"); v != "" && v != "JSONPath" {
		n.refuse("QueryLanguage", "%q is not supported, JSONPath is", v)
	}
}

func parseState(states *node, m member, resources map[string]integration) *state {
	n := newNode(states.problems, states.where(m.key), m.value)
	if l := utf8.RuneCountInString(m.key); l == 0 || l > maxName {
		n.refuse("", "a state's name has 1 to %d characters", maxName)
	}
	queryLanguage(n)
	s := &state{name: m.key, kind: n.needText("Type")}
	flows := true // has InputPath, OutputPath, and Next or End
	switch s.kind {
	case "Task":
		s.action = parseTask(n, resources)
	case "Pass":
		s.action = parsePass(n)
	case "Wait":
		s.action = parseWait(n)
	case "Choice":
		s.action = parseChoice(n)
	case "Succeed":
		s.action = succeed{}
	case "Fail":
		s.action = fail{name: n.text("Error"), cause: n.text("Cause")}
		flows = false
	case "":
		return s // Type has been reported; the other fields cannot be judged without it
	default:
		n.refuse("Type", "the state type %q is not supported", s.kind)
		return s
	}
	if flows {
		s.inputPath, s.outputPath = n.path("InputPath"), n.path("OutputPath")
	}
	if flows && s.kind != "Choice" && s.kind != "Succeed" {
		s.next = parseNext(n)
	}
	n.close()
	return s
}

func parseNext(n *node) string {
	if raw, ok := n.take("End"); ok {
		switch {
		case string(raw) != "true":
			n.refuse("End", "must be true")
		case n.has("Next"):
			n.refuse("End", "Next and End exclude each other")
		}
		n.take("Next")
		return ""
	}
	return n.needText("Next")
}

// checkTransitions refuses transitions to states that are not there, and states that none leads to.
func checkTransitions(top, states *node, p *program) {
	if _, ok := p.states[p.startAt]; !ok && p.startAt != "" {
		top.refuse("StartAt", "there is no state %q", p.startAt)
	}
	for _, name := range states.order {
		for _, to := range p.states[name].targets() {
			if _, ok := p.states[to]; !ok {
				states.refuse(name, "leads to %q, which does not exist", to)
			}
		}
	}
	if len(*top.problems) > 0 {
		return // what leads where is not known for sure
	}
	reached := map[string]bool{p.startAt: true}
	for queue := []string{p.startAt}; len(queue) > 0; queue = queue[1:] {
		for _, to := range p.states[queue[0]].targets() {
			if !reached[to] {
				reached[to] = true
				queue = append(queue, to)
			}
		}
	}
	for _, name := range states.order {
		if !reached[name] {
			states.refuse(name, "no transition leads to the state")
		}
	}
}

// targets lists the states that this one can lead to, each once.
func (s *state) targets() []string {
	all := []string{s.next}
	if s.action != nil {
		all = append(all, s.action.targets()...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(name string) bool { return name == "" }) // a missing Next has been reported
}
