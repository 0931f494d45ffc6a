package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/fault"
)

// TestThePromise plays the world at random and then demands the promise: every callback was delivered, is known to
// be a duplicate of one that was, or is in the dead-letter queue; no task was completed twice; no token was told.
// rapid checks 100 plays for each subtest: 2,100 in all.
func TestThePromise(t *testing.T) {
	t.Parallel()
	// Compiled once, outside of every bubble: under the race detector that takes longer than a play.
	mapper, err := service.Mapper(config.Common{Mapping: `select(type == "object" and has("all")) | .all[]`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 21 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				bubble(t, func(t *testing.T) { t.Helper(); play(t, rt, mapper) })
			})
		})
	}
}

// bubble runs f under a fake clock. rapid fails and skips by panicking, which has to reach its own goroutine.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	var failure any
	synctest.Test(t, func(t *testing.T) {
		defer func() { failure = recover() }()
		f(t)
	})
	if failure != nil {
		panic(failure)
	}
}

func play(t *testing.T, rt *rapid.T, mapper callback.Mapper) {
	t.Helper()
	w := newWorld(t, mapper, rapid.Bool().Draw(rt, "fifo"), rapid.Bool().Draw(rt, "single"))
	w.disturbed = !w.single // two environments do not share their evidence
	calm := rapid.Bool().Draw(rt, "calm")
	disturb := func(rt *rapid.T) {
		if calm {
			rt.Skip("a calm play")
		}
		w.disturbed = true
	}
	begun := time.Now()
	group := rapid.SampledFrom([]string{"a", "b"})
	anyTask := rapid.IntRange(0, len(w.tasks)-1)
	rt.Repeat(map[string]func(*rapid.T){
		"answer": func(rt *rapid.T) {
			i := anyTask.Draw(rt, "task")
			r := drawResult(rt)
			w.send(message{
				body:    fmt.Sprintf(`{"taskToken": %q, %s}`, w.tasks[i].token, r.members),
				answers: []answer{{i, r.shown}},
			}, group.Draw(rt, "group"))
		},
		"answer two at once": func(rt *rapid.T) {
			first, second := drawResult(rt), drawResult(rt)
			w.send(message{
				body: fmt.Sprintf(`{"all": [{"taskToken": %q, %s}, {"taskToken": %q, %s}]}`,
					w.tasks[0].token, first.members, w.tasks[1].token, second.members),
				answers: []answer{{0, first.shown}, {1, second.shown}},
			}, group.Draw(rt, "group"))
		},
		"send again": func(rt *rapid.T) {
			if len(w.sent) == 0 {
				rt.Skip("nothing was sent")
			}
			w.send(rapid.SampledFrom(w.sent).Draw(rt, "message"), group.Draw(rt, "group"))
		},
		"heartbeat": func(rt *rapid.T) {
			i := anyTask.Draw(rt, "task")
			w.send(message{body: fmt.Sprintf(`{"taskToken": %q, "outcome": "heartbeat"}`, w.tasks[i].token), beat: true}, group.Draw(rt, "group"))
		},
		"send what can go nowhere": func(rt *rapid.T) {
			body := rapid.SampledFrom([]string{
				`not JSON %d`, `{"taskToken": "unknown-%d", "output": 1}`, `{"taskToken": "", "n": %d}`, `{"all": "%d"}`, `{"all": [%d]}`,
			}).Draw(rt, "body")
			w.send(message{body: fmt.Sprintf(body, len(w.sent))}, group.Draw(rt, "group"))
		},
		"fault": func(rt *rapid.T) {
			disturb(rt)
			w.Faults.Add(fault.Rule{
				Operation: rapid.SampledFrom([]string{"SendTask*", "SendTask*", "SendMessageBatch"}).Draw(rt, "operation"),
				Kind: rapid.SampledFrom([]fault.Kind{
					fault.Throttle, fault.ServerError, fault.HTMLError, fault.Reset, fault.Reset, fault.KMSThrottling, fault.AccessDenied, fault.Slow,
				}).Draw(rt, "kind"),
				Applied: rapid.Bool().Draw(rt, "applied"),
				Next:    rapid.IntRange(1, 20).Draw(rt, "next"),
				Delay:   20 * time.Second,
			})
		},
		"crash": func(rt *rapid.T) {
			disturb(rt)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.crash = &crash{calls: rapid.IntRange(0, 4).Draw(rt, "calls"), applied: rapid.Bool().Draw(rt, "applied")}
		},
		"restart": func(rt *rapid.T) { disturb(rt); w.restart() },
		"stop": func(rt *rapid.T) {
			disturb(rt)
			if err := w.stop(anyTask.Draw(rt, "task")); err != nil {
				rt.Fatal(err)
			}
		},
		"wait": func(rt *rapid.T) {
			seconds := rapid.IntRange(1, 40).Draw(rt, "seconds")
			if time.Since(begun)+time.Duration(seconds)*time.Second > 50*time.Second { // the tasks time out after 60 s
				disturb(rt)
			}
			time.Sleep(time.Duration(seconds) * time.Second)
		},
	})
	if err := w.settle(); err != nil {
		rt.Fatal(err)
	}
	if err := w.judge(); err != nil {
		rt.Fatal(err)
	}
}

// result is an answer in canonical form and as the history shows it.
type result struct{ members, shown string }

// drawResult draws from few results, so that messages agree now and then.
func drawResult(rt *rapid.T) result {
	return rapid.SampledFrom([]result{
		{`"output": {"z": 1.10, "a": 1}`, `output {"z": 1.10, "a": 1}`},
		{`"output": 2`, `output 2`},
		{`"error": "E", "cause": "c"`, `error E c`},
		{`"outcome": "failure"`, `error  `},
	}).Draw(rt, "result")
}
