package demo

import (
	"fmt"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

const (
	failedEventsName  = "events-failed"
	visibilitySeconds = "60"
	maxReceiveCount   = 5
)

// queues are the application's, and one of the user's own.
type queues struct {
	requests    *sqs.Queue // the user's: work for which answers are wanted
	callbacks   *sqs.Queue // the answers
	deadLetters *sqs.Queue // what the functions could not deliver, and what SQS gave up
	asked       *sqs.Queue // the user's: links for those who are asked
	// The records of events on which functions/eventbridge failed, and the events that EventBridge could not hand to it.
	failedEvents, lostEvents *sqs.Queue
}

func createQueues(service *sqs.Service) (q queues, err error) {
	for _, plain := range []struct {
		name  string
		queue **sqs.Queue
	}{
		{"requests", &q.requests},
		{"callbacks-dead-letters", &q.deadLetters},
		{"approval-requests", &q.asked},
		{failedEventsName, &q.failedEvents},
		{"events-dead-letters", &q.lostEvents},
	} {
		if *plain.queue, err = service.CreateQueue(plain.name, nil); err != nil {
			return q, err
		}
	}
	q.callbacks, err = service.CreateQueue("callbacks", map[string]string{
		"VisibilityTimeout": visibilitySeconds,
		"RedrivePolicy":     fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, q.deadLetters.ARN(), maxReceiveCount),
	})
	return q, err
}

// connectQueue makes the event source mapping from the callback queue to functions/sqs.
func (a *application) connectQueue(h hooks) (err error) {
	a.mapping, err = lambda.Map(a.callbacks, a.watched(sqsFunction, h), lambda.MappingConfig{
		ReportBatchItemFailures: true, FunctionTimeout: functionTimeout, Observe: h.dealt,
	})
	return err
}
