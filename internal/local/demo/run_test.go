package demo

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tokenHead is how the stand-in's tokens begin, like AWS's.
const tokenHead = "AAAAKgAAAAI"

// tableOf returns the table with its times left out.
func tableOf(t *testing.T, text string) string {
	t.Helper()
	_, table, found := strings.Cut(text, "\n\n    scene")
	if !found {
		t.Fatalf("there is no table in\n%s", text)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	table = regexp.MustCompile(`(?m) {2,}(ms|\d+)$`).ReplaceAllString(table, "")
	return "\n    scene" + table + "\n"
}

func TestRun(t *testing.T) {
	t.Parallel()
	folder, out := functions(t), newPrinted()
	calm.Lock()
	defer calm.Unlock()
	if err := Run(t.Context(), Options{Functions: folder, Out: out}); err != nil {
		t.Error(err)
	}
	const want = `
    scene              expected                            happened
ok  success            waits                               waits
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
ok  rejection          waits                               waits
                       FAILED                              FAILED
                       OrderRejected: over the limit       OrderRejected: over the limit
ok  decision           true goes to Ship                   true goes to Ship
                       false goes to Cancel                false goes to Cancel
ok  caught error       waits                               waits
                       goes to AskForAnotherCard           goes to AskForAnotherCard
                       SUCCEEDED                           SUCCEEDED
ok  heartbeat          waits                               waits
                       RUNNING after HeartbeatSeconds      RUNNING after HeartbeatSeconds
                       SUCCEEDED                           SUCCEEDED
ok  duplicate          SUCCEEDED                           SUCCEEDED
                       acknowledged again                  acknowledged again
                       result unchanged                    result unchanged
                       queue empty                         queue empty
                       no dead letter                      no dead letter
ok  late answer        waits                               waits
                       FAILED                              FAILED
                       States.Timeout                      States.Timeout
                       dead letter TaskTimedOut            dead letter TaskTimedOut
                       body as sent                        body as sent
ok  malformed          dead letter NoMapping               dead letter NoMapping
                       body as sent                        body as sent
ok  contradiction      waits                               waits
                       dead letter InvalidCallback         dead letter InvalidCallback
                       body as sent                        body as sent
                       RUNNING                             RUNNING
ok  unknown token      dead letter InvalidToken            dead letter InvalidToken
                       body as sent                        body as sent
ok  event              waits                               waits
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
ok  failed job         waits                               waits
                       FAILED                              FAILED
                       Batch.JobFailed                     Batch.JobFailed
                       cause as sent                       cause as sent
ok  late event         waits                               waits
                       ABORTED                             ABORTED
                       dead letter TaskTimedOut            dead letter TaskTimedOut
                       body as sent                        body as sent
ok  no permission      waits                               waits
                       3 x CallbackRetryError              3 x CallbackRetryError
                       failure record                      failure record
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
ok  webhook            waits                               waits
                       200 delivered                       200 delivered
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
                       again: 200 delivered                again: 200 delivered
                       known as a duplicate                known as a duplicate
                       result unchanged                    result unchanged
ok  forged webhook     waits                               waits
                       altered: 401 Unauthorized           altered: 401 Unauthorized
                       unknown sender: 401 Unauthorized    unknown sender: 401 Unauthorized
                       RUNNING                             RUNNING
                       no dead letter                      no dead letter
ok  own form           waits                               waits
                       on its way: 200 ignored             on its way: 200 ignored
                       RUNNING                             RUNNING
                       lost: 200 delivered                 lost: 200 delivered
                       FAILED                              FAILED
                       ParcelLost: last seen in Genoa      ParcelLost: last seen in Genoa
ok  busy               waits                               waits
                       202 queued                          202 queued
                       delivered by functions/sqs          delivered by functions/sqs
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
ok  call               waits                               waits
                       200 delivered                       200 delivered
                       SUCCEEDED                           SUCCEEDED
                       output as sent                      output as sent
ok  unauthorised call  waits                               waits
                       403 Forbidden                       403 Forbidden
                       RUNNING                             RUNNING
ok  late call          waits                               waits
                       ABORTED                             ABORTED
                       409 TaskTimedOut                    409 TaskTimedOut
                       application/problem+json            application/problem+json
                       no dead letter                      no dead letter
ok  approval           waits                               waits
                       25 looks: 200                       25 looks: 200
                       RUNNING                             RUNNING
                       approve: 303                        approve: 303
                       goes to Deploy                      goes to Deploy
                       SUCCEEDED                           SUCCEEDED
                       output as documented                output as documented
                       the page shows the answer           the page shows the answer
ok  second click       waits                               waits
                       approve: 303                        approve: 303
                       again: 303                          again: 303
                       reject: 303                         reject: 303
                       the page shows the answer           the page shows the answer
                       result unchanged                    result unchanged
ok  refusal            waits                               waits
                       without a reason: 400               without a reason: 400
                       RUNNING                             RUNNING
                       reject: 303                         reject: 303
                       goes to Rejected                    goes to Rejected
                       ApprovalRejected                    ApprovalRejected
                       cause as documented                 cause as documented
ok  no decision        waits                               waits
                       no decision: 400                    no decision: 400
                       two: 400                            two: 400
                       by the address: 400                 by the address: 400
                       another site: 403                   another site: 403
                       altered link: 404                   altered link: 404
                       RUNNING                             RUNNING
ok  secrecy            no secret in the logs               no secret in the logs
                       none in a dead letter's attributes  none in a dead letter's attributes
                       none in an answer                   none in an answer
`
	if diff := cmp.Diff(want, tableOf(t, out.String())); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
	if text := out.String(); strings.Contains(text, tokenHead) || strings.Contains(text, "\x1b") {
		t.Errorf("a token or a colour was printed:\n%s", text)
	}
	for _, want := range []string{
		`the workflow "order" is RUNNING: its request is on the queue (TaskSubmitted)`,
		`the workflow is SUCCEEDED: {"total":9007199254740993,"price":1.10,"name":"Zoë","accepted":true}`,
		"All 26 went as expected.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
}

func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	folder, out := functions(t), newPrinted()
	share(t)
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, Options{Functions: folder, Out: out}) }()
	out.wait(t, "\n5. ")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if strings.Contains(out.String(), "\n6. ") {
		t.Error("it went on")
	}
}
