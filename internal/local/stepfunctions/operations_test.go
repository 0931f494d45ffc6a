package stepfunctions

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/awsjson"
)

// newClient serves s on loopback and returns AWS's own client for it.
func newClient(t *testing.T, s *Service) *sfn.Client {
	t.Helper()
	server := awsjson.NewServer(nil)
	server.Register(TargetPrefix, s.Operations())
	web := httptest.NewServer(server)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		web.Close()
	})
	return sfn.New(sfn.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(web.URL), HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

const role = "arn:aws:iam::123456789012:role/r"

func TestClientCompletesAnExecution(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	c, ctx := newClient(t, s), t.Context()
	before := time.Now().Add(-time.Second)
	definition := waitTask(`"TimeoutSeconds": 60, "HeartbeatSeconds": 30,`)
	created, err := c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		t.Fatal(err)
	}
	const input = `{"order": 9007199254740993}`
	started, err := c.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: created.StateMachineArn, Name: aws.String("e"), Input: aws.String(input),
	})
	if err != nil {
		t.Fatal(err)
	}
	token := <-d.tokens
	if _, err := c.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token}); err != nil {
		t.Error("heartbeat:", err)
	}
	const output = `{"z":1.10,"a":"<é>"}`
	if _, err := c.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(output)}); err != nil {
		t.Fatal("success:", err)
	}
	finish(t, s, *started.ExecutionArn)

	got, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != types.ExecutionStatusSucceeded || aws.ToString(got.Output) != output || aws.ToString(got.Input) != input ||
		aws.ToString(got.Name) != "e" || aws.ToString(got.StateMachineArn) != machineARN || !got.OutputDetails.Included {
		t.Errorf("described as %+v", got)
	}
	for name, at := range map[string]*time.Time{"created": created.CreationDate, "started": started.StartDate, "stopped": got.StopDate} {
		if at == nil || at.Before(before) || at.After(time.Now().Add(time.Second)) {
			t.Errorf("%s at %v, want about now", name, at)
		}
	}
	history, err := c.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: started.ExecutionArn})
	if err != nil {
		t.Fatal(err)
	}
	checkHistory(t, history.Events, token, input, output)
}

func checkHistory(t *testing.T, events []types.HistoryEvent, token, input, output string) {
	t.Helper()
	var kinds []types.HistoryEventType
	for _, ev := range events {
		kinds = append(kinds, ev.Type)
	}
	want := []types.HistoryEventType{
		"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Fatalf("history (-want +got):\n%s", diff)
	}
	scheduled, submitted := events[2].TaskScheduledEventDetails, events[4].TaskSubmittedEventDetails
	texts := map[string]*string{
		"start input":   events[0].ExecutionStartedEventDetails.Input,
		"start role":    events[0].ExecutionStartedEventDetails.RoleArn,
		"entered":       events[1].StateEnteredEventDetails.Name,
		"entered input": events[1].StateEnteredEventDetails.Input,
		"parameters":    scheduled.Parameters,
		"resource type": scheduled.ResourceType,
		"resource":      scheduled.Resource,
		"region":        scheduled.Region,
		"submitted":     submitted.Output,
		"succeeded":     events[5].TaskSucceededEventDetails.Output,
		"exited":        events[6].StateExitedEventDetails.Output,
		"output":        events[7].ExecutionSucceededEventDetails.Output,
	}
	got := map[string]string{}
	for name, text := range texts {
		got[name] = aws.ToString(text)
	}
	if diff := cmp.Diff(map[string]string{
		"start input": input, "start role": role, "entered": "Ask", "entered input": input,
		"parameters":    `{"QueueUrl":"q","MessageBody":{"token":"` + token + `","order":9007199254740993}}`,
		"resource type": "sqs", "resource": "sendMessage.waitForTaskToken", "region": "us-east-1",
		"submitted": `{"MessageId":"1"}`, "succeeded": output, "exited": output, "output": output,
	}, got); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if aws.ToInt64(scheduled.TimeoutInSeconds) != 60 || aws.ToInt64(scheduled.HeartbeatInSeconds) != 30 {
		t.Errorf("scheduled with %v and %v seconds, want 60 and 30", scheduled.TimeoutInSeconds, scheduled.HeartbeatInSeconds)
	}
}

