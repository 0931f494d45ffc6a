package template

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAlarms(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		want := []string{"AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${DeadLetterQueue.QueueName} Maximum > 0"}
		if s.readsQueue() {
			queue := "${CallbackQueue.QueueName}"
			if s.parameters["ExistingQueueArn"] != "" {
				queue = "answers"
			}
			want = append(want,
				"AWS/Lambda Errors FunctionName=${SqsFunction} Sum > 0",
				"AWS/Lambda Throttles FunctionName=${SqsFunction} Sum > 0",
				"AWS/SQS ApproximateAgeOfOldestMessage QueueName="+queue+" Maximum > 900",
			)
		}
		if s.takesEvents() {
			want = append(want,
				"AWS/Events FailedInvocations RuleName=${EventRule} Sum > 0",
				"AWS/Events InvocationsFailedToBeSentToDlq RuleName=${EventRule} Sum > 0",
				"AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${EventDeadLetterQueue.QueueName} Maximum > 0",
			)
		}
		if s.takesEvents() && !s.queuesEvents() {
			want = append(want,
				"AWS/Lambda AsyncEventsDropped FunctionName=${EventBridgeFunction} Sum > 0",
				"AWS/Lambda DestinationDeliveryFailures FunctionName=${EventBridgeFunction} Sum > 0",
				"AWS/Lambda Errors FunctionName=${EventBridgeFunction} Sum > 0",
				"AWS/Lambda Throttles FunctionName=${EventBridgeFunction} Sum > 0",
				"AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${EventFailureQueue.QueueName} Maximum > 0",
			)
		}
		if s.servesHTTP() {
			want = append(want,
				"AWS/Lambda Errors FunctionName=${HttpFunction} Sum > 0",
				"AWS/Lambda Throttles FunctionName=${HttpFunction} Sum > 0",
				"CallbackCompleter/${AWS::StackName} Refused Trigger=webhook Sum > 0",
			)
		}
		if s.asksPeople() {
			want = append(want,
				"AWS/Lambda Errors FunctionName=${ApprovalFunction} Sum > 0",
				"AWS/Lambda Throttles FunctionName=${ApprovalFunction} Sum > 0",
				"CallbackCompleter/${AWS::StackName} ApprovalsUnanswered Trigger=approval Sum > 0",
			)
		}
		if s.isBalanced() {
			want = append(want, "CallbackCompleter/${AWS::StackName} Refused Trigger=approval Sum > 0")
		}
		if s.storesRequests() {
			want = append(want, "CallbackCompleter/${AWS::StackName} OldestApprovalAge Trigger=approval Maximum > 86400")
		}
		switch {
		case s.servesHTTP() && s.isREST():
			want = append(want, "AWS/ApiGateway 5XXError ApiName=${AWS::StackName} Stage=${RestApiStage} Sum > 0")
		case s.servesHTTP():
			want = append(want, "AWS/ApiGateway 5xx ApiId=${HttpApi} Sum > 0")
		}
		slices.Sort(want)
		var got []string
		for id, alarm := range s.ofKind("AWS::CloudWatch::Alarm") {
			p := alarm.properties
			if p["ComparisonOperator"] != "GreaterThanThreshold" || p["TreatMissingData"] != "notBreaching" {
				s.Errorf("%s: %v, missing data %v", id, p["ComparisonOperator"], p["TreatMissingData"])
			}
			got = append(got, fmt.Sprint(p["Namespace"], " ", p["MetricName"], " ", strings.Join(dimensions(alarm), " "), " ",
				p["Statistic"], " > ", p["Threshold"]))
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A period of the schedule's own length would at times hold no value, and end the alarm.
func TestTheAgeOfRequestsHasAnAlarmIfWanted(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[string]bool{"0": false, "300": true} {
		alarm, ok := render(t, load(t, appFile), with(httpAPI, approvals, parameters{"OpenApprovalAlarmSeconds": seconds})).resources["OldApprovalsAlarm"]
		if ok != want || ok && (alarm.properties["Threshold"] != seconds || number(t, alarm.properties["Period"]) < 2*5*60) {
			t.Errorf("%s: %v", seconds, alarm.properties)
		}
	}
}

// Every function added later needs its own alarms, whatever it is called.
func TestEveryFunctionHasAnErrorAndAThrottleAlarm(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id := range s.ofKind("AWS::Serverless::Function") {
			for _, metric := range []string{"Errors", "Throttles"} {
				if !hasAlarm(s, metric, "FunctionName=${"+id+"}") {
					s.Errorf("%s has no alarm on %s", id, metric)
				}
			}
		}
	})
}

// What lies on a queue that nothing reads waits for a human.
func TestEveryQueueWithoutAReaderHasADepthAlarm(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id := range s.ofKind("AWS::SQS::Queue") {
			read := false
			for _, m := range s.ofKind(mapping) {
				read = read || m.properties["EventSourceArn"] == "${"+id+".Arn}"
			}
			if !read && !hasAlarm(s, "ApproximateNumberOfMessagesVisible", "QueueName=${"+id+".QueueName}") {
				s.Errorf("%s has neither a reader nor an alarm on its depth", id)
			}
		}
	})
}

// The rules of the default bus are measured by their name alone, those of other buses by both names; there, Ref gives
// "bus|rule".
func TestAlarmsOfTheRuleNameItsBus(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true", "EventBusName": "aws.partner/example.com/answers"}))
	for _, id := range []string{"EventRuleFailedInvocationsAlarm", "EventRuleLostEventsAlarm"} {
		want := []string{"EventBusName=aws.partner/example.com/answers", "RuleName=${EventRule}[1]"}
		if diff := cmp.Diff(want, dimensions(s.resources[id])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestAlarmsNotifyTheTopic(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		var want any
		if topic := s.parameters["AlarmTopicArn"]; topic != "" {
			want = []any{topic}
		}
		for id, alarm := range s.ofKind("AWS::CloudWatch::Alarm") {
			for _, actions := range []string{"AlarmActions", "OKActions"} {
				if diff := cmp.Diff(want, alarm.properties[actions]); diff != "" {
					s.Errorf("%s: %s (-want +got):\n%s", id, actions, diff)
				}
			}
		}
	})
}

func hasAlarm(s *stack, metric, dimension string) bool {
	for _, alarm := range s.ofKind("AWS::CloudWatch::Alarm") {
		if alarm.properties["MetricName"] == metric && slices.Equal(dimensions(alarm), []string{dimension}) {
			return true
		}
	}
	return false
}

// dimensions lists those of an alarm as "name=value".
func dimensions(alarm resource) []string {
	var all []string
	for _, dimension := range alarm.properties["Dimensions"].([]any) {
		fields := dimension.(map[string]any)
		all = append(all, fmt.Sprint(fields["Name"], "=", fields["Value"]))
	}
	return all
}
