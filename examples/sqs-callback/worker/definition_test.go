package main

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// The state machine and the worker meet in three names only.
func TestDefinitionMatchesTheWorker(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../order.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	var definition struct {
		StartAt string
		States  map[string]struct {
			Resource   string
			Parameters struct {
				QueueURL    string `json:"QueueUrl"`
				MessageBody map[string]string
			}
			TimeoutSeconds   int
			HeartbeatSeconds int
			Catch            []struct {
				ErrorEquals []string
				Next        string
			}
			Next string
		}
	}
	if err := json.Unmarshal(content, &definition); err != nil {
		t.Fatal(err)
	}
	task := definition.States[definition.StartAt]

	if task.Resource != "arn:aws:states:::sqs:sendMessage.waitForTaskToken" {
		t.Errorf("the first state is %q", task.Resource)
	}
	if got := task.Parameters.QueueURL; got != "${RequestQueueUrl}" {
		t.Errorf("the request goes to %q", got)
	}
	if got := task.Parameters.MessageBody["taskToken.$"]; got != "$$.Task.Token" {
		t.Errorf("taskToken is %q", got)
	}
	if got := task.Parameters.MessageBody["order.$"]; got != "$.order" {
		t.Errorf("order is %q", got)
	}
	if task.HeartbeatSeconds <= 0 || task.TimeoutSeconds <= task.HeartbeatSeconds {
		t.Errorf("waits %d s for a heartbeat and %d s in all", task.HeartbeatSeconds, task.TimeoutSeconds)
	}
	rejection := check(request{}).Error
	if len(task.Catch) != 1 || !slices.Contains(task.Catch[0].ErrorEquals, rejection) {
		t.Errorf("nothing catches the worker's %q", rejection)
	}
	for _, next := range []string{task.Next, task.Catch[0].Next} {
		if _, ok := definition.States[next]; !ok {
			t.Errorf("no state %q", next)
		}
	}
}
