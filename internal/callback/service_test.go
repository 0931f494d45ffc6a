package callback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/callback"
)

// fakes are the neighbours of a service. A nil function takes everything.
type fakes struct {
	complete func(ctx context.Context, c callback.Callback) error
	send     func(letters []callback.DeadLetter) []error
	ledger   callback.Ledger

	mu    sync.Mutex
	calls []callback.Callback
	sent  []callback.DeadLetter
	log   bytes.Buffer
}

// Map takes a payload as lines, each a callback in canonical form.
func (f *fakes) Map(_ context.Context, payload string, _ callback.Meta) (callback.Mapped, error) {
	m := callback.Mapped{Mapping: "lines"}
	for line := range strings.Lines(payload) {
		c, err := callback.Parse([]byte(line))
		if err != nil {
			return m, err
		}
		m.Callbacks = append(m.Callbacks, c)
	}
	return m, nil
}

func (f *fakes) Complete(ctx context.Context, c callback.Callback) error {
	f.mu.Lock()
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	if f.complete == nil {
		return nil
	}
	return f.complete(ctx, c)
}

func (f *fakes) Send(_ context.Context, letters []callback.DeadLetter) []error {
	f.sent = append(f.sent, letters...)
	if f.send == nil {
		return make([]error, len(letters))
	}
	return f.send(letters)
}

func (f *fakes) service() *callback.Service {
	if f.ledger == nil {
		f.ledger = callback.NewMemoryLedger()
	}
	return &callback.Service{
		Mapper: f, Completer: f, DeadLetters: f, Ledger: f.ledger, Now: time.Now, Log: slog.New(slog.NewTextHandler(&f.log, nil)),
	}
}

func delivery(payload string) callback.Delivery {
	return callback.Delivery{Trigger: "test", SourceID: "id", Payload: payload}
}

const (
	successT   = `{"taskToken":"t","output":1}`
	otherT     = `{"taskToken":"t","output":2}`
	heartbeatT = `{"taskToken":"t","outcome":"heartbeat"}`
)

func closedError() error {
	return &callback.Error{Kind: callback.TaskClosed, Code: callback.CodeTaskTimedOut, Message: "closed"}
}

// onceOpen is a task that takes one answer.
func onceOpen() func(context.Context, callback.Callback) error {
	var mu sync.Mutex
	open := map[string]bool{}
	return func(_ context.Context, c callback.Callback) error {
		mu.Lock()
		defer mu.Unlock()
		if c.Outcome == callback.Heartbeat {
			return nil
		}
		if open[c.Token.Fingerprint()] {
			return closedError()
		}
		open[c.Token.Fingerprint()] = true
		return nil
	}
}

func TestHandleKnowsItsOwnDeliveries(t *testing.T) {
	t.Parallel()
	f := &fakes{complete: onceOpen()}
	s := f.service()
	for i, tt := range []struct {
		payload string
		want    callback.Verdict
		code    callback.Code
	}{
		{successT, callback.Delivered, ""},
		{successT, callback.Duplicate, "TaskTimedOut"},
		{`{"taskToken":"t", "output": 1 }`, callback.Duplicate, "TaskTimedOut"},
		{otherT, callback.Closed, "Conflict"},
		{heartbeatT, callback.Delivered, ""},
	} {
		r := s.Handle(t.Context(), delivery(tt.payload))
		if r.Verdict != tt.want || r.Code != tt.code {
			t.Errorf("delivery %d: %v %s, want %v %s", i, r.Verdict, r.Code, tt.want, tt.code)
		}
	}
}

func TestHeartbeatIsNoEvidence(t *testing.T) {
	t.Parallel()
	f := &fakes{}
	s := f.service()
	s.Handle(t.Context(), delivery(heartbeatT))
	f.complete = func(context.Context, callback.Callback) error { return closedError() }
	if r := s.Handle(t.Context(), delivery(successT)); r.Verdict != callback.Closed || r.Code != "TaskTimedOut" {
		t.Errorf("%v %s, want closed TaskTimedOut", r.Verdict, r.Code)
	}
}

