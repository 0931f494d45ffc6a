package conformance

import (
	"fmt"
	"strings"
)

func workflows() section {
	return newSection("Workflows around the task",
		behaviour{
			name: "Retry after a failure", observe: retried,
			want: `new token, SUCCEEDED {"try":2}`, source: sfnGuide("connect-to-resource"),
			moto: "same token, InvalidToken", miniStack: `same token, SUCCEEDED {"try":2}`,
		},
		behaviour{
			name: "first attempt's token after a Retry", observe: firstAttempt,
			want: "TaskTimedOut", source: follows(sfnAPI("SendTaskSuccess")),
			moto: "InvalidToken", miniStack: "OK",
		},
		behaviour{
			name: "Retry after TimeoutSeconds", observe: retriedTimeout,
			want: "new token", source: sfnGuide("connect-to-resource"),
			moto: "same token", miniStack: "same token",
		},
		behaviour{
			name: "Retry that is used up", observe: usedUp,
			want: "FAILED Declined: again", source: sfnGuide("concepts-error-handling"),
			moto: "FAILED Declined",
		},
		behaviour{
			name: "Catch puts error and cause at ResultPath", observe: caught("Declined", "not today"),
			want: `SUCCEEDED {"n":1,"why":{"Cause":"not today","Error":"Declined"}}`, source: sfnGuide("concepts-error-handling"),
			moto: `SUCCEEDED {"n":1,"why":{"Cause":null,"Error":"Declined"}}`,
		},
		behaviour{
			name: "Catch of a failure without a cause", observe: caught("Declined", ""),
			want: `SUCCEEDED {"n":1,"why":{"Cause":"","Error":"Declined"}}`,
			moto: `SUCCEEDED {"n":1,"why":{"Cause":null,"Error":"Declined"}}`,
		},
		behaviour{
			name: "Catch of another error", observe: caught("Broken", "it is"),
			want: "FAILED Broken: it is", source: sfnGuide("concepts-error-handling"),
			moto: "FAILED Broken",
		},
		behaviour{
			name: "Catch of States.TaskFailed", observe: caughtAs("States.TaskFailed"),
			want: "SUCCEEDED {}", source: sfnGuide("concepts-error-handling"),
		},
		behaviour{
			name: "Choice by a string", observe: chosen(`{"decision":"approve","urgent":true}`),
			want: `SUCCEEDED "approved"`, source: sfnGuide("state-choice"),
			moto: "SUCCEEDED not JSON: approved",
		},
		behaviour{
			name: "Choice by a boolean", observe: chosen(`{"decision":"later","urgent":true}`),
			want: `SUCCEEDED "escalated"`, source: sfnGuide("state-choice"),
			moto: "SUCCEEDED not JSON: escalated",
		},
		behaviour{
			name: "Choice by default", observe: chosen(`{"decision":"perhaps","urgent":false}`),
			want: `FAILED Undecided: neither`, source: sfnGuide("state-choice"),
		},
		behaviour{
			name: "Choice by a value that is missing", observe: func(b bench) string {
				out, _, _ := strings.Cut(chosen(`{}`)(b), ":")
				return out
			},
			want: "FAILED States.Runtime", source: sfnGuide("amazon-states-language-choice-state"),
			moto: "FAILED Undecided", miniStack: "FAILED Undecided",
		},
	)
}

const retryOnce = `"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}], `

func sameOrNew(first, second string) string {
	if first == second {
		return "same token"
	}
	return "new token"
}

func retried(b bench) string {
	q := b.queue(nil)
	e := b.start(alone(ask(q, retryOnce+`"End": true`)), "{}")
	first := q.token()
	b.mustOK(b.fail(first, "Declined", "once"))
	second := q.token()
	if code := b.succeed(second, `{"try":2}`); code != "OK" {
		return sameOrNew(first, second) + ", " + code
	}
	return sameOrNew(first, second) + ", " + result(e.end())
}

func firstAttempt(b bench) string {
	q := b.queue(nil)
	b.start(alone(ask(q, retryOnce+`"End": true`)), "{}")
	first := q.token()
	b.mustOK(b.fail(first, "Declined", "once"))
	q.token()
	return b.succeed(first, `{}`)
}

func retriedTimeout(b bench) string {
	q := b.queue(nil)
	b.start(alone(ask(q, retryOnce+`"TimeoutSeconds": 1, "End": true`)), "{}")
	first := q.token()
	return sameOrNew(first, q.token())
}

func usedUp(b bench) string {
	q := b.queue(nil)
	e := b.start(alone(ask(q, retryOnce+`"End": true`)), "{}")
	b.mustOK(b.fail(q.token(), "Declined", "once"))
	b.mustOK(b.fail(q.token(), "Declined", "again"))
	return result(e.end())
}

func caught(name, cause string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		q := b.queue(nil)
		e := b.start(states(
			"Ask", ask(q, `"Catch": [{"ErrorEquals": ["Declined"], "ResultPath": "$.why", "Next": "Caught"}], "End": true`),
			"Caught", `{"Type": "Succeed"}`), `{"n":1}`)
		b.mustOK(b.fail(q.token(), name, cause))
		return result(e.end())
	}
}

func caughtAs(name string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		q := b.queue(nil)
		e := b.start(states(
			"Ask", ask(q, fmt.Sprintf(`"Catch": [{"ErrorEquals": [%q], "ResultPath": null, "Next": "Caught"}], "End": true`, name)),
			"Caught", `{"Type": "Succeed"}`), `{}`)
		b.mustOK(b.fail(q.token(), "Declined", "not today"))
		return result(e.end())
	}
}

// chosen is where a Choice leads after this output.
func chosen(output string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		q := b.queue(nil)
		e := b.start(states("Ask", ask(q, `"Next": "Choose"`),
			"Choose", `{"Type": "Choice", "Choices": [
				{"Variable": "$.decision", "StringEquals": "approve", "Next": "Approved"},
				{"Variable": "$.urgent", "BooleanEquals": true, "Next": "Escalated"}
			], "Default": "Undecided"}`,
			"Approved", `{"Type": "Pass", "Result": "approved", "End": true}`,
			"Escalated", `{"Type": "Pass", "Result": "escalated", "End": true}`,
			"Undecided", `{"Type": "Fail", "Error": "Undecided", "Cause": "neither"}`), "{}")
		b.mustOK(b.succeed(q.token(), output))
		return result(e.end())
	}
}
