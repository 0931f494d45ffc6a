package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/race"
	"callback-completer/internal/telemetry"
)

func TestMain(m *testing.M) {
	race.Plays(4)
	goleak.VerifyTestMain(m)
}

// eventRig is the function before the stand-in.
type eventRig struct {
	*rig.Rig

	handler *handler
}

func newRig(t *testing.T) *eventRig {
	t.Helper()
	r := &eventRig{Rig: rig.New(t, "", false)}
	r.handler = r.function(r.Client())
	return r
}

func (r *eventRig) function(client aws.HTTPClient) *handler {
	r.T.Helper()
	h, err := assemble(config.EventBridge{Common: r.Settings}, r.AWS(client), telemetry.NewLogger(&r.Out, r.Settings.LogLevel), &r.Out)
	if err != nil {
		r.T.Fatal(err)
	}
	return h
}

// handle invokes the function as Lambda does and returns the code that it asks to be repeated for.
func (r *eventRig) handle(ctx context.Context, event string) callback.Code {
	r.T.Helper()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	answer, err := r.handler.handle(ctx, json.RawMessage(event))
	var again *CallbackRetryError
	if err != nil && !errors.As(err, &again) || answer != nil {
		r.T.Fatalf("answer %v, error %v", answer, err)
	}
	if again == nil {
		return ""
	}
	return again.Code
}

func event(detail string) string {
	return `{"version":"0","id":"e-1","detail-type":"Order Answered","source":"com.example.orders","account":"123456789012",
	"time":"2000-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":` + detail + `}`
}

func TestAnEventCompletesItsExecution(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, members string
		want          stepfunctions.Execution
	}{
		{
			"success, byte for byte", `"output": {"z": 1.10, "a": 9007199254740993 }`,
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z": 1.10, "a": 9007199254740993 }`},
		},
		{
			"failure", `"error": "OrderRejected", "cause": "no stock"`,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "OrderRejected", Cause: "no stock"},
		},
		{"heartbeat", `"outcome": "heartbeat"`, stepfunctions.Execution{Status: stepfunctions.Running}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				arn, token := r.Start()
				time.Sleep(2 * time.Second)
				if code := r.handle(t.Context(), event(fmt.Sprintf(`{"taskToken": %q, %s}`, token, tt.members))); code != "" {
					t.Errorf("retry %s", code)
				}
				synctest.Wait()
				got := r.Execution(arn)
				if got.Status != tt.want.Status || got.Output != tt.want.Output || got.Error != tt.want.Error || got.Cause != tt.want.Cause {
					t.Errorf("execution %v %q %q %q", got.Status, got.Output, got.Error, got.Cause)
				}
				if len(r.Codes()) > 0 || !strings.Contains(r.Out.String(), `"Trigger":"eventbridge"`) || !strings.Contains(r.Out.String(), `"CallbackLatency":[2000]`) {
					t.Errorf("dead letters %v, output %s", r.Codes(), r.Out.String())
				}
				r.Silent(token)
			})
		})
	}
}

// TestAJobsEventCompletesItsExecution sends an event of an AWS job whose token travels under the configured name.
func TestAJobsEventCompletesItsExecution(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"TASK_TOKEN", "JOB_TOKEN"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.Settings.TokenEnvironment = name
			r.handler = r.function(r.Client())
			arn, token := r.Start()
			payload := fmt.Sprintf(`{"version":"0","id":"e-1","detail-type":"Batch Job State Change","source":"aws.batch","account":"123456789012",
				"time":"2000-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":{"jobName":"n","jobId":"j","jobQueue":"q","status":"FAILED",
				"statusReason":"Essential container in task exited","container":{"exitCode":1,"environment":[{"name":%q,"value":%q}]}}}`, name, token)
			if code := r.handle(t.Context(), payload); code != "" {
				t.Errorf("retry %s", code)
			}
			synctest.Wait()
			if got := r.Execution(arn); got.Error != "Batch.JobFailed" || !strings.Contains(got.Cause, "Essential container in task exited") {
				t.Errorf("%s: execution %v %q %q, dead letters %v", name, got.Status, got.Error, got.Cause, r.Codes())
			}
			r.Silent(token)
		})
	}
}

