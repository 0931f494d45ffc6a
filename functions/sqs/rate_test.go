package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/race"
)

// quota is Step Functions as far as its quota goes: it admits what its bucket holds, refuses a share of the calls at random
// before that, and answers after 5 ms. What it admits it takes. Other services are the stand-in's.
type quota struct {
	others       http.Handler
	rate, bucket float64
	random       float64

	mu     sync.Mutex
	tokens float64
	filled time.Time
	draw   *rand.Rand
	calls  int
}

func (q *quota) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AWSStepFunctions.SendTask") {
		q.others.ServeHTTP(w, r)
		return
	}
	select {
	case <-time.After(5 * time.Millisecond):
	case <-r.Context().Done(): // nobody waits for the answer
	}
	if !q.admits() {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type": "ThrottlingException", "message": "Rate exceeded"}`)
		return
	}
	_, _ = io.WriteString(w, "{}")
}

func (q *quota) admits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.tokens = min(q.bucket, q.tokens+now.Sub(q.filled).Seconds()*q.rate)
	q.filled = now
	q.calls++
	if q.draw.Float64() < q.random || q.tokens < 1 {
		return false
	}
	q.tokens--
	return true
}

// made is how many calls came; one that nobody waits for any more may still be counted.
func (q *quota) made() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.calls
}

// throttledRig is the function, told a rate, before a quota.
func throttledRig(t *testing.T, told int, q *quota) *sqsRig {
	t.Helper()
	r := rig.New(t, "", false)
	r.Settings.SendTaskRate = told
	mapper, err := service.Mapper(config.Common{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.others, q.filled, q.draw = r.Stack.API, time.Now(), rand.New(rand.NewPCG(1, 2))
	s := &sqsRig{Rig: r, mapper: mapper, concurrency: 32}
	s.handler = s.function(local.Direct{Handler: q})
	return s
}

func answers(n int) events.SQSEvent {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf(`{"taskToken": "token-%d", "output": %d}`, i, i)
	}
	return sqsEvent(false, bodies...)
}

// TestABacklogDrainsAtTheQuota: 20 times what Step Functions admits in a second is delivered at no less than 0.95 of that rate,
// with at most 1.1 calls a message, whatever the bucket held before.
func TestABacklogDrainsAtTheQuota(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		told   int
		rate   float64
		bucket float64
		full   bool
		batch  int
	}{
		{"one batch, a full bucket", 100, 100, 500, true, 2000},
		{"one batch, an empty bucket", 150, 150, 750, false, 3000},
		{"one batch, told too much", 250, 150, 750, false, 3000},
		{"batches of ten", 100, 100, 500, false, 10},
		{"batches of a hundred, a small bucket", 100, 100, 100, true, 100},
	}
	for i, tt := range tests {
		if race.Enabled && i%3 > 0 {
			continue // thousands of calls each, and nothing to be seen of races that the others do not show
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := &quota{rate: tt.rate, bucket: tt.bucket}
				if tt.full {
					q.tokens = tt.bucket
				}
				r := throttledRig(t, tt.told, q)
				backlog, left := int(20*tt.rate), 0
				begun := time.Now()
				for range backlog / tt.batch {
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					left += len(r.handle(ctx, answers(tt.batch)))
					cancel()
				}
				drained, calls := float64(backlog)/time.Since(begun).Seconds()/tt.rate, float64(q.made())/float64(backlog)
				t.Logf("%.3f of the rate, %.3f calls a message", drained, calls)
				if left > 0 || drained < 0.95 || calls > 1.1 || len(r.Letters.Peek()) > 0 {
					t.Errorf("%d messages are left, %d dead letters", left, len(r.Letters.Peek()))
				}
			})
		})
	}
}

// TestRandomThrottling: what is refused at random is tried again while there is time, at hardly less than the rate; what is left
// goes back to the queue, and nothing to the dead-letter queue.
func TestRandomThrottling(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		random   float64
		messages int
		timeout  time.Duration
		done     [2]int // messages delivered at least, at most
	}{
		{"10 %, time enough", 0.1, 1200, time.Minute, [2]int{1200, 1200}},
		{"10 %, 200 at once", 0.1, 200, 3 * time.Second, [2]int{200, 200}}, // within the bucket: no slower for the refusals
		{"10 %, too little time", 0.1, 2000, 15 * time.Second, [2]int{800, 1200}},
		{"50 %, time enough", 0.5, 600, time.Minute, [2]int{600, 600}},
		{"50 %, too little time", 0.5, 2000, 15 * time.Second, [2]int{300, 800}},
		{"everything", 1, 200, 30 * time.Second, [2]int{0, 0}},
	}
	for _, tt := range tests {
		if race.Enabled && tt.messages > 600 {
			continue // as above
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := &quota{rate: 600, bucket: 3000, tokens: 3000, random: tt.random}
				r := throttledRig(t, 60, q)
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
				defer cancel()
				done := tt.messages - len(r.handle(ctx, answers(tt.messages)))
				t.Logf("%d delivered in %v, %d calls", done, time.Since(begun), q.made())
				if done < tt.done[0] || done > tt.done[1] {
					t.Errorf("%d messages were delivered, want %v", done, tt.done)
				}
				if letters := r.Letters.Peek(); len(letters) > 0 {
					t.Errorf("%d messages are in the dead-letter queue", len(letters))
				}
				if took := time.Since(begun); took > tt.timeout {
					t.Errorf("the invocation ended %v late", took-tt.timeout)
				}
			})
		})
	}
}

// TestNothingBeginsTooLate: a call that would have its turn in the last two margins is not made, heartbeats included, and is
// given back as out of time.
func TestNothingBeginsTooLate(t *testing.T) {
	t.Parallel()
	for name, members := range map[string]string{"success": `"output": 1`, "failure": `"error": "E"`, "heartbeat": `"outcome": "heartbeat"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := &quota{rate: 1000, bucket: 1000, tokens: 1000}
				r := throttledRig(t, 1, q) // five at once, then one a second
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
				defer cancel()
				bodies := make([]string, 20)
				for i := range bodies {
					bodies[i] = fmt.Sprintf(`{"taskToken": "token-%d", %s}`, i, members)
				}
				left := r.handle(ctx, sqsEvent(false, bodies...))
				if got := q.made(); got != 7 { // at once and after 1 s and 2 s; 3 s is the last start
					t.Errorf("%d calls were made, want 7", got)
				}
				if want := 13; name != "heartbeat" && len(left) != want { // a heartbeat that has no turn is ignored
					t.Errorf("%d messages are left, want %d", len(left), want)
				}
				if name != "heartbeat" && strings.Count(r.Out.String(), `"OutOfTime"`) != 13 {
					t.Errorf("not every message that is left is out of time:\n%s", r.Out.String())
				}
				if took := time.Since(begun); took > 3*time.Second {
					t.Errorf("the invocation ended after %v", took)
				}
			})
		})
	}
}
