package template

import (
	"maps"
	"strings"
	"testing"
)

// required is the one parameter of the application without a default.
var required = parameters{"StateMachineArns": "arn:aws:states:eu-west-1:123456789012:stateMachine:Orders"}

// setting is a choice of parameters with a name for the test's output.
type setting struct {
	name   string
	values parameters
}

// triggers are the combinations of the triggers that the rules allow, which TestRulesAllowTheTriggers holds them to.
var triggers = []setting{
	{"queue", parameters{}},
	{"queue and events", parameters{"EnableEventBridge": "true"}},
	{"queue with events", parameters{"EnableEventBridge": "true", "EventBridgeToQueue": "true"}},
	{"events", parameters{"EnableSqs": "false", "EnableEventBridge": "true"}},
}

// switches are the other parameters that change which resources there are; every combination of them and the triggers
// is tested.
var switches = []setting{
	{"existing queue", parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}},
	{"existing queue's key", parameters{"ExistingQueueKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/theirs"}},
	{"FIFO", parameters{"Fifo": "true"}},
	{"key", parameters{"KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}},
	{"maximum concurrency", parameters{"MaximumConcurrency": "2"}},
	{"alarm topic", parameters{"AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:pager"}},
	{"mapping", parameters{"Mapping": ".detail"}},
	{"senders", parameters{
		"SenderPrincipalArns": "arn:aws:iam::210987654321:role/a,arn:aws:iam::210987654321:role/b",
		"SenderSourceArns":    "arn:aws:sns:eu-west-1:123456789012:results",
	}},
}

// with returns the required parameters and the given ones.
func with(given ...parameters) parameters {
	all := maps.Clone(required)
	for _, values := range given {
		maps.Copy(all, values)
	}
	return all
}

// forEveryStack runs check on the example and on every variant of the application.
func forEveryStack(t *testing.T, check func(s *stack)) {
	t.Helper()
	forEveryApp(t, check)
	document := load(t, exampleFile)
	for name, key := range map[string]string{"example": "", "example with key": "arn:aws:kms:eu-west-1:123456789012:key/ours"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(render(t, document, parameters{
				"CallbackQueueArn":       "arn:aws:sqs:eu-west-1:123456789012:answers",
				"CallbackQueueKmsKeyArn": key,
			}))
		})
	}
}

// forEveryApp runs check on every variant of the application.
func forEveryApp(t *testing.T, check func(s *stack)) {
	t.Helper()
	document := load(t, appFile)
	for _, trigger := range triggers {
		for set := range 1 << len(switches) {
			given, names := with(trigger.values), []string{trigger.name}
			for i, on := range switches {
				if set&(1<<i) != 0 {
					maps.Copy(given, on.values)
					names = append(names, on.name)
				}
			}
			t.Run(strings.Join(names, ", "), func(t *testing.T) {
				t.Parallel()
				check(render(t, document, given))
			})
		}
	}
}

func (s *stack) readsQueue() bool { return s.parameters["EnableSqs"] == "true" }

func (s *stack) takesEvents() bool { return s.parameters["EnableEventBridge"] == "true" }

func (s *stack) queuesEvents() bool { return s.parameters["EventBridgeToQueue"] == "true" }