func TestPermanentProblemsAreDeadLettered(t *testing.T) {
	t.Parallel()
	for payload, code := range map[string]string{
		event(`{"taskToken": "unknown", "output": 1}`):         "InvalidToken",
		event(`{"taskToken": "", "output": 1}`):                "InvalidTaskToken",
		event(`{"taskToken": "t", "output": 1, "error": "E"}`): "InvalidCallback",
		event(`{"state": "done"}`):                             "NoMapping",
		event(`"text"`):                                        "NoMapping",
		event(`null`):                                          "NoMapping",
		`{"id": 7, "time": "yesterday"}`:                       "NoMapping",
		`{}`:                                                   "NoMapping",
		`"text"`:                                               "NoMapping",
		`[` + strings.Repeat("[", 1500) + strings.Repeat("]", 1500) + `]`:                "InvalidPayload",
		event(`{"taskToken": "t", "output": "` + strings.Repeat("x", 1<<20-1000) + `"}`): "OutputTooLarge",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			if again := r.handle(t.Context(), payload); again != "" {
				t.Errorf("%.60s: retry %s", payload, again)
			}
			if diff := cmp.Diff(map[string]string{payload: code}, r.Codes()); diff != "" {
				t.Errorf("%.60s: dead letters (-want +got):\n%.300s", payload, diff)
			}
		})
	}
}

// TestTheSameEventTwice is Lambda's own redelivery, to this instance and to another.
func TestTheSameEventTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		arn, token := r.Start()
		payload := event(fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token))
		for range 2 {
			if code := r.handle(t.Context(), payload); code != "" {
				t.Errorf("retry %s", code)
			}
		}
		synctest.Wait()
		if got := r.Execution(arn); got.Output != "1" || len(r.Codes()) > 0 {
			t.Errorf("execution %v, dead letters %v", got.Status, r.Codes())
		}
		r.handler = r.function(r.Client())
		if code := r.handle(t.Context(), payload); code != "" {
			t.Errorf("retry %s", code)
		}
		if diff := cmp.Diff(map[string]string{payload: "TaskTimedOut"}, r.Codes()); diff != "" {
			t.Errorf("dead letters of another instance (-want +got):\n%s", diff)
		}
	})
}

func TestPassingProblemsAreRetried(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	for code, rule := range map[callback.Code]fault.Rule{
		"ThrottlingException":   {Operation: "SendTask*", Kind: fault.Throttle, Next: always},
		"HTTPStatus503":         {Operation: "SendTask*", Kind: fault.HTMLError, Next: always},
		"AccessDeniedException": {Operation: "SendTask*", Kind: fault.AccessDenied, Next: always},
		"NetworkError":          {Operation: "SendTask*", Kind: fault.Reset, Next: always},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.Faults.Add(rule)
			_, token := r.Start()
			payload := event(fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if again := r.handle(ctx, payload); again != code || len(r.Codes()) > 0 {
				t.Errorf("retry %s, dead letters %v, want retry %s", again, r.Codes(), code)
			}
			r.Faults.Clear()
			if again := r.handle(ctx, payload); again != "" {
				t.Errorf("retry %s once the problem has passed", again)
			}
			r.Silent(token)
		})
	}
}

func TestARefusedDeadLetterIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.Faults.Add(fault.Rule{Operation: "SendMessageBatch", Kind: fault.AccessDenied, Next: 1})
		if again := r.handle(t.Context(), event(`{}`)); again != "DeadLetterRefused" {
			t.Errorf("retry %q, want DeadLetterRefused", again)
		}
	})
}

// TestTheErrorsNameIsStable: CloudWatch shows the type's name, and alarms are set on it.
func TestTheErrorsNameIsStable(t *testing.T) {
	t.Parallel()
	if got := reflect.TypeFor[CallbackRetryError]().Name(); got != "CallbackRetryError" {
		t.Errorf("the type is %s", got)
	}
}
