package stepfunctions

import (
	"errors"
	"strings"
	"testing"

	"callback-completer/internal/local/awsjson"
)

func tooLong(member, limit string) string {
	return "1 validation error detected: Value at '" + member +
		"' failed to satisfy constraint: Member must have length less than or equal to " + limit
}

func TestSendTaskErrors(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	begin(t, s, waitTask(""), `{"order":1}`)
	token := <-d.tokens
	x := strings.Repeat
	const noToken = "1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member must have length greater than or equal to 1"
	cases := []struct {
		name    string
		err     error
		code    string
		message string
	}{
		{"unknown token", s.SendTaskSuccess("nope", "{}"), "InvalidToken", "Invalid Token: 'Invalid token'"},
		{"unknown token of full length", s.SendTaskFailure(x("a", 2048), "", ""), "InvalidToken", "Invalid Token: 'Invalid token'"},
		{"unknown token's heartbeat", s.SendTaskHeartbeat(token + "\n"), "InvalidToken", "Invalid Token: 'Invalid token'"},
		{"empty token", s.SendTaskSuccess("", "{}"), "ValidationException", noToken},
		{"empty token's heartbeat", s.SendTaskHeartbeat(""), "ValidationException", noToken},
		{"long token", s.SendTaskHeartbeat(x("a", 2049)), "ValidationException", tooLong("taskToken", "2048")},
		{"long output of an unknown token", s.SendTaskSuccess("nope", `"`+x("a", 262_143)+`"`), "ValidationException", tooLong("output", "262144")},
		{"long output in bytes", s.SendTaskSuccess(token, `"`+x("é", 131_072)+`"`), "ValidationException", tooLong("output", "262144")},
		{"long error", s.SendTaskFailure(token, x("e", 257), ""), "ValidationException", tooLong("error", "256")},
		{"long cause", s.SendTaskFailure(token, "", x("c", 32_769)), "ValidationException", tooLong("cause", "32768")},
		{
			"two at once", s.SendTaskFailure("", "", x("c", 32_769)), "ValidationException",
			"2 validation errors detected: " + strings.TrimPrefix(noToken, "1 validation error detected: ") + "; " +
				strings.TrimPrefix(tooLong("cause", "32768"), "1 validation error detected: "),
		},
		{"no output", s.SendTaskSuccess(token, ""), "InvalidOutput", "Invalid Output: 'the output is not valid JSON'"},
		{"output NaN", s.SendTaskSuccess(token, "NaN"), "InvalidOutput", "Invalid Output: 'the output is not valid JSON'"},
		{"two outputs", s.SendTaskSuccess(token, "{} {}"), "InvalidOutput", "Invalid Output: 'the output is not valid JSON'"},
		{"output with a BOM", s.SendTaskSuccess(token, "\ufeff{}"), "InvalidOutput", "Invalid Output: 'the output is not valid JSON'"},
		{"output not UTF-8", s.SendTaskSuccess(token, "\"\xff\""), "InvalidOutput", "Invalid Output: 'the output is not valid JSON'"},
	}
	for _, c := range cases {
		var e *awsjson.Error
		if !errors.As(c.err, &e) || e.Code != c.code || e.Message != c.message || (e.Status != 0 && e.Status != 400) {
			t.Errorf("%s: got %v, want %s: %s", c.name, c.err, c.code, c.message)
		}
	}
	// None of them has touched the task, and the greatest output fits.
	if err := s.SendTaskSuccess(token, `"`+x("a", 262_142)+`"`); err != nil {
		t.Errorf("262,144 bytes: %v", err)
	}
}

func TestNamesAndARNs(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	create := func(name string) error { _, err := s.CreateStateMachine(name, waitTask("")); return err }
	start := func(machine, name, input string) error {
		_, err := s.StartExecution(machine, name, input)
		return err
	}
	describe := func(arn string) error { _, err := s.DescribeExecution(arn); return err }
	if err := create("m"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"name with a space", create("a b"), "InvalidName: Invalid Name: 'a b'"},
		{"name with a slash", create("a/b"), "InvalidName: Invalid Name: 'a/b'"},
		{"empty name", create(""), "ValidationException: 1 validation error detected: Value at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"long name", create(strings.Repeat("n", 81)), "ValidationException: " + tooLong("name", "80")},
		{"no machine", start(machineARN+"x", "", ""), "StateMachineDoesNotExist: State Machine Does Not Exist: '" + machineARN + "x'"},
		{"no ARN", start("m", "", ""), "InvalidArn: Invalid Arn: 'Invalid ARN prefix: m'"},
		{"wrong kind of ARN", describe(machineARN), "InvalidArn: Invalid Arn: 'Resource type not valid in this context: " + machineARN + "'"},
		{"bad execution name", start(machineARN, "a:b", ""), "InvalidName: Invalid Name: 'a:b'"},
		{"input not JSON", start(machineARN, "", "{"), "InvalidExecutionInput: Invalid State Machine Execution Input: 'the input is not valid JSON'"},
		{"long input", start(machineARN, "", `"`+strings.Repeat("a", 262_143)+`"`), "ValidationException: " + tooLong("input", "262144")},
		{
			"no execution", describe("arn:aws:states:us-east-1:123456789012:execution:m:x"),
			"ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:123456789012:execution:m:x'",
		},
		{"stop nothing", s.StopExecution("arn:aws:states:us-east-1:123456789012:execution:m:x", "", ""), "ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:us-east-1:123456789012:execution:m:x'"},
		{"name with umlaut", create("grün"), "<nil>"},
	} {
		got := "<nil>"
		if c.err != nil {
			got = c.err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
