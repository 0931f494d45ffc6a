package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// patienceForMissing is how long a behaviour waits for what some backend never does.
const patienceForMissing = 10 * time.Second

func timeouts() section {
	return newSection("Time",
		behaviour{
			name: "TimeoutSeconds", observe: func(b bench) string {
				e, _ := b.waiting(`"TimeoutSeconds": 1, "End": true`)
				return result(e.end())
			},
			want: "FAILED States.Timeout", source: recorded,
		},
		behaviour{
			name: "HeartbeatSeconds without a heartbeat", observe: func(b bench) string {
				e, _ := b.waiting(`"HeartbeatSeconds": 1, "End": true`)
				return result(e.within(patienceForMissing))
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
			name: "TimeoutSeconds of the execution", observe: func(b bench) string {
				q := b.queue(nil)
				e := b.start(withTimeout(alone(ask(q, `"End": true`))), "{}")
				q.token()
				return string(e.within(patienceForMissing).Status)
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
			want: "SUCCEEDED States.Timeout", source: follows("what is " + recorded),
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
func keptAlive(b bench) string {
	e, token := b.waiting(`"HeartbeatSeconds": 5, "End": true`)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for range 6 {
		<-ticker.C
		if code := b.beat(token); code != "OK" {
			return code
		}
	}
	if code := b.succeed(token, `{}`); code != "OK" {
		return code
	}
	return result(e.end())
}

func beatsUntilTimeout(b bench) string {
	e, token := b.waiting(`"TimeoutSeconds": 3, "HeartbeatSeconds": 2, "End": true`)
	last := "OK"
	b.eventually(patienceForMissing, func() bool {
		last = b.beat(token)
		return last != "OK"
	})
	return last + ", " + result(e.within(patienceForMissing))
}

// stop stops the execution.
func (e execution) stop() {
	e.b.Helper()
	name, cause := "Recalled", "by hand"
	if _, err := e.b.sfn.StopExecution(e.b.Context(), &sfn.StopExecutionInput{
		ExecutionArn: &e.arn, Error: &name, Cause: &cause,
	}); err != nil {
		e.b.Fatalf("StopExecution: %v", err)
	}
}

func stopped(b bench) string {
	e, _ := b.waiting(`"End": true`)
	e.stop()
	return result(e.within(patienceForMissing))
}

func stoppedTwice(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.succeed(token, `{}`))
	e.end()
	_, err := b.sfn.StopExecution(b.Context(), &sfn.StopExecutionInput{ExecutionArn: &e.arn})
	return b.code(err) + ", " + result(e.end())
}

func caughtHeartbeat(as string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		q := b.queue(nil)
		e := b.start(states("Ask", ask(q, fmt.Sprintf(
			`"HeartbeatSeconds": 1, "Catch": [{"ErrorEquals": [%q], "Next": "Caught"}], "End": true`, as)),
			"Caught", `{"Type": "Pass", "OutputPath": "$.Error", "End": true}`), "{}")
		q.token()
		return strings.ReplaceAll(result(e.within(patienceForMissing)), `"`, "")
	}
}
