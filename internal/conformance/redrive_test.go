package conformance

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func redrive() section {
	return newSection("SQS: dead-letter queues",
		behaviour{
			name: "redrive after maxReceiveCount", observe: func(t *testing.T, b *backend) string {
				source, dead := b.redriving(t)
				source.send(t, "x")
				return redriven(t, source, dead)
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
			name: "StartMessageMoveTask from a queue that is no dead-letter queue", observe: func(t *testing.T, b *backend) string {
				return b.move(t, b.queue(t, nil).arn, nil)
			},
			want: "InvalidParameterValue", source: follows(sqsAPI("StartMessageMoveTask")),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
		behaviour{
			name: "StartMessageMoveTask from a queue that is not there", observe: func(t *testing.T, b *backend) string {
				return b.move(t, b.queue(t, nil).arn+"-gone", nil)
			},
			want: "ResourceNotFoundException", source: sqsAPI("StartMessageMoveTask"),
			moto: "HTTP 500", miniStack: "InvalidAction",
		},
	)
}

// redriving makes a queue whose messages are dead after two receives, and its dead-letter queue.
func (b *backend) redriving(t *testing.T) (source, dead queue) {
	t.Helper()
	dead = b.queue(t, nil)
	source = b.queue(t, map[string]string{
		"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":2}`, dead.arn),
	})
	return source, dead
}

// redriven receives a message until it is on the dead-letter queue.
func redriven(t *testing.T, source, dead queue) string {
	t.Helper()
	receives := 0
	found := eventually(t, patienceForMissing, func() bool {
		for _, m := range source.receive(t) {
			receives++
			source.changeVisibility(t, m, 0)
		}
		return dead.attribute(t, types.QueueAttributeNameApproximateNumberOfMessages) == "1"
	})
	if !found {
		return fmt.Sprintf("not dead-lettered after %d receives", receives)
	}
	return fmt.Sprintf("dead-lettered after %d receives", receives)
}

func (b *backend) move(t *testing.T, from string, to *string) string {
	t.Helper()
	_, err := b.sqs.StartMessageMoveTask(t.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: &from, DestinationArn: to})
	return code(t, err)
}

func moved(t *testing.T, b *backend) string {
	source, dead := b.redriving(t)
	source.send(t, "x")
	redriven(t, source, dead)
	if code := b.move(t, dead.arn, nil); code != "OK" {
		return code
	}
	if *source.next(t).Body != "x" {
		return "another body"
	}
	out, err := b.sqs.ListMessageMoveTasks(t.Context(), &sqs.ListMessageMoveTasksInput{SourceArn: &dead.arn})
	if err != nil {
		return code(t, err)
	}
	return *out.Results[0].Status + ", back on its queue"
}

func movedTo(t *testing.T, b *backend) string {
	source, dead := b.redriving(t)
	source.send(t, "x")
	redriven(t, source, dead)
	other := b.queue(t, nil)
	if code := b.move(t, dead.arn, &other.arn); code != "OK" {
		return code
	}
	if *other.next(t).Body != "x" {
		return "another body"
	}
	return "on the queue"
}
