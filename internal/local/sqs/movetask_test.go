package sqs_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
)

// killed sends messages and receives them until they are on the dead-letter queue.
func killed(t *testing.T, q *sqs.Queue, bodies ...string) {
	t.Helper()
	for i, body := range bodies {
		m := sqs.Message{Body: body}
		if q.FIFO() {
			m.GroupID, m.DeduplicationID = "g", fmt.Sprint(body, i)
		}
		send(t, q, m)
	}
	for range 2 {
		one(t, q)
		time.Sleep(10 * time.Second)
	}
	if got := one(t, q); got != nil {
		t.Fatalf("not dead-lettered: %v", got)
	}
}

func TestMoveTaskBackToTheSource(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"", ".fifo"} {
		synctest.Test(t, func(t *testing.T) {
			q, dlq, s := newPair(t, suffix, nil)
			killed(t, q, "a", "b")
			before := dlq.Peek()
			task, err := s.StartMoveTask(dlq.ARN(), "", 0)
			if err != nil || task.Status != "COMPLETED" || task.Moved != 2 || task.ToMove != 2 {
				t.Fatalf("StartMoveTask: %+v, %v", task, err)
			}
			if left := dlq.Peek(); len(left) != 0 {
				t.Errorf("left: %+v", left)
			}
			got := q.Receive(t.Context(), sqs.ReceiveOptions{Max: 10})
			if diff := cmp.Diff([]string{"a", "b"}, bodies(got)); diff != "" {
				t.Fatalf("on the source (-want +got):\n%s", diff)
			}
			system := got[0].System
			if got[0].MessageID == before[0].MessageID || system["ApproximateReceiveCount"] != "1" ||
				system["SentTimestamp"] != "946684820000" || system["DeadLetterQueueSourceArn"] != "" {
				t.Errorf("moved message is not a new one: %s %v", got[0].MessageID, system)
			}
		})
	}
}

func TestMoveTaskAtARate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, s := newPair(t, "", nil)
		other := createQueue(t, s, "other", nil)
		killed(t, q, "a", "b", "c", "d", "e")
		if _, err := s.StartMoveTask(dlq.ARN(), other.ARN(), 2); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{2, 4} {
			if got := len(other.Peek()); got != want {
				t.Errorf("moved %d, want %d", got, want)
			}
			if _, err := s.StartMoveTask(dlq.ARN(), "", 0); code(err) != "InvalidParameterValue" {
				t.Errorf("a second task: %v", err)
			}
			time.Sleep(time.Second + 1)
		}
		tasks, err := s.MoveTasks(dlq.ARN())
		if err != nil || len(tasks) != 1 || tasks[0].Status != "COMPLETED" || tasks[0].Moved != 5 || len(other.Peek()) != 5 {
			t.Errorf("MoveTasks: %+v, %v", tasks, err)
		}
	})
}

func TestMoveTaskCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, s := newPair(t, "", nil)
		killed(t, q, "a", "b", "c")
		task, err := s.StartMoveTask(dlq.ARN(), "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if task, err = s.CancelMoveTask(task.Handle); err != nil || task.Status != "CANCELLED" || task.Moved != 1 {
			t.Errorf("CancelMoveTask: %+v, %v", task, err)
		}
		time.Sleep(time.Minute)
		if left := len(dlq.Peek()); left != 2 {
			t.Errorf("%d left, want 2", left)
		}
		if _, err := s.CancelMoveTask(task.Handle); code(err) != "UnsupportedOperation" {
			t.Errorf("again: %v", err)
		}
		if _, err := s.CancelMoveTask("none"); code(err) != "ResourceNotFoundException" {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestMoveTaskFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, s := newPair(t, "", nil)
		killed(t, q, "from the source")
		send(t, dlq, sqs.Message{Body: "sent here directly"})
		task, err := s.StartMoveTask(dlq.ARN(), "", 0)
		if err != nil || task.Status != "FAILED" || task.FailureReason != "CouldNotDetermineMessageSource" || task.Moved != 1 {
			t.Errorf("no source: %+v, %v", task, err)
		}
		if held := dlq.Peek(); len(held) != 1 || held[0].Body != "sent here directly" {
			t.Errorf("left: %+v", held)
		}
	})
}

