package demo

import (
	"time"

	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
)

// ruleName is the rule's, and its target's.
const ruleName = "callbacks"

// eventPattern takes the events of others that hold a task token, as the template's does, and the ends of Batch jobs.
const eventPattern = `{"$or": [
	{"detail": {"taskToken": [{"exists": true}]}},
	{"source": ["aws.batch"], "detail-type": ["Batch Job State Change"], "detail": {"status": ["SUCCEEDED", "FAILED"]}}
]}`

// connectBus makes the rule from the event bus to functions/eventbridge, which Lambda invokes asynchronously.
func (a *application) connectBus(retries []time.Duration, h hooks) error {
	functions, bus := a.stack.Functions, a.stack.EventBridge
	functions.Add(eventBridgeFunction, a.watched(eventBridgeFunction, h))
	if err := functions.ConfigureAsync(eventBridgeFunction, lambda.AsyncConfig{
		RetryDelays: retries, OnFailure: a.failedEvents, Observe: h.ended,
	}); err != nil {
		return err
	}
	if _, err := bus.PutRule(eventbridge.Rule{Name: ruleName, EventPattern: eventPattern}); err != nil {
		return err
	}
	return bus.PutTargets(ruleName, []eventbridge.Target{
		{ID: ruleName, ARN: functions.ARN(eventBridgeFunction), DeadLetterARN: a.lostEvents.ARN()},
	})
}
