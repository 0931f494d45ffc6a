package template

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAlarms(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		queue := "${CallbackQueue.QueueName}"
		if s.parameters["ExistingQueueArn"] != "" {
			queue = "answers"
		}
		want := []string{
			"AWS/Lambda Errors FunctionName ${SqsFunction} Sum > 0",
			"AWS/Lambda Throttles FunctionName ${SqsFunction} Sum > 0",
			"AWS/SQS ApproximateAgeOfOldestMessage QueueName " + queue + " Maximum > 900",
			"AWS/SQS ApproximateNumberOfMessagesVisible QueueName ${DeadLetterQueue.QueueName} Maximum > 0",
		}
		var got []string
		for id, alarm := range s.ofKind("AWS::CloudWatch::Alarm") {
			p := alarm.properties
			if p["ComparisonOperator"] != "GreaterThanThreshold" || p["TreatMissingData"] != "notBreaching" {
				s.Errorf("%s: %v, missing data %v", id, p["ComparisonOperator"], p["TreatMissingData"])
			}
			dimension := p["Dimensions"].([]any)[0].(map[string]any)
			got = append(got, fmt.Sprint(p["Namespace"], " ", p["MetricName"], " ", dimension["Name"], " ", dimension["Value"], " ",
				p["Statistic"], " > ", p["Threshold"]))
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			s.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Every function added later needs its own alarms, whatever it is called.
func TestEveryFunctionHasAnErrorAndAThrottleAlarm(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id := range s.ofKind("AWS::Serverless::Function") {
			for _, metric := range []string{"Errors", "Throttles"} {
				if !hasAlarm(s, metric, "${"+id+"}") {
					s.Errorf("%s has no alarm on %s", id, metric)
				}
			}
		}
	})
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
		on := alarm.properties["Dimensions"].([]any)[0].(map[string]any)["Value"]
		if alarm.properties["MetricName"] == metric && on == dimension {
			return true
		}
	}
	return false
}
