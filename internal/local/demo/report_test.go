package demo

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	t.Parallel()
	results := []result{
		{name: "good", expect: []string{"waits", "é"}, happened: []string{"waits", "é"}, took: 12 * time.Millisecond},
		{name: "other fact", expect: []string{"SUCCEEDED"}, happened: []string{"FAILED"}, took: 3 * time.Millisecond},
		{
			name: "broke off", expect: []string{"waits", "SUCCEEDED"}, happened: []string{"waits"}, took: 1234 * time.Millisecond,
			err: errors.New("a first line that is so long that the table has no room for it\nand a second"),
		},
		{name: "went further", expect: []string{"waits"}, happened: []string{"waits", "ran"}},
	}
	logs := newJournals()
	_, _ = logs[sqsFunction].Write([]byte("one\n{\"_aws\":{}}\ntwo\n"))
	_, _ = logs[httpFunction].Write([]byte("three\n"))
	out := newPrinted()
	err := report(&screen{w: out}, results, logs)
	if !errors.Is(err, ErrDiffers) || err.Error() != "3 of 4 scenes did not go as expected" {
		t.Errorf("the error is %v", err)
	}
	const want = `
    scene         expected   happened                                             ms
ok  good          waits      waits                                                12
                  é          é
NO  other fact    SUCCEEDED  FAILED                                                3
NO  broke off     waits      waits                                              1234
                  SUCCEEDED  a first line that is so long that the table has …
NO  went further  waits      waits                                                 0
                             ran

What differed

other fact
   expected  SUCCEEDED
   happened  FAILED

broke off
   expected  waits, SUCCEEDED
   happened  waits
   then      a first line that is so long that the table has no room for it
             and a second

went further
   expected  waits
   happened  waits, ran

The end of the log of functions/sqs, without metrics
   one
   two

functions/eventbridge wrote no log.

The end of the log of functions/http, without metrics
   three

functions/approval wrote no log.

Where to look: the functions are in functions; what a scene does is in internal/local/demo.
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestColors(t *testing.T) {
	t.Parallel()
	out := newPrinted()
	table(&screen{w: out, color: true}, []result{{name: "a"}, {name: "b", err: errors.New("no")}})
	const want = "\x1b[1m    scene  expected  happened  ms\x1b[0m\n\x1b[32mok  a                           0\x1b[0m\n\x1b[31mNO  b                no         0\x1b[0m\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
