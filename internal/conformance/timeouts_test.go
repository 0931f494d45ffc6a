package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// patienceForMissing is how long a behaviour waits for what some backend never does.
const patienceForMissing = 10 * time.Second

func timeouts() section {
	return newSection("Time",
		behaviour{
			name: "TimeoutSeconds", observe: func(t *testing.T, b *backend) string {
				e, _ := b.waiting(t, `"TimeoutSeconds": 1, "End": true`)
				return result(e.end(t))
			},
			want: "FAILED States.Timeout", source: recorded,
		},
		behaviour{
			name: "HeartbeatSeconds without a heartbeat", observe: func(t *testing.T, b *backend) string {
				e, _ := b.waiting(t, `"HeartbeatSeconds": 1, "End": true`)
				return result(e.within(t, patienceForMissing))
			},
			want: "FAILED States.Timeout", source: recorded,
			miniStack: "RUNNING",
		},
		behaviour{
			name: "heartbeats keep the task waiting", observe: keptAlive,
			want: `SUCCEEDED {}`, source: sfnAPI("SendTaskHeartbeat"),
		},
		behaviour{
			name: "heartbeats do not put off TimeoutSeconds", observe: beatsUntilTimeout,
			want: "TaskTimedOut, FAILED States.Timeout", source: sfnAPI("SendTaskHeartbeat"),
			moto: "InvalidToken, FAILED States.Timeout", miniStack: "TaskDoesNotExist, FAILED States.Timeout",
		},
		behaviour{
			name: "TimeoutSeconds of the execution", observe: func(t *testing.T, b *backend) string {
				q := b.queue(t, nil)
				e := b.start(t, withTimeout(alone(ask(q, `"End": true`))), "{}")
				q.token(t)
				return string(e.within(t, patienceForMissing).Status)
			},
			want: "TIMED_OUT", source: sfnGuide("statemachine-structure"),
			miniStack: "RUNNING",
		},
		behaviour{
			name: "StopExecution while it waits", observe: stopped,
			want: "ABORTED Recalled: by hand", source: sfnAPI("StopExecution"),
			moto: "RUNNING", miniStack: "ABORTED",
		},
		behaviour{
			name: "StopExecution when it has ended", observe: stoppedTwice,
			want:      "OK, SUCCEEDED {}",
			miniStack: "ValidationException, SUCCEEDED {}",
		},
		behaviour{
			name: "missed heartbeat, caught as States.Timeout", observe: caughtHeartbeat("States.Timeout"),
			want: "SUCCEEDED States.Timeout", source: recorded,
			moto: "SUCCEEDED not JSON: States.Timeout", miniStack: "RUNNING",
		},
		behaviour{
			name: "missed heartbeat, caught as States.HeartbeatTimeout", observe: caughtHeartbeat("States.HeartbeatTimeout"),
			want: "SUCCEEDED States.Timeout",
			moto: "FAILED States.Timeout", miniStack: "RUNNING",
		},
	)
}

// withTimeout gives a definition a TimeoutSeconds of its own.
func withTimeout(definition string) string {
	return strings.Replace(definition, "{", `{"TimeoutSeconds": 2, `, 1)
}

// keptAlive sends a heartbeat a second for longer than HeartbeatSeconds.
func keptAlive(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"HeartbeatSeconds": 5, "End": true`)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for range 6 {
		<-ticker.C
		if code := b.beat(t, token); code != "OK" {
			return code
		}
	}
	if code := b.succeed(t, token, `{}`); code != "OK" {
		return code
	}
	return result(e.end(t))
}

func beatsUntilTimeout(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"TimeoutSeconds": 3, "HeartbeatSeconds": 2, "End": true`)
	last := "OK"
	eventually(t, patienceForMissing, func() bool {
		last = b.beat(t, token)
		return last != "OK"
	})
	return last + ", " + result(e.within(t, patienceForMissing))
}

// stop stops the execution.
func (e execution) stop(t *testing.T) {
	t.Helper()
	name, cause := "Recalled", "by hand"
	if _, err := e.b.sfn.StopExecution(t.Context(), &sfn.StopExecutionInput{
		ExecutionArn: &e.arn, Error: &name, Cause: &cause,
	}); err != nil {
		t.Fatalf("StopExecution: %v", err)
	}
}

func stopped(t *testing.T, b *backend) string {
	e, _ := b.waiting(t, `"End": true`)
	e.stop(t)
	return result(e.within(t, patienceForMissing))
}

func stoppedTwice(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	mustOK(t, b.succeed(t, token, `{}`))
	e.end(t)
	_, err := b.sfn.StopExecution(t.Context(), &sfn.StopExecutionInput{ExecutionArn: &e.arn})
	return code(t, err) + ", " + result(e.end(t))
}

func caughtHeartbeat(as string) func(*testing.T, *backend) string {
	return func(t *testing.T, b *backend) string {
		t.Helper()
		q := b.queue(t, nil)
		e := b.start(t, states("Ask", ask(q, fmt.Sprintf(
			`"HeartbeatSeconds": 1, "Catch": [{"ErrorEquals": [%q], "Next": "Caught"}], "End": true`, as)),
			"Caught", `{"Type": "Pass", "OutputPath": "$.Error", "End": true}`), "{}")
		q.token(t)
		return strings.ReplaceAll(result(e.within(t, patienceForMissing)), `"`, "")
	}
}