func TestHeartbeatIsTriedTwiceAtMost(t *testing.T) {
	t.Parallel()
	throttled := &callback.Error{Code: "ThrottlingException", Message: "slow"}
	tests := []struct {
		name  string
		ends  []error
		want  callback.Verdict
		calls int
	}{
		{"taken at once", []error{nil}, callback.Delivered, 1},
		{"taken at the second try", []error{throttled, nil}, callback.Delivered, 2},
		{"given up", []error{throttled, errors.New("unmarked")}, callback.Ignored, 2},
		{"closed at the second try", []error{throttled, closedError()}, callback.Ignored, 2},
		{"refused", []error{callback.Reject("InvalidToken", "x")}, callback.Rejected, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &fakes{}
			f.complete = func(context.Context, callback.Callback) error { return tt.ends[len(f.calls)-1] }
			if r := f.service().Handle(t.Context(), delivery(heartbeatT)); r.Verdict != tt.want || len(f.calls) != tt.calls {
				t.Errorf("%v after %d calls, want %v after %d", r.Verdict, len(f.calls), tt.want, tt.calls)
			}
		})
	}
}

func TestSeveralCallbacksInOnePayload(t *testing.T) {
	t.Parallel()
	line := func(tok string) string { return fmt.Sprintf(`{"taskToken":%q,"output":1}`, tok) }
	ends := map[string]error{
		"closed": closedError(), "retry": errors.New("?"), "rejected": callback.Reject("InvalidToken", "x"),
		"unconfirmed": &callback.Error{Kind: callback.TaskClosed, Code: "TaskTimedOut", AnswerLost: true},
	}
	tests := []struct {
		tokens string
		want   callback.Verdict
		of     string // the token whose verdict it is
		calls  int
	}{
		{"a b c", callback.Delivered, "a", 3},
		{"a closed b", callback.Closed, "closed", 3},
		{"unconfirmed closed", callback.Closed, "closed", 2},
		{"closed rejected unconfirmed", callback.Rejected, "rejected", 3},
		{"rejected retry a", callback.Retry, "retry", 3},
	}
	for _, tt := range tests {
		t.Run(tt.tokens, func(t *testing.T) {
			t.Parallel()
			f := &fakes{complete: func(_ context.Context, c callback.Callback) error { return ends[c.Token.Reveal()] }}
			var lines []string
			for tok := range strings.FieldsSeq(tt.tokens) {
				lines = append(lines, line(tok))
			}
			r := f.service().Handle(t.Context(), delivery(strings.Join(lines, "\n")))
			if r.Verdict != tt.want || r.Fingerprint != token(t, tt.of).Fingerprint() || len(f.calls) != tt.calls {
				t.Errorf("%v of %s after %d calls", r.Verdict, r.Fingerprint, len(f.calls))
			}
		})
	}
}

func TestNothingIsCalledUnlessAllIsValid(t *testing.T) {
	t.Parallel()
	f := &fakes{}
	r := f.service().Handle(t.Context(), delivery(successT+"\n{}"))
	if r.Verdict != callback.Rejected || len(f.calls) != 0 || r.Mapping != "lines" {
		t.Errorf("%+v after %d calls", r, len(f.calls))
	}
}

func TestNoCallbackIsIgnored(t *testing.T) {
	t.Parallel()
	f := &fakes{}
	if r := f.service().Handle(t.Context(), delivery("")); r.Verdict != callback.Ignored {
		t.Errorf("verdict %v", r.Verdict)
	}
}

// TestOneTaskAtATime lets many deliveries of one result race: whoever is second must find the first one's evidence.
func TestOneTaskAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		once := onceOpen()
		f := &fakes{complete: func(ctx context.Context, c callback.Callback) error {
			err := once(ctx, c)
			time.Sleep(time.Second) // the task is closed long before its answer is read
			return err
		}}
		s := f.service()
		verdicts := make([]callback.Verdict, 20)
		var all sync.WaitGroup
		for i := range verdicts {
			all.Go(func() { verdicts[i] = s.Handle(t.Context(), delivery(successT)).Verdict })
		}
		all.Wait()
		count := map[callback.Verdict]int{}
		for _, v := range verdicts {
			count[v]++
		}
		if diff := cmp.Diff(map[callback.Verdict]int{callback.Delivered: 1, callback.Duplicate: 19}, count); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
	})
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakes{complete: func(context.Context, callback.Callback) error { time.Sleep(time.Hour); return nil }}
		s := f.service()
		var first sync.WaitGroup
		first.Go(func() { s.Handle(t.Context(), delivery(successT)) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r := s.Handle(ctx, delivery(successT)); r.Verdict != callback.Retry || r.Code != "OutOfTime" {
			t.Errorf("%v %s, want retry OutOfTime", r.Verdict, r.Code)
		}
		first.Wait()
	})
}

func TestHeartbeatsWaitForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakes{complete: func(context.Context, callback.Callback) error { time.Sleep(time.Second); return nil }}
		s := f.service()
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() { s.Handle(t.Context(), delivery(successT)) })
		for range 10 {
			all.Go(func() { s.Handle(t.Context(), delivery(heartbeatT)) })
		}
		all.Wait()
		if took := time.Since(began); took != time.Second {
			t.Errorf("a result and ten heartbeats for one task took %v", took)
		}
	})
}