func TestClientSeesTypedErrors(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	c, ctx := newClient(t, s), t.Context()
	arn := begin(t, s, waitTask(""), `{"order":1}`)
	token := <-d.tokens
	success := func(token, output string) error {
		_, err := c.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
		return err
	}
	if err := success(token, "NaN"); !errors.As(err, new(*types.InvalidOutput)) {
		t.Errorf("NaN: %v", err)
	}
	if err := success("garbage", "{}"); !errors.As(err, new(*types.InvalidToken)) {
		t.Errorf("garbage: %v", err)
	}
	var api smithy.APIError
	if err := success(strings.Repeat("a", 2049), "{}"); !errors.As(err, &api) || api.ErrorCode() != "ValidationException" ||
		strings.Contains(api.ErrorMessage(), "aaa") {
		t.Errorf("long token: %v", err)
	}
	if _, err := c.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &token, Error: aws.String("E"), Cause: aws.String("c")}); err != nil {
		t.Error("failure:", err)
	}
	finish(t, s, arn)
	got, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil || got.Status != types.ExecutionStatusFailed || aws.ToString(got.Error) != "E" || aws.ToString(got.Cause) != "c" {
		t.Errorf("described as %+v %v", got, err)
	}
	const closed = "Task Timed Out: 'Provided task does not exist anymore'"
	var timedOut *types.TaskTimedOut
	if err := success(token, "{}"); !errors.As(err, &timedOut) || timedOut.ErrorMessage() != closed {
		t.Errorf("success of a closed task: %v", err)
	}
	if _, err := c.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &token}); !errors.As(err, &timedOut) {
		t.Errorf("failure of a closed task: %v", err)
	}
	if _, err := c.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token}); !errors.As(err, &timedOut) {
		t.Errorf("heartbeat of a closed task: %v", err)
	}
	_, err = c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN + "x")})
	if !errors.As(err, new(*types.StateMachineDoesNotExist)) {
		t.Errorf("no machine: %v", err)
	}
	_, err = c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String("n"), Definition: aws.String("{}"), RoleArn: aws.String(role)})
	if !errors.As(err, new(*types.InvalidDefinition)) {
		t.Errorf("empty definition: %v", err)
	}
	_, err = c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("n"), Definition: aws.String(waitTask("")), RoleArn: aws.String(role), Type: types.StateMachineTypeExpress,
	})
	if !errors.As(err, new(*types.StateMachineTypeNotSupported)) {
		t.Errorf("express: %v", err)
	}
	_, err = c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(arn + "x")})
	if !errors.As(err, new(*types.ExecutionDoesNotExist)) {
		t.Errorf("no execution: %v", err)
	}
}

