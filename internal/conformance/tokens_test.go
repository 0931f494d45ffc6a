package conformance

import (
	"strings"
	"testing"
)

func tokens() section {
	return newSection("Tokens that do not belong to a waiting task",
		behaviour{
			name: "success with a token that never was", observe: func(t *testing.T, b *backend) string {
				return b.succeed(t, "garbage", `{}`)
			},
			want: "InvalidToken", source: recorded,
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "failure with a token that never was", observe: func(t *testing.T, b *backend) string {
				return b.fail(t, "garbage", "E", "c")
			},
			want: "InvalidToken", source: sfnAPI("SendTaskFailure"),
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "heartbeat with a token that never was", observe: func(t *testing.T, b *backend) string {
				return b.beat(t, "garbage")
			},
			want: "InvalidToken", source: sfnAPI("SendTaskHeartbeat"),
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "empty token", observe: func(t *testing.T, b *backend) string {
				return b.succeed(t, "", `{}`)
			},
			want: "ValidationException", source: sfnAPI("SendTaskSuccess"),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "token of 2,049 characters", observe: func(t *testing.T, b *backend) string {
				return b.succeed(t, strings.Repeat("t", 2049), `{}`)
			},
			want: "ValidationException", source: sfnAPI("SendTaskSuccess"),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "second success while the execution goes on", observe: twiceWhileRunning,
			want: "TaskTimedOut", source: sfnAPI("SendTaskSuccess"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "second success when the execution has ended", observe: twiceWhenEnded,
			want: "TaskTimedOut", source: reported,
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "failure after a success", observe: failureAfterSuccess,
			want: "TaskTimedOut", source: sfnAPI("SendTaskFailure"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "heartbeat after a success", observe: beatAfterSuccess,
			want: "TaskTimedOut", source: sfnAPI("SendTaskHeartbeat"),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "success after the timeout, which is caught", observe: lateCaught(func(t *testing.T, b *backend, token string) string {
				return b.succeed(t, token, `{}`)
			}),
			want: "TaskTimedOut", source: sfnAPI("SendTaskSuccess"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "failure after the timeout, which is caught", observe: lateCaught(func(t *testing.T, b *backend, token string) string {
				return b.fail(t, token, "E", "c")
			}),
			want: "TaskTimedOut", source: sfnAPI("SendTaskFailure"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "heartbeat after the timeout, which is caught", observe: lateCaught(func(t *testing.T, b *backend, token string) string {
				return b.beat(t, token)
			}),
			want: "TaskTimedOut", source: sfnAPI("SendTaskHeartbeat"),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "success after the timeout, which ended the execution", observe: lateUncaught,
			want: "TaskTimedOut", source: sfnAPI("SendTaskSuccess"),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "success after the execution's own timeout", observe: lateForExecution,
			want: "TaskTimedOut", source: sfnAPI("SendTaskSuccess"),
			moto: "InvalidToken", miniStack: "OK",
		},
		behaviour{
			name: "success after StopExecution", observe: lateForStopped,
			want: "TaskTimedOut", source: follows(sfnAPI("SendTaskSuccess")),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "unknown token and output that is not JSON", observe: func(t *testing.T, b *backend) string {
				return b.succeed(t, "garbage", `{`)
			},
			want: "InvalidOutput",
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "unknown token and output over the limit", observe: func(t *testing.T, b *backend) string {
				return b.succeed(t, "garbage", strings.Repeat("x", maxOutput+1))
			},
			want: "ValidationException",
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
	)
}

// waitingTwice starts an execution that waits once, and then again, however the first wait ends.
func (b *backend) waitingTwice(t *testing.T, more string) (token string, q queue) {
	t.Helper()
	q = b.queue(t, nil)
	b.start(t, states("First", ask(q, more+`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Second"}], "Next": "Second"`),
		"Second", ask(q, `"End": true`)), "{}")
	return q.token(t), q
}

func twiceWhileRunning(t *testing.T, b *backend) string {
	token, q := b.waitingTwice(t, "")
	mustOK(t, b.succeed(t, token, `{}`))
	q.token(t) // the execution waits again
	return b.succeed(t, token, `{}`)
}

func twiceWhenEnded(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	mustOK(t, b.succeed(t, token, `{}`))
	e.end(t)
	return b.succeed(t, token, `{}`)
}

func failureAfterSuccess(t *testing.T, b *backend) string {
	token, q := b.waitingTwice(t, "")
	mustOK(t, b.succeed(t, token, `{}`))
	q.token(t)
	return b.fail(t, token, "E", "c")
}

func beatAfterSuccess(t *testing.T, b *backend) string {
	token, q := b.waitingTwice(t, "")
	mustOK(t, b.succeed(t, token, `{}`))
	q.token(t)
	return b.beat(t, token)
}

// lateCaught is what a call answers after TimeoutSeconds, in an execution that has caught the timeout and waits again.
func lateCaught(call func(t *testing.T, b *backend, token string) string) func(*testing.T, *backend) string {
	return func(t *testing.T, b *backend) string {
		t.Helper()
		token, q := b.waitingTwice(t, `"TimeoutSeconds": 1,`)
		q.token(t)
		return call(t, b, token)
	}
}

func lateUncaught(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"TimeoutSeconds": 1, "End": true`)
	e.end(t)
	return b.succeed(t, token, `{}`)
}

func lateForExecution(t *testing.T, b *backend) string {
	q := b.queue(t, nil)
	e := b.start(t, withTimeout(alone(ask(q, `"End": true`))), "{}")
	token := q.token(t)
	e.within(t, patienceForMissing)
	return b.succeed(t, token, `{}`)
}

func lateForStopped(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	e.stop(t)
	return b.succeed(t, token, `{}`)
}
