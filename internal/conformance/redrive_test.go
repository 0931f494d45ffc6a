package conformance

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func redrive() section {
	return newSection("SQS: dead-letter queues",
		behaviour{
			name: "redrive after maxReceiveCount", observe: func(b bench) string {
				source, dead := b.redriving()
				source.send("x")
				return redriven(source, dead)
			},
			want: "dead-lettered after 2 receives", source: sqsGuide("sqs-dead-letter-queues"),
		},
		behaviour{
			name: "StartMessageMoveTask", observe: moved,
			want: "COMPLETED, back on its queue", source: sqsAPI("StartMessageMoveTask"),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
		behaviour{
			name: "StartMessageMoveTask to a queue by name", observe: movedTo,
			want: "on the queue", source: sqsAPI("StartMessageMoveTask"),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
		behaviour{
			name: "StartMessageMoveTask from a queue that is no dead-letter queue", observe: func(b bench) string {
				return b.move(b.queue(nil).arn, nil)
			},
			want: "InvalidParameterValue", source: follows(sqsAPI("StartMessageMoveTask")),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
		behaviour{
			name: "StartMessageMoveTask from a queue that is not there", observe: func(b bench) string {
				return b.move(b.queue(nil).arn+"-gone", nil)
			},
			want: "ResourceNotFoundException", source: sqsAPI("StartMessageMoveTask"),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
	)
}

// redriving makes a queue whose messages are dead after two receives, and its dead-letter queue.
func (b bench) redriving() (source, dead queue) {
	b.Helper()
	dead = b.queue(nil)
	source = b.queue(map[string]string{
		"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":2}`, dead.arn),
	})
	return source, dead
}

// redriven receives a message until it is on the dead-letter queue.
func redriven(source, dead queue) string {
	source.b.Helper()
	receives := 0
	found := source.b.eventually(patienceForMissing, func() bool {
		for _, m := range source.receive() {
			receives++
			source.changeVisibility(m, 0)
		}
		return dead.attribute(types.QueueAttributeNameApproximateNumberOfMessages) == "1"
	})
	if !found {
		return fmt.Sprintf("not dead-lettered after %d receives", receives)
	}
	return fmt.Sprintf("dead-lettered after %d receives", receives)
}

func (b bench) move(from string, to *string) string {
	b.Helper()
	_, err := b.sqs.StartMessageMoveTask(b.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: &from, DestinationArn: to})
	return b.code(err)
}

func moved(b bench) string {
	source, dead := b.redriving()
	source.send("x")
	redriven(source, dead)
	if code := b.move(dead.arn, nil); code != "OK" {
		return code
	}
	if *source.next().Body != "x" {
		return "another body"
	}
	out, err := b.sqs.ListMessageMoveTasks(b.Context(), &sqs.ListMessageMoveTasksInput{SourceArn: &dead.arn})
	if err != nil {
		return b.code(err)
	}
	return *out.Results[0].Status + ", back on its queue"
}

func movedTo(b bench) string {
	source, dead := b.redriving()
	source.send("x")
	redriven(source, dead)
	other := b.queue(nil)
	if code := b.move(dead.arn, &other.arn); code != "OK" {
		return code
	}
	if *other.next().Body != "x" {
		return "another body"
	}
	return "on the queue"
}
