package conformance

import (
	"strings"
)

func tokens() section {
	return newSection("Tokens that do not belong to a waiting task",
		behaviour{
			name: "success with a token that never was", observe: func(b bench) string {
				return b.succeed("garbage", `{}`)
			},
			want: "InvalidToken", source: recorded,
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "failure with a token that never was", observe: func(b bench) string {
				return b.fail("garbage", "E", "c")
			},
			want: "InvalidToken", source: sfnAPI("SendTaskFailure"),
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "heartbeat with a token that never was", observe: func(b bench) string {
				return b.beat("garbage")
			},
			want: "InvalidToken", source: sfnAPI("SendTaskHeartbeat"),
			miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "empty token", observe: func(b bench) string {
				return b.succeed("", `{}`)
			},
			want: "ValidationException", source: follows(sfnAPI("SendTaskSuccess")),
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "token of 2,049 characters", observe: func(b bench) string {
				return b.succeed(strings.Repeat("t", 2049), `{}`)
			},
			want: "ValidationException", source: follows(sfnAPI("SendTaskSuccess")),
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
			name: "success after the timeout, which is caught", observe: lateCaught(func(b bench, token string) string {
				return b.succeed(token, `{}`)
			}),
			want: "TaskTimedOut", source: sfnAPI("SendTaskSuccess"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "failure after the timeout, which is caught", observe: lateCaught(func(b bench, token string) string {
				return b.fail(token, "E", "c")
			}),
			want: "TaskTimedOut", source: sfnAPI("SendTaskFailure"),
			moto: "OK", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "heartbeat after the timeout, which is caught", observe: lateCaught(func(b bench, token string) string {
				return b.beat(token)
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
			name: "unknown token and output that is not JSON", observe: func(b bench) string {
				return b.succeed("garbage", `{`)
			},
			want: "InvalidOutput",
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
		behaviour{
			name: "unknown token and output over the limit", observe: func(b bench) string {
				return b.succeed("garbage", strings.Repeat("x", maxOutput+1))
			},
			want: "ValidationException",
			moto: "InvalidToken", miniStack: "TaskDoesNotExist",
		},
	)
}

// waitingTwice starts an execution that waits once, and then again, however the first wait ends.
func (b bench) waitingTwice(more string) (token string, q queue) {
	b.Helper()
	q = b.queue(nil)
	b.start(states("First", ask(q, more+`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Second"}], "Next": "Second"`),
		"Second", ask(q, `"End": true`)), "{}")
	return q.token(), q
}

func twiceWhileRunning(b bench) string {
	token, q := b.waitingTwice("")
	b.mustOK(b.succeed(token, `{}`))
	q.token() // the execution waits again
	return b.succeed(token, `{}`)
}

func twiceWhenEnded(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.succeed(token, `{}`))
	e.end()
	return b.succeed(token, `{}`)
}

func failureAfterSuccess(b bench) string {
	token, q := b.waitingTwice("")
	b.mustOK(b.succeed(token, `{}`))
	q.token()
	return b.fail(token, "E", "c")
}

func beatAfterSuccess(b bench) string {
	token, q := b.waitingTwice("")
	b.mustOK(b.succeed(token, `{}`))
	q.token()
	return b.beat(token)
}

// lateCaught is what a call answers after TimeoutSeconds, in an execution that has caught the timeout and waits again.
func lateCaught(call func(b bench, token string) string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		token, q := b.waitingTwice(`"TimeoutSeconds": 1,`)
		q.token()
		return call(b, token)
	}
}

func lateUncaught(b bench) string {
	e, token := b.waiting(`"TimeoutSeconds": 1, "End": true`)
	e.end()
	return b.succeed(token, `{}`)
}

func lateForExecution(b bench) string {
	q := b.queue(nil)
	e := b.start(withTimeout(alone(ask(q, `"End": true`))), "{}")
	token := q.token()
	e.within(patienceForMissing)
	return b.succeed(token, `{}`)
}

func lateForStopped(b bench) string {
	e, token := b.waiting(`"End": true`)
	e.stop()
	return b.succeed(token, `{}`)
}