func TestMoveTaskRefusals(t *testing.T) {
	t.Parallel()
	_, dlq, s := newPair(t, "", nil)
	plain := createQueue(t, s, "plain", nil)
	fifo := createQueue(t, s, "f.fifo", map[string]string{"FifoQueue": "true"})
	tests := []struct {
		name, source, destination string
		rate                      int
		want                      string
	}{
		{"no dead-letter queue", plain.ARN(), "", 0, "InvalidParameterValue"},
		{"no source", "arn:aws:sqs:us-east-1:000000000000:none", "", 0, "ResourceNotFoundException"},
		{"no destination", dlq.ARN(), "arn:aws:sqs:us-east-1:000000000000:none", 0, "ResourceNotFoundException"},
		{"both the same", dlq.ARN(), dlq.ARN(), 0, "InvalidParameterValue"},
		{"another type", dlq.ARN(), fifo.ARN(), 0, "InvalidParameterValue"},
		{"rate", dlq.ARN(), "", 501, "InvalidParameterValue"},
		{"nothing to move", dlq.ARN(), plain.ARN(), 500, ""},
	}
	for _, tt := range tests {
		_, err := s.StartMoveTask(tt.source, tt.destination, tt.rate)
		if got := code(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClientMovesMessages(t *testing.T) {
	t.Parallel()
	c, s := newClient(t)
	dlq := createQueue(t, s, "dlq", nil)
	createByClient(t, c, "q", map[string]string{
		"RedrivePolicy": `{"deadLetterTargetArn":"` + dlq.ARN() + `","maxReceiveCount":1}`,
	})
	other := createQueue(t, s, "other", nil)
	sources, err := c.ListDeadLetterSourceQueues(t.Context(), &awssqs.ListDeadLetterSourceQueuesInput{QueueUrl: aws.String(dlq.URL())})
	if err != nil || len(sources.QueueUrls) != 1 {
		t.Errorf("ListDeadLetterSourceQueues: %+v, %v", sources, err)
	}
	for _, body := range []string{"a", "b"} {
		send(t, dlq, sqs.Message{Body: body})
	}
	started, err := c.StartMessageMoveTask(t.Context(), &awssqs.StartMessageMoveTaskInput{
		SourceArn: aws.String(dlq.ARN()), DestinationArn: aws.String(other.ARN()), MaxNumberOfMessagesPerSecond: aws.Int32(1),
	})
	if err != nil || aws.ToString(started.TaskHandle) == "" {
		t.Fatalf("StartMessageMoveTask: %+v, %v", started, err)
	}
	cancelled, err := c.CancelMessageMoveTask(t.Context(), &awssqs.CancelMessageMoveTaskInput{TaskHandle: started.TaskHandle})
	if err != nil || cancelled.ApproximateNumberOfMessagesMoved != 1 {
		t.Fatalf("CancelMessageMoveTask: %+v, %v", cancelled, err)
	}
	if _, err := c.StartMessageMoveTask(t.Context(), &awssqs.StartMessageMoveTaskInput{
		SourceArn: aws.String(dlq.ARN()), DestinationArn: aws.String(other.ARN()),
	}); err != nil {
		t.Fatal(err)
	}
	list, err := c.ListMessageMoveTasks(t.Context(), &awssqs.ListMessageMoveTasksInput{
		SourceArn: aws.String(dlq.ARN()), MaxResults: aws.Int32(10),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list.Results {
		got = append(got, fmt.Sprint(aws.ToString(r.Status), " ", r.ApproximateNumberOfMessagesMoved, " of ",
			aws.ToInt64(r.ApproximateNumberOfMessagesToMove), " ", r.TaskHandle == nil))
	}
	if diff := cmp.Diff([]string{"COMPLETED 1 of 1 true", "CANCELLED 1 of 2 true"}, got); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, one(t, other)); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
}

func TestMoveTaskLeavesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, dlq, s := newPair(t, "", nil)
		killed(t, q, "a", "b")
		taken := bodies(dlq.Receive(t.Context(), sqs.ReceiveOptions{}))
		if _, err := s.StartMoveTask(dlq.ARN(), "", 0); err != nil {
			t.Fatal(err)
		}
		if held := dlq.Peek(); len(held) != 1 || held[0].Body != taken[0] {
			t.Errorf("left %+v, want %v", held, taken)
		}
	})
}
