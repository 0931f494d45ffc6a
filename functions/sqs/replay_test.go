package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/local/stepfunctions"
)

func customEvent(token string) string {
	return fmt.Sprintf(`{"version":"0","id":"e-1","detail-type":"Order Answered","source":"com.example.orders","account":"123456789012",
	"time":"2026-11-23T10:00:00Z","region":"us-east-1","resources":[],"detail":{"taskToken": %q, "output": {"z": 1.10, "a": 1}}}`, token)
}

func batchEvent(token string) string {
	return fmt.Sprintf(`{"version":"0","id":"e-1","detail-type":"Batch Job State Change","source":"aws.batch","account":"123456789012",
	"time":"2026-11-23T10:00:00Z","region":"us-east-1","resources":[],"detail":{"jobName":"n","jobId":"j","jobQueue":"q","status":"FAILED",
	"statusReason":"Essential container in task exited","container":{"exitCode":1,"environment":[{"name":"TASK_TOKEN","value":%q}]}}}`, token)
}

// TestEveryKindOfDeadLetterCanBeSentAgain makes a dead letter of each kind by what really makes it, sends it to the callback
// queue as it lies, attributes included, and expects what the callback would have done at first.
func TestEveryKindOfDeadLetterCanBeSentAgain(t *testing.T) {
	t.Parallel()
	const ours = "ErrorCode ErrorMessage FailedAt "
	tests := []struct {
		name       string
		bury       func(r *replayRig, token string) *sqs.Queue // returns where the letter lies
		attributes string                                      // that it has, by name
		want       stepfunctions.Execution
	}{
		{
			"ours, from SQS",
			func(r *replayRig, token string) *sqs.Queue {
				text := "some text"
				r.astray(trigger, &elsewhere{}).Run(r.T.Context(), decoded(r.T, events.SQSMessage{
					MessageId: "m-1", Body: text, EventSource: "aws:sqs", EventSourceARN: queueARN,
					MessageAttributes: map[string]events.SQSMessageAttribute{"Token": {DataType: "String", StringValue: &token}},
				}))
				return r.Letters
			},
			ours + "Mapping RequestID SourceID Token TokenFingerprint Trigger",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `"some text"`},
		},
		{
			"ours, from EventBridge",
			func(r *replayRig, token string) *sqs.Queue {
				// What functions/eventbridge makes of an event.
				r.astray("eventbridge", &elsewhere{}).Run(r.T.Context(), []callback.Delivery{{
					Trigger: "eventbridge", SourceID: "e-1", RequestID: "r-1", Payload: customEvent(token),
					Meta: callback.Facts{"trigger": "eventbridge", "id": "e-1"},
				}})
				return r.Letters
			},
			ours + "Mapping RequestID SourceID TokenFingerprint Trigger",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z": 1.10, "a": 1}`},
		},
		{
			"ours, from POST /callbacks, unconfirmed",
			func(r *replayRig, token string) *sqs.Queue {
				body := fmt.Sprintf(`{"taskToken": %q, "output": {"z": 1.10, "a": 1} }`, token)
				return r.post(&elsewhere{losesFirst: true}, "/callbacks", mediaTypeJSON, body, 202)
			},
			ours + "Mapping TokenFingerprint Trigger",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z": 1.10, "a": 1}`},
		},
		{
			"ours, from a webhook whose source has a mapping of its own",
			func(r *replayRig, token string) *sqs.Queue {
				body := fmt.Sprintf(`{"job": {"token": %q, "result": [1.10]}}`, token)
				return r.post(&elsewhere{}, "/webhooks/acme", mediaTypeJSON, body, 200)
			},
			ours + "Mapping SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `[1.10]`},
		},
		{
			"ours, from a webhook without one",
			func(r *replayRig, token string) *sqs.Queue {
				body := fmt.Sprintf(`{"taskToken": %q, "error": "E", "cause": "c"}`, token)
				return r.post(&elsewhere{}, "/webhooks/plain", mediaTypeJSON, body, 200)
			},
			ours + "Mapping SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "E", Cause: "c"},
		},
		{
			"ours, from a form webhook",
			func(r *replayRig, token string) *sqs.Queue {
				body := url.Values{"state": {token}, "answer": {"yes & no"}}.Encode()
				return r.post(&elsewhere{}, "/webhooks/forms", mediaTypeForm, body, 200)
			},
			"ContentType " + ours + "Mapping SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"answer":"yes & no"}`},
		},
		{
			"ours, from a form webhook whose only field is a payload",
			func(r *replayRig, token string) *sqs.Queue {
				body := url.Values{"payload": {fmt.Sprintf(`{"state": %q, "answer": true}`, token)}}.Encode()
				return r.post(&elsewhere{}, "/webhooks/forms", mediaTypeForm, body, 200)
			},
			"ContentType " + ours + "Mapping SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"answer":true}`},
		},
		{
			"ours, from a body that SQS does not take",
			func(r *replayRig, token string) *sqs.Queue {
				body := fmt.Sprintf(`{"job": {"token": %q, "result": "`+"\uffff"+`"}}`, token)
				return r.post(&elsewhere{}, "/webhooks/acme", mediaTypeJSON, body, 200)
			},
			ours + "Mapping PayloadEncoding SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: "\"\uffff\""},
		},
		{
			"ours, from a form that SQS does not take",
			func(r *replayRig, token string) *sqs.Queue {
				body := "state=" + url.QueryEscape(token) + "&answer=\x01"
				return r.post(&elsewhere{}, "/webhooks/forms", mediaTypeForm, body, 200)
			},
			"ContentType " + ours + "Mapping PayloadEncoding SourceID TokenFingerprint Trigger WebhookSource",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"answer":"\u0001"}`},
		},
		{
			"EventBridge's",
			func(r *replayRig, token string) *sqs.Queue { r.publish(customEvent(token)); return r.others },
			"ERROR_CODE ERROR_MESSAGE RULE_ARN TARGET_ARN",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z": 1.10, "a": 1}`},
		},
		{
			"EventBridge's, of an AWS job",
			func(r *replayRig, token string) *sqs.Queue { r.publish(batchEvent(token)); return r.others },
			"ERROR_CODE ERROR_MESSAGE RULE_ARN TARGET_ARN",
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "Batch.JobFailed", Cause: "Essential container in task exited; exit code 1"},
		},
		{
			"Lambda's on-failure record",
			func(r *replayRig, token string) *sqs.Queue { return r.fail(customEvent(token)) },
			"",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `{"z":1.10,"a":1}`}, // records are compact
		},
		{
			"Lambda's on-failure record through SNS",
			func(r *replayRig, token string) *sqs.Queue { return r.notify(r.fail(batchEvent(token))) },
			"",
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "Batch.JobFailed", Cause: "Essential container in task exited; exit code 1"},
		},
		{
			"SQS's",
			func(r *replayRig, token string) *sqs.Queue {
				return r.redrive(sqs.Message{Body: "text", Attributes: map[string]sqs.Attribute{"Token": {DataType: "String", String: token}}})
			},
			"Token",
			stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: `"text"`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplayRig(t)
				arn, token := r.Start()
				lies := tt.bury(r, token)
				if got := r.Execution(arn).Status; got != stepfunctions.Running {
					t.Fatalf("the execution is %v before the letter is sent again", got)
				}
				letters := r.take(lies)
				if len(letters) != 1 {
					t.Fatalf("%d dead letters", len(letters))
				}
				names := strings.Join(slices.Sorted(maps.Keys(letters[0].Attributes)), " ")
				if diff := cmp.Diff(tt.attributes, names); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
				r.send(sqs.Message{Body: letters[0].Body, Attributes: letters[0].Attributes})
				r.completes(arn, tt.want)
				r.Silent(token)
			})
		})
	}
}

