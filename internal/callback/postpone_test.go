package callback_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/callback"
)

// queue is a Queue that refuses the bodies that hold a word.
type queue struct {
	refused string
	bodies  []string
	tasks   []string
}

func (q *queue) Put(_ context.Context, body, task string) error {
	if q.refused != "" && strings.Contains(body, q.refused) {
		return errors.New("full")
	}
	q.bodies, q.tasks = append(q.bodies, body), append(q.tasks, task)
	return nil
}

// settled takes one payload through the service and returns its report.
func settled(t *testing.T, f *fakes, q callback.Queue, d callback.Delivery) callback.Report {
	t.Helper()
	s := f.service()
	s.Queue = q
	reports := []callback.Report{s.Handle(t.Context(), d)}
	s.Settle(t.Context(), []callback.Delivery{d}, reports)
	return reports[0]
}

func TestPostpone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, tokens, refused string
		verdict               callback.Verdict
		queued                bool
		put, buried           int
	}{
		{"delivered", "a", "", callback.Delivered, false, 0, 0},
		{"one", "retry", "", callback.Retry, true, 1, 0},
		{"refused", "retry", "retry", callback.Retry, false, 0, 0},
		{"beside one that is delivered", "a retry", "", callback.Retry, true, 1, 0},
		{"two", "retry a throttled", "", callback.Retry, true, 2, 0},
		{"two, one refused", "retry throttled", "throttled", callback.Retry, false, 1, 0},
		{"beside one that must be dead-lettered", "retry closed", "", callback.Closed, true, 1, 1},
		{"refused beside one that must be dead-lettered", "retry rejected", "retry", callback.Retry, false, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ends := map[string]error{
				"closed": closedError(), "rejected": callback.Reject("InvalidToken", "x"),
				"retry": errors.New("?"), "throttled": &callback.Error{Code: "ThrottlingException"},
			}
			f := &fakes{complete: func(_ context.Context, c callback.Callback) error { return ends[c.Token.Reveal()] }}
			d := delivery("")
			d.Deferred = true
			for tok := range strings.FieldsSeq(tt.tokens) {
				d.Payload += fmt.Sprintf("{\"taskToken\":%q,\"output\":1}\n", tok)
			}
			q := &queue{refused: tt.refused}
			r := settled(t, f, q, d)
			if r.Verdict != tt.verdict || r.Queued != tt.queued || len(q.bodies) != tt.put || len(f.sent) != tt.buried {
				t.Errorf("%v, queued %t, %d on the queue, %d dead letters", r.Verdict, r.Queued, len(q.bodies), len(f.sent))
			}
			if r.Unsettled() != r.Verdict.DeadLettered() {
				t.Error("something is left to settle")
			}
			if tt.buried > 0 && f.sent[0].FailedAt.IsZero() {
				t.Error("the dead letter does not say when")
			}
			if refused := strings.Contains(f.log.String(), "the callback queue refused"); refused != (tt.refused != "") {
				t.Errorf("log %s", &f.log)
			}
		})
	}
}

func TestADeadLetterRefusedIsNotQueued(t *testing.T) {
	t.Parallel()
	f := &fakes{
		complete: func(_ context.Context, c callback.Callback) error {
			if c.Token.Reveal() == "closed" {
				return closedError()
			}
			return errors.New("?")
		},
		send: func([]callback.DeadLetter) []error { return []error{errors.New("refused")} },
	}
	d := delivery(`{"taskToken":"closed","output":1}` + "\n" + `{"taskToken":"retry","output":1}`)
	d.Deferred = true
	if r := settled(t, f, &queue{}, d); r.Verdict != callback.Retry || r.Code != "DeadLetterRefused" || r.Queued {
		t.Errorf("%+v", r.Decision)
	}
}

func TestOnlyDeferredDeliveriesAreQueued(t *testing.T) {
	t.Parallel()
	failing := func(context.Context, callback.Callback) error { return errors.New("?") }
	d := delivery(successT)
	q := &queue{}
	if r := settled(t, &fakes{complete: failing}, q, d); r.Queued || len(q.bodies) > 0 {
		t.Error("queued, though its trigger keeps it")
	}
	d.Deferred = true
	if r := settled(t, &fakes{complete: failing}, nil, d); r.Queued || r.Unsettled() {
		t.Error("queued without a queue")
	}
}

// TestWhatIsQueuedIsTheCallback: the queue's message reads as the callback that it stands for, whatever is in it.
func TestWhatIsQueuedIsTheCallback(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		payload := fmt.Sprintf(`{"taskToken":%q,`, rapid.StringMatching(`[!-~]{1,40}`).Filter(func(s string) bool {
			return !strings.ContainsAny(s, `\"`)
		}).Draw(t, "token"))
		quote := func(s string) string {
			b := &strings.Builder{}
			for _, r := range s {
				_, _ = fmt.Fprintf(b, "%s", escape(r))
			}
			return `"` + b.String() + `"`
		}
		payload += rapid.OneOf(
			rapid.Map(text, func(s string) string { return ` "output": {"z": 1.10, "a": [ ` + quote(s) + `]} }` }),
			rapid.Map(text, func(s string) string { return `"error":` + quote(s) + `,"cause":"<&>\u2028"}` }),
			rapid.Map(text, func(s string) string { return `"cause":` + quote(s) + `}` }),
			rapid.Just(`"outcome":"failure"}`), rapid.Just(`"outcome":"success"}`),
		).Draw(t, "result")
		want, err := callback.Parse([]byte(payload))
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		f := &fakes{complete: func(context.Context, callback.Callback) error { return errors.New("?") }}
		s, q := f.service(), &queue{}
		s.Queue, s.Now = q, func() time.Time { return time.UnixMilli(1) }
		d := delivery(payload)
		d.Deferred = true
		reports := []callback.Report{s.Handle(t.Context(), d)}
		if printed := fmt.Sprintf("%+v %#v", reports, reports[0]); strings.Contains(printed, "1.10") {
			t.Fatal("the report tells the output")
		}
		s.Settle(t.Context(), []callback.Delivery{d}, reports)
		if len(q.bodies) != 1 {
			t.Fatalf("%d messages", len(q.bodies))
		}
		got, err := callback.Parse([]byte(q.bodies[0]))
		if err != nil {
			t.Fatalf("%s: %v", q.bodies[0], err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("callback (-want +got):\n%s", diff)
		}
		if digest := want.Token.Digest(); q.tasks[0] != fmt.Sprintf("%x", digest) {
			t.Errorf("task %s", q.tasks[0])
		}
	})
}

// escape writes a rune as it may stand in a JSON string.
func escape(r rune) string {
	if r < ' ' || r == '"' || r == '\\' {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return string(r)
}
