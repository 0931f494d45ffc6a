package demo

import (
	"errors"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

// watched returns what a watcher prints while f uses it, with its times left out.
func watched(f func(hooks)) string {
	out := newPrinted()
	f(watcher{&screen{w: out}}.hooks())
	return regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d`).ReplaceAllString(out.String(), "TIME")
}

func TestWatchedQueue(t *testing.T) {
	t.Parallel()
	const log = `{"level":"DEBUG","message":"callback","verdict":"delivered","sourceId":"m1","mapping":"canonical.jq","tokenFingerprint":"0123456789ab"}
{"level":"WARN","message":"callback","verdict":"rejected","sourceId":"m2","errorCode":"NoMapping","errorMessage":"No mapping takes it."}
{"level":"WARN","message":"callback","verdict":"retry","sourceId":"m3","errorCode":"OutOfTime","errorMessage":"Too late."}
{"level":"INFO","message":"batch","trigger":"sqs","size":2}
{"Trigger":"sqs","_aws":{"Timestamp":1}}
{"level":"ERROR","message":"a panic"}
fatal error: something
`
	const want = `TIME  arrived      message m1, 4 bytes
TIME  arrived      message m2, 2 bytes
TIME  delivered    message m1, token 0123456789ab, mapping canonical.jq
TIME  rejected     message m2; NoMapping: No mapping takes it. It is in the dead-letter queue.
TIME  retry        message m3; OutOfTime: Too late. It comes again after 60 s.
TIME  log          {"level":"ERROR","message":"a panic"}
TIME  log          fatal error: something
TIME  failed       the function's answer cannot be used: the answer is not JSON; the 2 messages come again after 60 s
TIME  failed       Sandbox.Timedout: Task timed out after 10.00 seconds; the 2 messages come again after 60 s
`
	got := watched(func(h hooks) {
		h.arrived("sqs", []byte(`{"Records":[{"messageId":"m1","body":"four"},{"messageId":"m2","body":"12"}]}`))
		w := h.log("sqs")
		for _, b := range []byte(log) { // as a pipe may hand it over
			if n, err := w.Write([]byte{b}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		timeout := &lambda.FunctionError{Type: "Sandbox.Timedout", Message: "RequestId: 1 Error: Task timed out after 10.00 seconds"}
		h.dealt(lambda.Batch{Records: make([]sqs.Received, 2), Malformed: "the answer is not JSON"})
		h.failed("sqs", timeout) // which the batch tells
		h.dealt(lambda.Batch{Records: make([]sqs.Received, 2), Err: timeout})
		h.dealt(lambda.Batch{Err: lambda.ErrClosed})
		h.dealt(lambda.Batch{Failed: []string{"m1"}}) // which the log tells
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestWatchedEvents(t *testing.T) {
	t.Parallel()
	const log = `{"message":"callback","verdict":"closed","sourceId":"e1","errorCode":"TaskTimedOut","errorMessage":"The task is closed."}
{"message":"callback","verdict":"retry","sourceId":"e1","errorCode":"AccessDenied","errorMessage":"No."}
`
	const want = `TIME  arrived      event e1, 11 bytes
TIME  closed       event e1; TaskTimedOut: The task is closed. It is in the dead-letter queue.
TIME  retry        event e1; AccessDenied: No. Lambda invokes the function again, at most twice.
TIME  failed       functions/eventbridge: Runtime.ExitError: exit status 2
TIME  given up     event e1 after 3 invocations; its record is in the queue events-failed
`
	got := watched(func(h hooks) {
		h.arrived("eventbridge", []byte(`{"id":"e1"}`))
		_, _ = h.log("eventbridge").Write([]byte(log))
		h.failed("eventbridge", &lambda.FunctionError{Type: "CallbackRetryError"}) // which the log tells
		h.failed("eventbridge", lambda.ErrClosed)
		h.failed("eventbridge", &lambda.FunctionError{Type: "Runtime.ExitError", Message: "RequestId: 1 Error: exit status 2"})
		h.ended(lambda.AsyncResult{Payload: []byte(`{"id":"e0"}`), Condition: lambda.Success, Invocations: 2})
		h.ended(lambda.AsyncResult{Payload: []byte(`{"id":"e1"}`), Condition: lambda.RetriesExhausted, Invocations: 3, Err: errors.New("no")})
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestWatchedRequests(t *testing.T) {
	t.Parallel()
	const log = `{"message":"callback","verdict":"duplicate","sourceId":"msg_1","tokenFingerprint":"0123456789ab"}
{"message":"callback","verdict":"retry","sourceId":"msg_2","errorCode":"Throttled","errorMessage":"Busy.","queued":true}
{"message":"callback","verdict":"retry","sourceId":"msg_3","errorCode":"Throttled","errorMessage":"Busy."}
{"message":"callback","verdict":"closed","sourceId":"r-1","errorCode":"TaskTimedOut","errorMessage":"The task is closed."}
{"message":"webhook refused","source":"acme","reason":"BadSignature"}
{"message":"webhook refused","reason":"UnknownSource"}
`
	const want = `TIME  arrived      POST /webhooks/acme, 2 bytes
TIME  duplicate    request msg_1, token 0123456789ab
TIME  retry        request msg_2; Throttled: Busy. It is on the callback queue.
TIME  retry        request msg_3; Throttled: Busy.
TIME  closed       request r-1; TaskTimedOut: The task is closed.
TIME  refused      webhook of acme: BadSignature
TIME  refused      webhook of an unknown source
TIME  failed       the event cannot be read: unexpected end of JSON input
TIME  answered     POST /callbacks: 200 delivered
TIME  answered     GET /: 404 Not Found
`
	got := watched(func(h hooks) {
		h.arrived("http", []byte(`{"rawPath":"/webhooks/acme","requestContext":{"http":{"method":"POST"}},"body":"{}"}`))
		_, _ = h.log("http").Write([]byte(log))
		h.arrived("http", nil)
		h.answered("POST", "/callbacks", reply{status: 200, body: `{"status":"delivered"}`})
		h.answered("GET", "/", reply{status: 404, body: `{"message":"Not Found"}`})
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestWatchedApprovals(t *testing.T) {
	t.Parallel()
	const log = `{"message":"the link was handed over","approvalId":"a1"}
{"message":"the link was handed over, which could not be noted; another call sends it again","approvalId":"a1","error":"no"}
`
	const forms = `{"message":"an approval was answered","approvalId":"a1","fingerprint":"0123456789ab","outcome":"success","verdict":"delivered"}
{"message":"approval form","outcome":"invalid","approvalId":"a1","status":400,"method":"link"}
{"message":"approval form","outcome":"answered","approvalId":"a1","status":303,"method":"link"}
{"message":"approval form","outcome":"missing","approvalId":"","status":404,"method":"link"}
`
	const want = `TIME  arrived      a workflow's request to ask people, 2 bytes
TIME  handed over  the link of request a1
TIME  log          {"message":"the link was handed over, which could not be noted; another call sends it again","approvalId":"a1","error":"no"}
TIME  asked        http://127.0.0.1:1/approvals/LINK (request a1)
TIME  arrived      POST /approvals/…, 16 bytes
TIME  delivered    answer to request a1, token 0123456789ab
TIME  form         request a1: invalid
TIME  form         request a1: answered
TIME  form         to a page that is not there, or not from it
TIME  answered     POST /approvals/…: 303
`
	got := watched(func(h hooks) {
		h.arrived("approval", []byte(`{}`))
		_, _ = h.log("approval").Write([]byte(log))
		h.asked([]byte(`{"detail":{"requestId":"a1","link":"http://127.0.0.1:1/approvals/LINK"}}`))
		h.arrived("http", []byte(`{"rawPath":"/approvals/LINK","requestContext":{"http":{"method":"POST"}},"body":"decision=approve"}`))
		_, _ = h.log("http").Write([]byte(forms))
		h.answered("POST", "/approvals/LINK", reply{status: 303})
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
