package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
)

// flaky answers its first invocations with the given errors, then with success. It remembers when it was invoked.
type flaky struct {
	mu    sync.Mutex
	errs  []error
	takes time.Duration
	begin time.Time
	at    []time.Duration
	ids   []string
}

func (f *flaky) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	f.mu.Lock()
	f.at = append(f.at, time.Since(f.begin))
	f.ids = append(f.ids, lambda.RequestID(ctx))
	n := len(f.at)
	f.mu.Unlock()
	time.Sleep(f.takes)
	if n <= len(f.errs) {
		return nil, f.errs[n-1]
	}
	return payload, nil
}

var errFunction = &lambda.FunctionError{Type: "T", Message: "m", Payload: []byte(`{"errorMessage":"m<","errorType":"T"}`)}

// code is the API's name of an error, "" without one.
func code(err error) string {
	var e *awsjson.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	default:
		return err.Error()
	}
}

func always(err error) []error { return slices.Repeat([]error{err}, 1000) }

func newAsync(t *testing.T, fn lambda.Invoker, c lambda.AsyncConfig) *lambda.Async {
	t.Helper()
	a, err := lambda.NewAsync(fn, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAsyncRetries: when the function is invoked, and how the event ends.
func TestAsyncRetries(t *testing.T) {
	t.Parallel()
	const s, m = time.Second, time.Minute
	for _, tt := range []struct {
		name   string
		fn     *flaky
		config lambda.AsyncConfig
		at     []time.Duration
		end    lambda.Condition
	}{
		{"success", &flaky{}, lambda.AsyncConfig{}, []time.Duration{0}, lambda.Success},
		{"second retry", &flaky{errs: []error{errFunction, errFunction}}, lambda.AsyncConfig{}, []time.Duration{0, m, 3 * m}, lambda.Success},
		{"no success", &flaky{errs: always(errFunction)}, lambda.AsyncConfig{}, []time.Duration{0, m, 3 * m}, lambda.RetriesExhausted},
		{
			"slow function", &flaky{errs: always(errFunction), takes: 10 * s},
			lambda.AsyncConfig{},
			[]time.Duration{0, m + 10*s, 3*m + 20*s},
			lambda.RetriesExhausted,
		},
		{
			"own delays", &flaky{errs: always(errFunction)},
			lambda.AsyncConfig{RetryDelays: []time.Duration{s, 0}},
			[]time.Duration{0, s, s},
			lambda.RetriesExhausted,
		},
		{
			"no retries", &flaky{errs: always(errFunction)},
			lambda.AsyncConfig{RetryDelays: []time.Duration{}},
			[]time.Duration{0},
			lambda.RetriesExhausted,
		},
		{
			"too old for a retry", &flaky{errs: always(errFunction), takes: s},
			lambda.AsyncConfig{MaximumEventAge: m},
			[]time.Duration{0},
			lambda.EventAgeExceeded,
		},
		{
			"just young enough", &flaky{errs: always(errFunction)},
			lambda.AsyncConfig{MaximumEventAge: m},
			[]time.Duration{0, m},
			lambda.EventAgeExceeded,
		},
		{
			"throttled", &flaky{errs: always(errors.New("throttled"))},
			lambda.AsyncConfig{MaximumEventAge: 20 * m},
			[]time.Duration{0, s, 3 * s, 7 * s, 15 * s, 31 * s, 63 * s, 127 * s, 255 * s, 511 * s, 811 * s, 1111 * s},
			lambda.EventAgeExceeded,
		},
		{
			"throttled, then failing", &flaky{errs: []error{errors.New("throttled"), errFunction, errors.New("throttled"), errFunction, errFunction}},
			lambda.AsyncConfig{},
			[]time.Duration{0, s, 61 * s, 63 * s, 183 * s},
			lambda.RetriesExhausted,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var results []lambda.AsyncResult
				tt.fn.begin = time.Now()
				tt.config.Observe = func(r lambda.AsyncResult) { results = append(results, r) }
				a := newAsync(t, tt.fn, tt.config)
				id, err := a.Accept([]byte(`{"n":1}`))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(7 * time.Hour)
				synctest.Wait()
				a.Close()
				if diff := cmp.Diff(tt.at, tt.fn.at); diff != "" {
					t.Errorf("invoked at (-want +got):\n%s", diff)
				}
				if want := slices.Repeat([]string{id}, len(tt.at)); id == "" || !slices.Equal(tt.fn.ids, want) {
					t.Errorf("request ids %q, accepted as %q", tt.fn.ids, id)
				}
				if len(results) != 1 || results[0].Condition != tt.end || results[0].Invocations != len(tt.at) || results[0].RequestID != id {
					t.Fatalf("results %+v", results)
				}
				if r := results[0]; (r.Err == nil) != (tt.end == lambda.Success) || r.Record != nil {
					t.Errorf("result %+v", r)
				}
				if r := results[0]; tt.end == lambda.Success && string(r.Answer) != `{"n":1}` {
					t.Errorf("answer %s", r.Answer)
				}
			})
		})
	}
}

