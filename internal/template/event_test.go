package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const rule = "AWS::Events::Rule"

// target returns the only target of the only rule for events.
func target(s *stack) map[string]any {
	s.Helper()
	rules := eventRules(s)
	targets, _ := rules["EventRule"].properties["Targets"].([]any)
	if len(rules) != 1 || len(targets) != 1 {
		s.Fatalf("%d rules, %d targets of EventRule, want one of one", len(rules), len(targets))
	}
	return targets[0].(map[string]any)
}

// eventRules returns the rules that are no schedules.
func eventRules(s *stack) map[string]resource {
	rules := s.ofKind(rule)
	maps.DeleteFunc(rules, func(_ string, r resource) bool { return r.properties["ScheduleExpression"] != nil })
	return rules
}

func TestTargetOfTheRule(t *testing.T) {
	t.Parallel()
	events := parameters{"EnableEventBridge": "true"}
	toQueue := parameters{"EnableEventBridge": "true", "EventBridgeToQueue": "true"}
	existing := parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}
	fifo := parameters{"Fifo": "true"}
	group := map[string]any{"MessageGroupId": "eventbridge"}
	tests := []struct {
		name  string
		given parameters
		arn   string
		sqs   any
	}{
		{"function", with(events), "${EventBridgeFunction.Arn}", nil},
		{"function beside a FIFO queue", with(events, fifo), "${EventBridgeFunction.Arn}", nil},
		{"function alone", with(events, parameters{"EnableSqs": "false"}), "${EventBridgeFunction.Arn}", nil},
		{"own queue", with(toQueue), "${CallbackQueue.Arn}", nil},
		{"own FIFO queue", with(toQueue, fifo), "${CallbackQueue.Arn}", group},
		{"existing queue", with(toQueue, existing), "arn:aws:sqs:eu-west-1:123456789012:answers", nil},
		{"existing FIFO queue", with(toQueue, existing, fifo), "arn:aws:sqs:eu-west-1:123456789012:answers", group},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			want := map[string]any{
				"Id": "Callbacks", "Arn": test.arn,
				"RetryPolicy":      map[string]any{"MaximumRetryAttempts": "185", "MaximumEventAgeInSeconds": "86400"},
				"DeadLetterConfig": map[string]any{"Arn": "${EventDeadLetterQueue.Arn}"},
			}
			if test.sqs != nil {
				want["SqsParameters"] = test.sqs
			}
			if diff := cmp.Diff(want, target(render(t, load(t, appFile), test.given))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatTheRuleIsGiven(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{
		"EnableEventBridge": "true", "EventPattern": `{"source": ["aws.batch"]}`, "EventBusName": "answers",
		"EventTargetRetries": "0", "EventTargetMaxAge": "60", "EventFunctionMaxAge": "300",
	}))
	properties := s.resources["EventRule"].properties
	for name, want := range map[string]any{"EventPattern": `{"source": ["aws.batch"]}`, "EventBusName": "answers", "State": "ENABLED"} {
		if got := properties[name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	want := map[string]any{"MaximumRetryAttempts": "0", "MaximumEventAgeInSeconds": "60"}
	if diff := cmp.Diff(want, target(s)["RetryPolicy"]); diff != "" {
		t.Errorf("retry policy (-want +got):\n%s", diff)
	}
	if got := s.resources["EventBridgeFunctionInvokeConfig"].properties["MaximumEventAgeInSeconds"]; got != "300" {
		t.Errorf("Lambda keeps an event %v s, want 300", got)
	}
}

// The default is the canonical form and no more: what no mapping takes becomes a dead letter.
func TestDefaultPatternTakesEventsWithATaskToken(t *testing.T) {
	t.Parallel()
	var got map[string]any
	pattern := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true"})).resources["EventRule"].properties["EventPattern"]
	if err := json.Unmarshal([]byte(fmt.Sprint(pattern)), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"detail": map[string]any{"taskToken": []any{map[string]any{"exists": true}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Without these EventBridge and Lambda drop what they may not send, and say so nowhere but in a metric.
func TestTheRuleMaySendWhereItSends(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		if !s.takesEvents() {
			if rules := eventRules(s); len(rules) > 0 {
				s.Errorf("there are rules: %v", rules)
			}
			return
		}
		destinations := []any{target(s)["DeadLetterConfig"].(map[string]any)["Arn"]}
		to, own := s.referred(target(s)["Arn"])
		switch {
		case own && to.kind == "AWS::Serverless::Function":
			want := map[string]any{
				"FunctionName": "${" + to.id + "}", "Action": "lambda:InvokeFunction",
				"Principal": "events.amazonaws.com", "SourceArn": "${EventRule.Arn}",
			}
			if diff := cmp.Diff(want, s.resources[to.id+"Permission"].properties); diff != "" {
				s.Errorf("permission (-want +got):\n%s", diff)
			}
		case own:
			destinations = append(destinations, target(s)["Arn"])
		}
		for _, queue := range destinations {
			want := map[string]any{
				"Sid": "AllowEventRule", "Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"},
				"Action": "sqs:SendMessage", "Resource": queue,
				"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": "${EventRule.Arn}"}},
			}
			if !slices.ContainsFunc(queueStatements(s, queue), func(got map[string]any) bool { return cmp.Equal(want, got) }) {
				s.Errorf("the rule may not send to %v", queue)
			}
		}
	})
}

// queueStatements returns those of the policies of a queue.
func queueStatements(s *stack, arn any) []map[string]any {
	var all []map[string]any
	queue, _ := s.referred(arn)
	for _, policy := range s.ofKind("AWS::SQS::QueuePolicy") {
		if slices.Contains(texts(policy.properties["Queues"]), "${"+queue.id+"}") {
			all = append(all, statements(policy.properties)...)
		}
	}
	return all
}

// Lambda invokes for events asynchronously: without a destination it drops the event after its retries. A schedule's comes again.
func TestEveryFunctionOfARuleKeepsWhatItFailsOn(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for _, permission := range s.ofKind("AWS::Lambda::Permission") {
			if permission.properties["Principal"] != "events.amazonaws.com" || permission.properties["SourceArn"] != "${EventRule.Arn}" {
				continue
			}
			function, _ := s.referred(permission.properties["FunctionName"])
			want := map[string]any{
				"FunctionName": "${" + function.id + "}", "Qualifier": "$LATEST",
				"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": "21600",
				"DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": "${EventFailureQueue.Arn}"}},
			}
			if diff := cmp.Diff(want, s.resources[function.id+"InvokeConfig"].properties); diff != "" {
				s.Errorf("%s (-want +got):\n%s", function.id, diff)
			}
			role, _ := s.referred(function.properties["Role"])
			if grant := role.id + " sqs:SendMessage ${EventFailureQueue.Arn}"; !slices.Contains(grants(s), grant) {
				s.Errorf("Lambda may not send the records of %s", function.id)
			}
		}
	})
}

func TestQueuesOfEventsKeepThemAsLongAsSQSAllows(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true"}))
	for _, id := range []string{"EventDeadLetterQueue", "EventFailureQueue"} {
		if got := s.resources[id].properties["MessageRetentionPeriod"]; got != 14*24*60*60 {
			t.Errorf("%s keeps a message %v s, want 14 days", id, got)
		}
	}
}
