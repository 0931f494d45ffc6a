package demo

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

func TestWatcher(t *testing.T) {
	t.Parallel()
	out := newPrinted()
	w := &watcher{out: &screen{w: out}}
	w.arrived([]byte(`{"Records":[{"messageId":"m1","body":"four"},{"messageId":"m2","body":"12"}]}`))
	log := `{"level":"DEBUG","message":"callback","verdict":"delivered","sourceId":"m1","mapping":"canonical.jq","tokenFingerprint":"0123456789ab"}
{"level":"WARN","message":"callback","verdict":"rejected","sourceId":"m2","errorCode":"NoMapping","errorMessage":"No mapping takes it."}
{"level":"WARN","message":"callback","verdict":"retry","sourceId":"m3","errorCode":"OutOfTime","errorMessage":"Too late."}
{"level":"INFO","message":"batch","trigger":"sqs","size":2}
{"Trigger":"sqs","_aws":{"Timestamp":1}}
{"level":"ERROR","message":"a panic"}
fatal error: something
`
	for _, b := range []byte(log) { // as a pipe may hand it over
		if n, err := w.Write([]byte{b}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	w.dealt(lambda.Batch{Records: make([]sqs.Received, 2), Malformed: "the answer is not JSON"})
	w.dealt(lambda.Batch{Records: make([]sqs.Received, 2), Err: &lambda.FunctionError{Type: "Sandbox.Timedout", Message: "RequestId: 1 Error: Task timed out after 10.00 seconds"}})
	w.dealt(lambda.Batch{Err: lambda.ErrClosed})
	w.dealt(lambda.Batch{Failed: []string{"m1"}}) // which the log tells
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
	got := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d`).ReplaceAllString(out.String(), "TIME")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
