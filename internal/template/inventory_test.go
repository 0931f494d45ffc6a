package template

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What belongs to each trigger; the shared dead-letter queue is always there.
func TestATriggerThatIsOffLeavesNothing(t *testing.T) {
	t.Parallel()
	shared := []string{"DeadLetterQueue", "DeadLetterQueuePolicy", "DeadLettersAlarm"}
	sharedOutputs := []string{"DeadLetterQueueArn", "DeadLetterQueueUrl"}
	queue := []string{
		"CallbackQueue", "CallbackQueuePolicy", "OwnQueueAgeAlarm", "OwnQueueMapping", "ReadOwnQueuePolicy", "SqsFunction",
		"SqsFunctionErrorsAlarm", "SqsFunctionLogGroup", "SqsFunctionRole", "SqsFunctionThrottlesAlarm", "UseKmsKeyPolicy",
	}
	queueOutputs := []string{
		"CallbackQueueArn", "CallbackQueueUrl", "SqsFunctionArn", "SqsFunctionLogGroupName", "SqsFunctionRoleArn",
	}
	events := []string{
		"EventDeadLetterQueue", "EventDeadLetterQueuePolicy", "EventDeadLettersAlarm", "EventRule", "EventRuleFailedInvocationsAlarm",
		"EventRuleLostEventsAlarm",
	}
	eventOutputs := []string{"EventDeadLetterQueueUrl", "EventRuleArn"}
	function := []string{
		"EventBridgeFunction", "EventBridgeFunctionDroppedEventsAlarm", "EventBridgeFunctionErrorsAlarm", "EventBridgeFunctionInvokeConfig",
		"EventBridgeFunctionLogGroup", "EventBridgeFunctionLostFailuresAlarm", "EventBridgeFunctionPermission", "EventBridgeFunctionRole",
		"EventBridgeFunctionThrottlesAlarm", "EventBridgeFunctionUseKmsKeyPolicy", "EventFailureQueue", "EventFailureQueuePolicy",
		"EventFailuresAlarm",
	}
	functionOutputs := []string{
		"EventBridgeFunctionArn", "EventBridgeFunctionLogGroupName", "EventBridgeFunctionRoleArn", "EventFailureQueueUrl",
	}
	want := map[string][2][]string{
		"queue":             {slices.Concat(shared, queue), slices.Concat(sharedOutputs, queueOutputs)},
		"queue and events":  {slices.Concat(shared, queue, events, function), slices.Concat(sharedOutputs, queueOutputs, eventOutputs, functionOutputs)},
		"queue with events": {slices.Concat(shared, queue, events), slices.Concat(sharedOutputs, queueOutputs, eventOutputs)},
		"events":            {slices.Concat(shared, events, function), slices.Concat(sharedOutputs, eventOutputs, functionOutputs)},
	}
	for _, trigger := range triggers {
		t.Run(trigger.name, func(t *testing.T) {
			t.Parallel()
			key := parameters{"KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/ours"}
			s := render(t, load(t, appFile), with(trigger.values, key))
			resources, outputs := want[trigger.name][0], want[trigger.name][1]
			slices.Sort(resources)
			slices.Sort(outputs)
			if diff := cmp.Diff(resources, slices.Sorted(maps.Keys(s.resources))); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(outputs, slices.Sorted(maps.Keys(s.outputs))); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
		})
	}
}
