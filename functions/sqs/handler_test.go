package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/race"
)

func TestACallbackCompletesItsExecution(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, members string
		want          stepfunctions.Execution
	}{
		{
			"success, byte for byte", `"output": {"z": 1.10, "a": 9007199254740993 , "b":[ ]}`,
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z": 1.10, "a": 9007199254740993 , "b":[ ]}`},
		},
		{"null", `"output": null`, stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `null`}},
		{"string", `"output": "s"`, stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `"s"`}},
		{"1E400", `"output": 1E400`, stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `1E400`}},
		{
			"largest output", `"output": "` + strings.Repeat("x", 262_142) + `"`,
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `"` + strings.Repeat("x", 262_142) + `"`},
		},
		{"explicit success", `"outcome": "success"`, stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{}`}},
		{
			"failure", `"error": "OrderRejected", "cause": "no stock"`,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "OrderRejected", Cause: "no stock"},
		},
		{
			"long error", `"error": "` + strings.Repeat("e", 252) + `é…", "cause": "c"`,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: strings.Repeat("e", 252) + "…", Cause: "c"},
		},
		{
			"long cause", `"error": "E", "cause": "` + strings.Repeat("c", 32_764) + `€cc"`,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "E", Cause: strings.Repeat("c", 32_764) + "…"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "", false)
				arn, token := r.Start()
				body := fmt.Sprintf(`{"taskToken": %q, %s}`, token, tt.members)
				if failed := r.handle(t.Context(), sqsEvent(false, body)); len(failed) > 0 {
					t.Errorf("failures %v", failed)
				}
				synctest.Wait()
				got := r.Execution(arn)
				if got.Status != tt.want.Status || got.Output != tt.want.Output || got.Error != tt.want.Error || got.Cause != tt.want.Cause {
					t.Errorf("execution %v %.80q %.80q %.80q", got.Status, got.Output, got.Error, got.Cause)
				}
				if len(r.Letters.Peek()) > 0 {
					t.Errorf("dead letters %v", r.Codes())
				}
				r.Silent(token)
			})
		})
	}
}

// TestBadInput gives the function each bad message beside a good one, which must not suffer.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const open = "TOKEN" // stands for the token of a waiting execution
	tests := []struct{ name, body, mapping, code string }{
		{"not JSON", `hello`, "", "NoMapping"},
		{"half JSON", `{"taskToken": "TOKEN", "output": {`, "", "NoMapping"},
		{"empty", ``, "", "NoMapping"},
		{"1 MiB of output", `{"taskToken": "TOKEN", "output": "` + strings.Repeat("x", 1<<20-800) + `"}`, "", "OutputTooLarge"},
		{"nested 10,000 deep", `{"taskToken": "TOKEN", "output": ` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, "", "InvalidPayload"},
		{"not UTF-8", "{\"taskToken\": \"TOKEN\", \"output\": \"\xff\"}", "", "InvalidPayload"},
		{"byte order mark", "\ufeff" + `{"taskToken": "TOKEN", "output": 1}`, "", "NoMapping"},
		{"repeated key", `{"taskToken": "TOKEN", "output": 1, "output": 2}`, "", "InvalidCallback"},
		{"no token", `{"output": 1}`, "", "NoMapping"},
		{"null token", `{"taskToken": null, "output": 1}`, "", "InvalidTaskToken"},
		{"number for a token", `{"taskToken": 1, "output": 1}`, "", "InvalidTaskToken"},
		{"empty token", `{"taskToken": "", "output": 1}`, "", "InvalidTaskToken"},
		{"2,049 bytes of token", `{"taskToken": "` + strings.Repeat("t", 2049) + `", "output": 1}`, "", "InvalidTaskToken"},
		{"line break behind the token", `{"taskToken": "TOKEN\n", "output": 1}`, "", "InvalidTaskToken"},
		{"both spellings", `{"taskToken": "TOKEN", "TaskToken": "TOKEN", "output": 1}`, "", "InvalidCallback"},
		{"no result", `{"taskToken": "TOKEN"}`, "", "InvalidCallback"},
		{"262,145 bytes of output", `{"taskToken": "TOKEN", "output": "` + strings.Repeat("x", 262_143) + `"}`, "", "OutputTooLarge"},
		{"output and error", `{"taskToken": "TOKEN", "output": 1, "error": "E"}`, "", "InvalidCallback"},
		{"unknown outcome", `{"taskToken": "TOKEN", "outcome": "approve"}`, "", "InvalidCallback"},
		{"wrong token", `{"taskToken": "AAAAwrong", "output": 1}`, "", "InvalidToken"},
		{"a mapping that fails", `{"x": "TOKEN"}`, `select(.x) | error(.x)`, "MappingFailed"},
		{"a mapping that yields 101 results", `{"x": "TOKEN"}`, `select(.x) | range(101) as $i | {taskToken: .x, output: $i}`, "TooManyCallbacks"},
		{"a mapping that yields a string", `{"x": "TOKEN"}`, `select(.x) | .x`, "InvalidCallback"},
		{"a mapping that yields null for a token", `{"x": "TOKEN"}`, `select(.x) | {taskToken: .y, output: 1}`, "InvalidTaskToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if tt.mapping != "" {
					tt.mapping = `if type != "object" then empty else (` + tt.mapping + `) end`
				}
				r := newRig(t, tt.mapping, false)
				bad, token := r.Start()
				good, other := r.Start()
				body := strings.ReplaceAll(tt.body, open, token)
				failed := r.handle(t.Context(), sqsEvent(false, body, fmt.Sprintf(`{"taskToken": %q, "output": "good"}`, other)))
				synctest.Wait()
				if got := r.Execution(bad); got.Status != stepfunctions.Running {
					t.Errorf("the execution is %v: the bad message decided it", got.Status)
				}
				if got := r.Execution(good); got.Output != `"good"` {
					t.Errorf("the good message beside it was not delivered: %v", got.Status)
				}
				r.Silent(token)
				want := map[string]string{body: tt.code}
				switch tt.name { // no SQS message is like that; should one come, then this
				case "not UTF-8":
					want = map[string]string{base64.StdEncoding.EncodeToString([]byte(body)): tt.code}
				case "empty": // not as a dead letter either
					if diff := cmp.Diff([]string{"m-0"}, failed); diff != "" {
						t.Errorf("failures (-want +got):\n%s", diff)
					}
					return
				}
				if diff := cmp.Diff(want, r.Codes()); diff != "" || len(failed) > 0 {
					t.Errorf("failures %v, dead letters (-want +got):\n%.300s", failed, diff)
				}
			})
		})
	}
}

// TestAMappingThatLoops runs in real time: a busy goroutine stops the clock of a bubble.
func TestAMappingThatLoops(t *testing.T) {
	t.Parallel()
	r := newRig(t, `select(type == "object" and .x) | def f: f; f`, false)
	arn, token := r.Start()
	bad := fmt.Sprintf(`{"x": %q}`, token)
	failed := r.handle(t.Context(), sqsEvent(false, bad, fmt.Sprintf(`{"taskToken": %q, "output": "good"}`, token)))
	if diff := cmp.Diff(map[string]string{bad: "MappingTimeout"}, r.Codes()); diff != "" || len(failed) > 0 {
		t.Errorf("failures %v, dead letters (-want +got):\n%s", failed, diff)
	}
	if got, err := r.Stack.StepFunctions.Wait(t.Context(), arn); err != nil || got.Output != `"good"` {
		t.Errorf("the good message beside it was not delivered: %v, %v", got.Status, err)
	}
	r.Silent(token)
}

// TestBatchItemFailuresIsNeverNull reads the answer as Lambda does.
func TestBatchItemFailuresIsNeverNull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		response, err := r.handler.handle(t.Context(), sqsEvent(false, "x"))
		text, _ := json.Marshal(response)
		if err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Errorf("%s, %v", text, err)
		}
	})
}

func TestEventsThatAreNotSQS(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		for name, e := range map[string]events.SQSEvent{
			"empty":        {},
			"other source": {Records: []events.SQSMessage{{MessageId: "1", EventSource: "aws:kinesis"}}},
			"no id":        {Records: []events.SQSMessage{{EventSource: "aws:sqs"}}},
		} {
			if _, err := r.handler.handle(t.Context(), e); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

func TestTheSameMessageTwiceInOneBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		arn, token := r.Start()
		body := fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token)
		failed := r.handle(t.Context(), sqsEvent(false, body, body, body))
		synctest.Wait()
		if got := r.Execution(arn); got.Output != "1" || len(failed) > 0 || len(r.Letters.Peek()) > 0 {
			t.Errorf("execution %v, failures %v, dead letters %v", got.Status, failed, r.Codes())
		}
		if !strings.Contains(r.Out.String(), `"Delivered":1,"Duplicate":2,`) {
			t.Error("the metrics do not count one delivered and two duplicates")
		}
	})
}

func TestTokensThatAreUsedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		_, used := r.Start()
		if err := r.Stack.StepFunctions.SendTaskSuccess(used, "0"); err != nil {
			t.Fatal(err)
		}
		_, expired := r.Start()
		time.Sleep(61 * time.Second)
		stopped, aborted := r.Start()
		if err := r.Stack.StepFunctions.StopExecution(stopped, "", ""); err != nil {
			t.Fatal(err)
		}
		_, ours := r.Start()
		message := func(token, members string) string { return fmt.Sprintf(`{"taskToken": %q, %s}`, token, members) }
		r.handle(t.Context(), sqsEvent(false, message(ours, `"output": 1`)))
		lost := []string{
			message(used, `"output": 0`), message(expired, `"output": 1`), message(aborted, `"error": "E"`),
			message(ours, `"output": 2`), message(ours, `"cause": "c"`),
		}
		known := []string{message(ours, `"output": 1`), message(ours, `"outcome": "heartbeat"`), message(expired, `"outcome": "heartbeat"`)}
		if failed := r.handle(t.Context(), sqsEvent(false, slices.Concat(lost, known)...)); len(failed) > 0 {
			t.Errorf("failures %v", failed)
		}
		want := map[string]string{lost[0]: "TaskTimedOut", lost[1]: "TaskTimedOut", lost[2]: "TaskTimedOut", lost[3]: "Conflict", lost[4]: "Conflict"}
		if diff := cmp.Diff(want, r.Codes()); diff != "" {
			t.Errorf("dead letters (-want +got):\n%s", diff)
		}
		r.Silent(used, expired, aborted, ours)
	})
}

// TestFaults gives Step Functions and the dead-letter queue each fault and looks at what becomes of a good message,
// of a malformed one and of an answer that a lost one came before.
func TestFaults(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	tests := []struct {
		name   string
		rule   fault.Rule
		failed []string // m-0 is good, m-1 malformed
		codes  []string
		status stepfunctions.Status
	}{
		{"throttled once", fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Next: 1}, nil, []string{"NoMapping"}, stepfunctions.Succeeded},
		{"KMS throttled once", fault.Rule{Operation: "SendTask*", Kind: fault.KMSThrottling, Next: 1}, nil, []string{"NoMapping"}, stepfunctions.Succeeded},
		{"503 in HTML once", fault.Rule{Operation: "SendTask*", Kind: fault.HTMLError, Next: 1}, nil, []string{"NoMapping"}, stepfunctions.Succeeded},
		{"reset once before it was applied", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: 1}, nil, []string{"NoMapping"}, stepfunctions.Succeeded},
		{"reset once after it was applied", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: 1, Applied: true}, nil, []string{"NoMapping", "Unconfirmed"}, stepfunctions.Succeeded},
		{"500 once after it was applied", fault.Rule{Operation: "SendTask*", Kind: fault.ServerError, Next: 1, Applied: true}, nil, []string{"NoMapping", "Unconfirmed"}, stepfunctions.Succeeded},
		{"throttled for good", fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Next: always}, []string{"m-0"}, []string{"NoMapping"}, stepfunctions.Running},
		{"503 in HTML for good", fault.Rule{Operation: "SendTask*", Kind: fault.HTMLError, Next: always}, []string{"m-0"}, []string{"NoMapping"}, stepfunctions.Running},
		{"reset for good", fault.Rule{Operation: "SendTask*", Kind: fault.Reset, Next: always}, []string{"m-0"}, []string{"NoMapping"}, stepfunctions.Running},
		{"KMS key disabled", fault.Rule{Operation: "SendTask*", Kind: fault.KMSInvalidState, Next: always}, []string{"m-0"}, []string{"NoMapping"}, stepfunctions.Running},
		{"no right to complete", fault.Rule{Operation: "SendTask*", Kind: fault.AccessDenied, Next: always}, []string{"m-0"}, []string{"NoMapping"}, stepfunctions.Running},
		{"dead-letter queue refuses", fault.Rule{Operation: "SendMessageBatch", Kind: fault.AccessDenied, Next: always}, []string{"m-1"}, nil, stepfunctions.Succeeded},
		{"dead-letter queue resets", fault.Rule{Operation: "SendMessageBatch", Kind: fault.Reset, Next: always}, []string{"m-1"}, nil, stepfunctions.Succeeded},
		{"dead-letter queue throttles once", fault.Rule{Operation: "SendMessageBatch", Kind: fault.Throttle, Next: 1}, nil, []string{"NoMapping"}, stepfunctions.Succeeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "", false)
				r.Faults.Add(tt.rule)
				arn, token := r.Start()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				failed := r.handle(ctx, sqsEvent(false, fmt.Sprintf(`{"taskToken": %q, "output": 1}`, token), token))
				synctest.Wait()
				var codes []string
				for _, code := range r.Codes() {
					codes = append(codes, code)
				}
				slices.Sort(codes)
				if diff := cmp.Diff(tt.codes, codes); diff != "" {
					t.Errorf("dead letters (-want +got):\n%s", diff)
				}
				if got := r.Execution(arn).Status; got != tt.status || !slices.Equal(failed, tt.failed) {
					t.Errorf("execution %v, failures %v", got, failed)
				}
				r.Silent(token)
			})
		})
	}
}

func TestHalfTheCallsAreThrottled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		r.Faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.Throttle, Rate: 0.5})
		arns, bodies := make([]string, 100), make([]string, 100)
		for i := range arns {
			arn, token := r.Start()
			arns[i], bodies[i] = arn, fmt.Sprintf(`{"taskToken": %q, "output": %d}`, token, i)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		failed := r.handle(ctx, sqsEvent(false, bodies...))
		synctest.Wait()
		for i, arn := range arns {
			retried := slices.Contains(failed, fmt.Sprintf("m-%d", i))
			if got := r.Execution(arn); (got.Output == fmt.Sprint(i)) == retried {
				t.Errorf("message %d: execution %v, retried %v", i, got.Status, retried)
			}
		}
		if len(failed) > 5 || len(r.Letters.Peek()) > 0 { // 8 attempts: one in 256 is given back
			t.Errorf("%d given back, %d dead letters", len(failed), len(r.Letters.Peek()))
		}
	})
}

// TestDeadline leaves two seconds for 1,000 messages whose calls take 100 ms.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		r.Faults.Add(fault.Rule{Operation: "SendTask*", Kind: fault.Slow, Rate: 1, Delay: 100 * time.Millisecond})
		bodies := slices.Repeat([]string{`{"taskToken": "unknown", "output": 1}`}, 1000)
		for i := range bodies {
			bodies[i] = strings.Replace(bodies[i], "unknown", fmt.Sprintf("unknown-%d", i), 1)
		}
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		failed := r.handle(ctx, sqsEvent(false, bodies...))
		if took := time.Since(start); took >= 2*time.Second {
			t.Errorf("answered after %v", took)
		}
		if done := len(r.Letters.Peek()); done != 289 || len(failed) != 711 { // one first, then 32 at a time, for one second
			t.Errorf("%d dead letters, %d given back", done, len(failed))
		}
	})
}

func TestFIFO(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", true)
		var bodies, arns []string
		for i, group := range []string{"a", "b", "c", "a", "b", "c", "a", "b"} {
			arn, token := r.Start()
			arns = append(arns, arn)
			bodies = append(bodies, fmt.Sprintf(`%s|{"taskToken": %q, "output": %d}`, group, token, i))
		}
		bodies[5] = "c|malformed"
		// The first call of group b's second message fails for good: it is the only failure.
		failing := strings.SplitN(bodies[4], `"`, 5)[3]
		r.handler = r.function(refusing{r.Stack, failing})
		failed := r.handle(t.Context(), sqsEvent(true, bodies...))
		if diff := cmp.Diff([]string{"m-4", "m-7"}, failed); diff != "" {
			t.Errorf("failures (-want +got):\n%s", diff)
		}
		synctest.Wait()
		var done []string
		for i, arn := range arns {
			if r.Execution(arn).Status == stepfunctions.Succeeded {
				done = append(done, fmt.Sprint(i))
			}
		}
		if diff := cmp.Diff([]string{"0", "1", "2", "3", "6"}, done); diff != "" {
			t.Errorf("executions completed (-want +got):\n%s", diff)
		}
		letters := r.Letters.Peek()
		if len(letters) != 1 || letters[0].Body != "malformed" || letters[0].System["MessageGroupId"] != "c" {
			t.Errorf("dead letters %v", letters)
		}
	})
}

func TestTenThousandMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "", false)
		n := 10_000
		if race.Enabled {
			n = 2_000 // which are 200 batches for the dead-letter queue
		}
		bodies := make([]string, n)
		for i := range bodies {
			bodies[i] = fmt.Sprintf(`{"malformed": %d}`, i)
		}
		if failed := r.handle(t.Context(), sqsEvent(false, bodies...)); len(failed) > 0 {
			t.Errorf("%d failures", len(failed))
		}
		if got := len(r.Letters.Peek()); got != n {
			t.Errorf("%d dead letters", got)
		}
	})
}