// TestTheRedriveOfAQueue is the console's button: what SQS put aside goes back by a task of SQS, and so does a dead letter of
// ours, which never was on the callback queue.
func TestTheRedriveOfAQueue(t *testing.T) {
	t.Parallel()
	for name, ours := range map[string]bool{"back to where it came from": false, "to the callback queue": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newReplayRig(t)
				arn, token := r.Start()
				arns, to := []string{arn}, ""
				if ours {
					arn, webhooks := r.Start()
					arns, to = append(arns, arn), r.callbacks.ARN()
					r.post(&elsewhere{}, "/webhooks/acme", mediaTypeJSON, fmt.Sprintf(`{"job": {"token": %q, "result": 2}}`, webhooks), 200)
				}
				r.redrive(sqs.Message{Body: fmt.Sprintf(`{"taskToken": %q, "output": 2}`, token)})
				if got := len(r.Letters.Peek()); got != len(arns) {
					t.Fatalf("%d dead letters", got)
				}
				if _, err := r.Stack.SQS.StartMoveTask(r.Letters.ARN(), to, 0); err != nil {
					t.Fatal(err)
				}
				for _, arn := range arns {
					r.completes(arn, stepfunctions.Execution{Status: stepfunctions.Succeeded, Output: "2"})
				}
				r.Silent(token)
			})
		})
	}
}
