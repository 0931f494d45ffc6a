package demo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/sqs"
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
	log := &journal{}
	_, _ = log.Write([]byte("one\n{\"_aws\":{}}\ntwo\n"))
	out := newPrinted()
	err := report(&screen{w: out}, results, log)
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

The function's log (the last 2 lines, without metrics)
   one
   two

Where to look: the function is functions/sqs; what a scene does is in internal/local/demo.
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

func TestJournalTail(t *testing.T) {
	t.Parallel()
	log := &journal{}
	_, _ = log.Write([]byte("1\n2\n3\n4"))
	if diff := cmp.Diff([]string{"3", "4"}, log.tail(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		"a\n": "body as sent", "a": "body changed to a", "a\nb": "body changed to a …",
		strings.Repeat("é", 50): "body changed to " + strings.Repeat("é", 48) + "…",
	} {
		if fact := same("body", got, "a\n"); fact != want {
			t.Errorf("%q: %q, not %q", got, fact, want)
		}
	}
}

func TestSecrecyFacts(t *testing.T) {
	t.Parallel()
	const token = "a-token"
	letter := func(value string) []sqs.Held {
		return []sqs.Held{{Received: sqs.Received{Body: token, Attributes: map[string]sqs.Attribute{"ErrorMessage": {String: value}}}}}
	}
	const log = `{"verdict":"delivered"}`
	for name, test := range map[string]struct {
		log     string
		letters []sqs.Held
		want    string
	}{
		"none":            {log, letter("text"), "no token in log or attributes"},
		"in the log":      {log + token, letter("text"), "the log holds " + fingerprint(token)},
		"in an attribute": {log, letter("for " + token), "a dead letter's ErrorMessage holds " + fingerprint(token)},
		"nothing to see":  {"", nil, "the function logged nothing"},
	} {
		if got := strings.Join(secrecyFacts([]string{"other", token}, test.log, test.letters), ", "); got != test.want {
			t.Errorf("%s: %q, not %q", name, got, test.want)
		}
	}
}
