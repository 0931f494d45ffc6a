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
	table = regexp.MustCompile(`(?m) +(ms|\d+)$`).ReplaceAllString(table, "")
	return "\n    scene" + table + "\n"
}

func TestRun(t *testing.T) {
	t.Parallel()
	out := newPrinted()
	if err := Run(t.Context(), Options{Bootstrap: built(t, "./functions/sqs"), Out: out}); err != nil {
		t.Error(err)
	}
	const want = `
    scene          expected                        happened
ok  success        waits                           waits
                   SUCCEEDED                       SUCCEEDED
                   output as sent                  output as sent
ok  rejection      waits                           waits
                   FAILED                          FAILED
                   OrderRejected: over the limit   OrderRejected: over the limit
ok  decision       true goes to Ship               true goes to Ship
                   false goes to Cancel            false goes to Cancel
ok  caught error   waits                           waits
                   goes to AskForAnotherCard       goes to AskForAnotherCard
                   SUCCEEDED                       SUCCEEDED
ok  heartbeat      waits                           waits
                   RUNNING after HeartbeatSeconds  RUNNING after HeartbeatSeconds
                   SUCCEEDED                       SUCCEEDED
ok  duplicate      SUCCEEDED                       SUCCEEDED
                   acknowledged again              acknowledged again
                   result unchanged                result unchanged
                   queue empty                     queue empty
                   no dead letter                  no dead letter
ok  late answer    waits                           waits
                   FAILED                          FAILED
                   States.Timeout                  States.Timeout
                   dead letter TaskTimedOut        dead letter TaskTimedOut
                   body as sent                    body as sent
ok  malformed      dead letter NoMapping           dead letter NoMapping
                   body as sent                    body as sent
ok  contradiction  waits                           waits
                   dead letter InvalidCallback     dead letter InvalidCallback
                   body as sent                    body as sent
                   RUNNING                         RUNNING
ok  unknown token  dead letter InvalidToken        dead letter InvalidToken
                   body as sent                    body as sent
ok  secrecy        no token in log or attributes   no token in log or attributes
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
		"All 11 went as expected.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
}

func TestRunWithABrokenFunction(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		bootstrap func(*testing.T) string
		table     string // its first rows
		below     string
	}{
		{
			name:      "gives every message back",
			bootstrap: func(t *testing.T) string { t.Helper(); return built(t, "./internal/local/demo/testdata/gives-back") },
			table: `
    scene          expected                        happened
NO  success        waits                           waits
                   SUCCEEDED                       given back by the function (batchItemFailures)
                   output as sent
NO  rejection      waits                           waits
`,
			below: `
success
   expected  waits, SUCCEEDED, output as sent
   happened  waits
   then      given back by the function (batchItemFailures)
`,
		},
		{
			name:      "ends at its start",
			bootstrap: func(*testing.T) string { return "testdata/exits-at-start/bootstrap" },
			table: `
    scene          expected                        happened
NO  success        waits                           waits
                   SUCCEEDED                       Runtime.InitError: Runtime exited with error: ex…
                   output as sent
NO  rejection      waits                           waits
`,
			below: `
   then      Runtime.InitError: Runtime exited with error: exit status 3 during init: the settings are wrong
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out := newPrinted()
			err := Run(t.Context(), Options{Bootstrap: test.bootstrap(t), Out: out})
			if !errors.Is(err, ErrDiffers) || err.Error() != "11 of 11 scenes did not go as expected" {
				t.Errorf("the error is %v", err)
			}
			table := tableOf(t, out.String())
			if !strings.HasPrefix(table, test.table) || strings.Contains(table, "\nok") {
				t.Errorf("the table is%s\nand not%s", table, test.table)
			}
			if !strings.Contains(out.String(), test.below) {
				t.Errorf("below the table there is no\n%s\nin\n%s", test.below, out)
			}
		})
	}
}

func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := newPrinted()
	path := built(t, "./functions/sqs")
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, Options{Bootstrap: path, Out: out}) }()
	out.wait(t, "\n5. ")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if strings.Contains(out.String(), "\n6. ") {
		t.Error("it went on")
	}
}