type brokenLedger struct{ read, write error }

func (l brokenLedger) Delivered(context.Context, callback.Digest) (callback.Digest, bool, error) {
	return callback.Digest{}, false, l.read
}

func (l brokenLedger) Record(context.Context, callback.Digest, callback.Digest) error { return l.write }

func TestBrokenLedger(t *testing.T) {
	t.Parallel()
	f := &fakes{ledger: brokenLedger{write: errors.New("down")}}
	if r := f.service().Handle(t.Context(), delivery(successT)); r.Verdict != callback.Delivered || !strings.Contains(f.log.String(), "could not be recorded") {
		t.Errorf("%v, log %q; want delivered and a warning", r.Verdict, f.log.String())
	}
	f = &fakes{ledger: brokenLedger{read: errors.New("down")}, complete: func(context.Context, callback.Callback) error { return closedError() }}
	if r := f.service().Handle(t.Context(), delivery(successT)); r.Verdict != callback.Retry || r.Code != "LedgerUnavailable" {
		t.Errorf("%v %s, want retry LedgerUnavailable", r.Verdict, r.Code)
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakes{complete: func(context.Context, callback.Callback) error { time.Sleep(3 * time.Second); return nil }}
		tests := []struct {
			name string
			sent func() time.Time
			want time.Duration
		}{
			{"known", func() time.Time { return time.Now().Add(-4 * time.Second) }, 7 * time.Second},
			{"unknown", func() time.Time { return time.Time{} }, 0},
			{"clock ahead", func() time.Time { return time.Now().Add(time.Hour) }, 0},
		}
		for _, tt := range tests {
			d := delivery(successT)
			d.SentAt = tt.sent()
			if r := f.service().Handle(t.Context(), d); r.Latency != tt.want {
				t.Errorf("%s: latency %v, want %v", tt.name, r.Latency, tt.want)
			}
		}
	})
}

func TestSettle(t *testing.T) {
	t.Parallel()
	f := &fakes{send: func(letters []callback.DeadLetter) []error {
		errs := make([]error, len(letters))
		errs[1] = errors.New("refused")
		return errs
	}}
	verdicts := []callback.Verdict{
		callback.Delivered, callback.Rejected, callback.Duplicate, callback.Closed, callback.Ignored, callback.Unconfirmed, callback.Retry,
	}
	deliveries, reports := make([]callback.Delivery, len(verdicts)), make([]callback.Report, len(verdicts))
	for i, v := range verdicts {
		deliveries[i].SourceID = v.String()
		reports[i].Decision = callback.Decision{Verdict: v, Code: "X"}
	}
	f.service().Settle(t.Context(), deliveries, reports)
	var sent []string
	for _, letter := range f.sent {
		sent = append(sent, letter.Delivery.SourceID)
	}
	if diff := cmp.Diff([]string{"rejected", "closed", "unconfirmed"}, sent); diff != "" {
		t.Errorf("dead letters (-want +got):\n%s", diff)
	}
	if r := reports[3]; r.Verdict != callback.Retry || r.Code != "DeadLetterRefused" {
		t.Errorf("refused letter: %v %s, want retry DeadLetterRefused", r.Verdict, r.Code)
	}
	if reports[1].Verdict != callback.Rejected || reports[5].Verdict != callback.Unconfirmed {
		t.Error("a letter that was taken changed its verdict")
	}
}

func TestSettleLeavesToTheCallerWhatHeCanActOn(t *testing.T) {
	t.Parallel()
	f := &fakes{}
	verdicts := []callback.Verdict{callback.Rejected, callback.Closed, callback.Unconfirmed}
	deliveries, reports := make([]callback.Delivery, len(verdicts)), make([]callback.Report, len(verdicts))
	for i, v := range verdicts {
		deliveries[i] = callback.Delivery{SourceID: v.String(), Answered: true}
		reports[i].Decision = callback.Decision{Verdict: v}
	}
	f.service().Settle(t.Context(), deliveries, reports)
	if len(f.sent) != 1 || f.sent[0].Delivery.SourceID != "unconfirmed" || reports[0].Verdict != callback.Rejected {
		t.Errorf("dead letters %v, reports %v", f.sent, reports)
	}
}

func ExampleParse() {
	c, err := callback.Parse([]byte(`{"taskToken": "AAAA", "output": {"approved": true, "amount": 1.10}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Outcome, string(c.Output), c.Token)
	// Output: success {"approved": true, "amount": 1.10} [task token]
}