func TestClientListsAndStops(t *testing.T) {
	t.Parallel()
	s, d := newService(t)
	c, ctx := newClient(t, s), t.Context()
	if _, err := s.CreateStateMachine("m", waitTask("")); err != nil {
		t.Fatal(err)
	}
	var arns []string
	for _, name := range []string{"a", "b", "c"} {
		arn, err := s.StartExecution(machineARN, name, `{"order":1}`)
		if err != nil {
			t.Fatal(err)
		}
		arns = append(arns, arn)
		<-d.tokens
	}
	stopped, err := c.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &arns[1], Error: aws.String("E")})
	if err != nil || stopped.StopDate == nil {
		t.Fatal(stopped, err)
	}
	list := func(filter types.ExecutionStatus, page int32) (names []string, pages int) {
		p := sfn.NewListExecutionsPaginator(c, &sfn.ListExecutionsInput{
			StateMachineArn: aws.String(machineARN), StatusFilter: filter, MaxResults: page,
		})
		for p.HasMorePages() {
			out, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, e := range out.Executions {
				names = append(names, *e.Name)
			}
		}
		return names, pages
	}
	if names, pages := list("", 2); !cmp.Equal(names, []string{"c", "b", "a"}) || pages != 2 {
		t.Errorf("all: %v on %d pages", names, pages)
	}
	if names, _ := list(types.ExecutionStatusAborted, 0); !cmp.Equal(names, []string{"b"}) {
		t.Errorf("aborted: %v", names)
	}
	machines, err := c.ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
	if err != nil || len(machines.StateMachines) != 1 || *machines.StateMachines[0].StateMachineArn != machineARN {
		t.Errorf("machines: %+v %v", machines, err)
	}
	m, err := c.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(machineARN)})
	if err != nil || aws.ToString(m.Definition) != waitTask("") || m.Status != types.StateMachineStatusActive || m.Type != types.StateMachineTypeStandard {
		t.Errorf("machine: %+v %v", m, err)
	}
	backwards, err := c.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{
		ExecutionArn: &arns[1], ReverseOrder: true, MaxResults: 1, IncludeExecutionData: aws.Bool(false),
	})
	if err != nil || len(backwards.Events) != 1 || backwards.Events[0].Type != types.HistoryEventTypeExecutionAborted || backwards.NextToken == nil {
		t.Errorf("last event: %+v %v", backwards, err)
	}
	if _, err := c.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String(machineARN)}); err != nil {
		t.Error("delete:", err)
	}
	_, err = c.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: aws.String(machineARN)})
	if !errors.As(err, new(*types.StateMachineDoesNotExist)) {
		t.Errorf("list of a deleted machine: %v", err)
	}
}

// What the client's own checks keep off the wire.
func TestRequiredMembersOnTheWire(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	null := func(member string) string {
		return "Value null at '" + member + "' failed to satisfy constraint: Member must not be null"
	}
	for _, c := range []struct{ operation, input, want string }{
		{"SendTaskSuccess", `{}`, "ValidationException: 2 validation errors detected: " + null("taskToken") + "; " + null("output")},
		{"SendTaskSuccess", `{"taskToken":"t","output":null}`, "ValidationException: 1 validation error detected: " + null("output")},
		{"SendTaskFailure", `{"error":"e"}`, "ValidationException: 1 validation error detected: " + null("taskToken")},
		{"SendTaskHeartbeat", `{}`, "ValidationException: 1 validation error detected: " + null("taskToken")},
		{"SendTaskSuccess", "{\"taskToken\":\"t\",\"output\":\"\xff\"}", "SerializationException: the request is not valid UTF-8"},
		{"StartExecution", `{}`, "ValidationException: 1 validation error detected: " + null("stateMachineArn")},
		{"DescribeExecution", `{}`, "ValidationException: 1 validation error detected: " + null("executionArn")},
		{"StopExecution", `{}`, "ValidationException: 1 validation error detected: " + null("executionArn")},
		{"GetExecutionHistory", `{}`, "ValidationException: 1 validation error detected: " + null("executionArn")},
		{"ListExecutions", `{}`, "ValidationException: 1 validation error detected: " + null("stateMachineArn")},
		{"ListStateMachines", `{"maxResults":1001}`, "ValidationException: 1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value from 0 to 1000"},
		{"ListStateMachines", `{"nextToken":"x"}`, "InvalidToken: Invalid Token: 'Invalid token'"},
		{"CreateStateMachine", `{"name":"n"}`, "ValidationException: 2 validation errors detected: " + null("definition") + "; " + null("roleArn")},
		{"CreateStateMachine", `{"name":"n","definition":"{}","roleArn":"r"}`, "InvalidArn: Invalid Role Arn: 'r'"},
	} {
		_, err := s.Operations()[c.operation](t.Context(), []byte(c.input))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s %s:\ngot  %v\nwant %s", c.operation, c.input, err, c.want)
		}
	}
}
