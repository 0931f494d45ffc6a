package conformance

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

func answers() section {
	return newSection("Answering a waiting task",
		behaviour{
			name: "success", observe: success,
			want: `SUCCEEDED {"by":"go"}`, source: sfnAPI("SendTaskSuccess"),
		},
		behaviour{
			name: "failure with error and cause", observe: failure,
			want: `FAILED Declined: not today`, source: sfnAPI("SendTaskFailure"),
			moto: "FAILED Declined",
		},
		behaviour{
			name: "failure without error and cause", observe: bareFailure,
			want: `FAILED`, source: sfnAPI("SendTaskFailure"),
			miniStack: "FAILED TaskFailed",
		},
		behaviour{
			name: "failure with an error of 257 characters", observe: answer(func(b bench, token string) string {
				return b.fail(token, strings.Repeat("e", 257), "")
			}),
			want: "ValidationException", source: follows(sfnAPI("SendTaskFailure")),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "failure with a cause of 32,769 characters", observe: answer(func(b bench, token string) string {
				return b.fail(token, "E", strings.Repeat("c", 32_769))
			}),
			want: "ValidationException", source: follows(sfnAPI("SendTaskFailure")),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "failure with an error of 129 two-byte characters", observe: answer(func(b bench, token string) string {
				return b.fail(token, strings.Repeat("é", 129), "")
			}),
			want: "ValidationException",
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "history of a success", observe: history,
			want:      "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded",
			source:    sfnAPI("GetExecutionHistory"),
			miniStack: "ExecutionStarted TaskStateEntered TaskScheduled TaskSucceeded TaskStateExited ExecutionSucceeded",
		},
	)
}

// answer is what a call with the token of a waiting task answers.
func answer(call func(b bench, token string) string) func(bench) string {
	return func(b bench) string {
		b.Helper()
		_, token := b.waiting(`"End": true`)
		return call(b, token)
	}
}

func success(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.succeed(token, `{"by":"go"}`))
	return result(e.end())
}

func failure(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.fail(token, "Declined", "not today"))
	return result(e.end())
}

func bareFailure(b bench) string {
	e, token := b.waiting(`"End": true`)
	if _, err := b.sfn.SendTaskFailure(b.Context(), &sfn.SendTaskFailureInput{TaskToken: &token}); err != nil {
		return b.code(err)
	}
	return result(e.end())
}

func history(b bench) string {
	e, token := b.waiting(`"End": true`)
	b.mustOK(b.succeed(token, `{}`))
	e.end()
	out, err := b.sfn.GetExecutionHistory(b.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &e.arn})
	if err != nil {
		return b.code(err)
	}
	var types []string
	for _, event := range out.Events {
		types = append(types, string(event.Type))
	}
	return strings.Join(types, " ")
}

// mustOK stops a behaviour whose beginning fails already.
func (b bench) mustOK(code string) {
	b.Helper()
	if code != "OK" {
		b.Fatalf("the call answered %s", code)
	}
}
