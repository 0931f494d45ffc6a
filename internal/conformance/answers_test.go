package conformance

import (
	"strings"
	"testing"

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
			name: "failure with an error of 257 characters", observe: answer(func(t *testing.T, b *backend, token string) string {
				return b.fail(t, token, strings.Repeat("e", 257), "")
			}),
			want: "ValidationException", source: sfnAPI("SendTaskFailure"),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "failure with a cause of 32,769 characters", observe: answer(func(t *testing.T, b *backend, token string) string {
				return b.fail(t, token, "E", strings.Repeat("c", 32_769))
			}),
			want: "ValidationException", source: sfnAPI("SendTaskFailure"),
			moto: "OK", miniStack: "OK",
		},
		behaviour{
			name: "failure with an error of 129 two-byte characters", observe: answer(func(t *testing.T, b *backend, token string) string {
				return b.fail(t, token, strings.Repeat("é", 129), "")
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
func answer(call func(t *testing.T, b *backend, token string) string) func(*testing.T, *backend) string {
	return func(t *testing.T, b *backend) string {
		t.Helper()
		_, token := b.waiting(t, `"End": true`)
		return call(t, b, token)
	}
}

func success(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	mustOK(t, b.succeed(t, token, `{"by":"go"}`))
	return result(e.end(t))
}

func failure(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	mustOK(t, b.fail(t, token, "Declined", "not today"))
	return result(e.end(t))
}

func bareFailure(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	if _, err := b.sfn.SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{TaskToken: &token}); err != nil {
		return code(t, err)
	}
	return result(e.end(t))
}

func history(t *testing.T, b *backend) string {
	e, token := b.waiting(t, `"End": true`)
	mustOK(t, b.succeed(t, token, `{}`))
	e.end(t)
	out, err := b.sfn.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &e.arn})
	if err != nil {
		return code(t, err)
	}
	var types []string
	for _, event := range out.Events {
		types = append(types, string(event.Type))
	}
	return strings.Join(types, " ")
}

// mustOK stops a behaviour whose beginning fails already.
func mustOK(t *testing.T, code string) {
	t.Helper()
	if code != "OK" {
		t.Fatalf("the call answered %s", code)
	}
}