// TestAsyncRecord: the whole record of an event that failed, and what differs where the function was never heard of.
func TestAsyncRecord(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		err        error
	}{
		{
			name: "function error", err: errFunction,
			want: `{"version":"1.0","timestamp":"2000-01-01T00:03:00.000Z","requestContext":{"requestId":"ID",` +
				`"functionArn":"arn:aws:lambda:r:1:function:f:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":3},` +
				`"requestPayload":{"detail":{"n":9007199254740993,"d":1.10,"html":"<&>"}},` +
				`"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` +
				`"responsePayload":{"errorMessage":"m<","errorType":"T"}}`,
		},
		{
			name: "function error that is no JSON", err: &lambda.FunctionError{Type: "T", Payload: []byte("oops")},
			want: `{"version":"1.0","timestamp":"2000-01-01T00:03:00.000Z","requestContext":{"requestId":"ID",` +
				`"functionArn":"arn:aws:lambda:r:1:function:f:$LATEST","condition":"RetriesExhausted","approximateInvokeCount":3},` +
				`"requestPayload":{"detail":{"n":9007199254740993,"d":1.10,"html":"<&>"}},` +
				`"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` +
				`"responsePayload":"oops"}`,
		},
		{
			name: "no function", err: lambda.ErrClosed,
			want: `{"version":"1.0","timestamp":"2000-01-01T06:03:31.000Z","requestContext":{"requestId":"ID",` +
				`"functionArn":"arn:aws:lambda:r:1:function:f:$LATEST","condition":"EventAgeExceeded","approximateInvokeCount":80},` +
				`"requestPayload":{"detail":{"n":9007199254740993,"d":1.10,"html":"<&>"}},` +
				`"responseContext":null,"responsePayload":null}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(t, sqs.New(sqs.Options{}), "letters", nil)
				a := newAsync(t, &flaky{errs: always(tt.err)}, lambda.AsyncConfig{FunctionARN: "arn:aws:lambda:r:1:function:f", OnFailure: q})
				id, err := a.Accept([]byte(`{"detail": {"n": 9007199254740993, "d": 1.10, "html": "<&>"}}`))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(7 * time.Hour)
				synctest.Wait()
				a.Close()
				held := q.Peek()
				if len(held) != 1 {
					t.Fatalf("%d records", len(held))
				}
				if diff := cmp.Diff(strings.Replace(tt.want, "ID", id, 1), held[0].Body); diff != "" {
					t.Errorf("record (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestAsyncRecordThatDoesNotFit: the destination refuses it, and the observer hears of it.
func TestAsyncRecordThatDoesNotFit(t *testing.T) {
	t.Parallel()
	q := newQueue(t, sqs.New(sqs.Options{}), "letters", map[string]string{"MaximumMessageSize": "1024"})
	results := make(chan lambda.AsyncResult, 1)
	a := newAsync(t, &flaky{errs: always(errFunction)}, lambda.AsyncConfig{
		RetryDelays: []time.Duration{}, OnFailure: q, Observe: func(r lambda.AsyncResult) { results <- r },
	})
	defer a.Close()
	if _, err := a.Accept([]byte(`"` + strings.Repeat("x", 1024) + `"`)); err != nil {
		t.Fatal(err)
	}
	if r := <-results; code(r.Undelivered) != "InvalidParameterValue" || r.Record == nil || len(q.Peek()) != 0 {
		t.Errorf("%v, record of %d bytes", r.Undelivered, len(r.Record))
	}
}

func TestAsyncClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "letters", nil)
		fn := &flaky{errs: always(errFunction), takes: time.Second, begin: time.Now()}
		a := newAsync(t, fn, lambda.AsyncConfig{OnFailure: q})
		for range 3 {
			if _, err := a.Accept([]byte(`1`)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(500 * time.Millisecond)
		a.Close()
		if took := time.Since(fn.begin); took != time.Second {
			t.Errorf("closed after %v, want the invocations to end first", took)
		}
		a.Close()
		if _, err := a.Accept([]byte(`1`)); !errors.Is(err, lambda.ErrClosed) {
			t.Errorf("closed, yet %v", err)
		}
		time.Sleep(time.Hour)
		if len(fn.at) != 3 || len(q.Peek()) != 0 {
			t.Errorf("invoked at %v, %d records", fn.at, len(q.Peek()))
		}
	})
}

func TestAsyncLimits(t *testing.T) {
	t.Parallel()
	a := newAsync(t, &flaky{}, lambda.AsyncConfig{})
	defer a.Close()
	for payload, want := range map[string]string{
		`"` + strings.Repeat("x", 1<<20-2) + `"`: "",
		`"` + strings.Repeat("x", 1<<20-1) + `"`: "RequestTooLargeException",
		`{"a":`:                                  "InvalidRequestContentException",
		``:                                       "InvalidRequestContentException",
	} {
		if _, err := a.Accept([]byte(payload)); code(err) != want {
			t.Errorf("%.10s (%d bytes): %v, want %q", payload, len(payload), err, want)
		}
	}
	fifo := newFIFO(t)
	for _, c := range []lambda.AsyncConfig{
		{RetryDelays: []time.Duration{1, 2, 3}},
		{RetryDelays: []time.Duration{-1}},
		{MaximumEventAge: 59 * time.Second},
		{MaximumEventAge: 6*time.Hour + 1},
		{OnFailure: fifo},
	} {
		if a, err := lambda.NewAsync(&flaky{}, c); a != nil || code(err) != "InvalidParameterValueException" {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestAsyncProcess: a real function sees the request id that the event was accepted under.
func TestAsyncProcess(t *testing.T) {
	t.Parallel()
	p, _ := start(t, lambda.Config{})
	results := make(chan lambda.AsyncResult, 1)
	a := newAsync(t, p, lambda.AsyncConfig{Observe: func(r lambda.AsyncResult) { results <- r }})
	defer a.Close()
	id, err := a.Accept([]byte(`{"Do":"facts"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got facts
	if r := <-results; json.Unmarshal(r.Answer, &got) != nil || got.RequestID != id {
		t.Errorf("accepted as %s, answered %s", id, r.Answer)
	}
}
