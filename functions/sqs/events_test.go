package main

import (
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local"
	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/sqs"
)

var update = flag.Bool("update", false, "rewrite testdata/events.golden.json")

// outcome is what becomes of an event.
type outcome struct {
	Calls       []call       `json:"calls"`
	Failures    []string     `json:"batchItemFailures"`
	DeadLetters []deadLetter `json:"deadLetters,omitempty"`
}

type call struct {
	Operation string         `json:"operation"`
	Input     map[string]any `json:"input"`
}

type deadLetter struct {
	Body       string            `json:"body"`
	Group      string            `json:"messageGroupId,omitempty"`
	Attributes map[string]string `json:"messageAttributes"`
}

// endpoint is a Step Functions that knows every token but one, each until it is used, and notes the calls.
type endpoint struct {
	mu    sync.Mutex
	used  map[string]bool
	calls []call
}

func (e *endpoint) operation(name string) awsjson.Operation {
	return awsjson.Op(func(_ context.Context, in map[string]any) (any, error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.calls = append(e.calls, call{name, in})
		token, _ := in["taskToken"].(string)
		switch {
		case strings.Contains(token, "UNKNOWN"):
			return nil, awsjson.Errorf("InvalidToken", "Invalid Token: 'Invalid token'")
		case e.used[token]:
			return nil, awsjson.Errorf("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
		}
		e.used[token] = name != "SendTaskHeartbeat"
		return struct{}{}, nil
	})
}

// TestSampleEvents runs every sample event through the function and compares what it did with the golden file.
func TestSampleEvents(t *testing.T) {
	t.Parallel()
	const golden = "testdata/events.golden.json"
	files, err := filepath.Glob("../../events/sqs-*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d sample events, %v", len(files), err)
	}
	got := map[string]outcome{}
	for _, file := range files {
		synctest.Test(t, func(t *testing.T) { got[filepath.Base(file)] = runSample(t, file) })
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func runSample(t *testing.T, file string) outcome {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var event events.SQSEvent
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	fifo := strings.HasSuffix(event.Records[0].EventSourceARN, ".fifo")
	r := newRig(t, `select(type == "string" and $meta.messageAttributes.taskToken) | {taskToken: $meta.messageAttributes.taskToken, output: .}`, fifo)
	e := &endpoint{used: map[string]bool{}}
	api := awsjson.NewServer(nil)
	api.Register(sqs.TargetPrefix, r.Stack.SQS.Operations())
	operations := map[string]awsjson.Operation{}
	for _, name := range []string{"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"} {
		operations[name] = e.operation(name)
	}
	api.Register("AWSStepFunctions", operations)
	r.concurrency = 1 // calls in the order of the records
	r.handler = r.function(local.Direct{Handler: api})
	out := outcome{Failures: r.handle(t.Context(), event), Calls: e.calls}
	for _, m := range r.Letters.Peek() {
		letter := deadLetter{Body: m.Body, Group: m.System["MessageGroupId"], Attributes: map[string]string{}}
		for _, name := range slices.Sorted(maps.Keys(m.Attributes)) {
			letter.Attributes[name] = m.Attributes[name].String
		}
		out.DeadLetters = append(out.DeadLetters, letter)
	}
	return out
}
