package main

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local/rig"
)

// TestThePromise plays the world at random and then demands the promise: every callback was delivered, is known to
// be a duplicate of one that was, or is in the dead-letter queue; no task was completed twice; no token was told.
// Each subtest is as many plays as TestMain says: 80 in all.
func TestThePromise(t *testing.T) {
	t.Parallel()
	// Compiled once, outside of every bubble: under the race detector that takes longer than a play.
	mapper, err := service.Mapper(config.Common{Mapping: `select(type == "object" and has("all")) | .all[]`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				rig.Bubble(t, func(t *testing.T) { t.Helper(); play(t, rt, mapper) })
			})
		})
	}
}

func play(t *testing.T, rt *rapid.T, mapper callback.Mapper) {
	t.Helper()
	w := newWorld(t, mapper, rapid.Bool().Draw(rt, "fifo"), rapid.Bool().Draw(rt, "single"))
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
			r := rig.DrawResult(rt)
			w.send(message{
				body:    fmt.Sprintf(`{"taskToken": %q, %s}`, w.tasks[i].Token, r.Members),
				answers: []rig.Answer{{Task: i, Result: r.Shown}},
			}, group.Draw(rt, "group"))
		},
		"answer two at once": func(rt *rapid.T) {
			first, second := rig.DrawResult(rt), rig.DrawResult(rt)
			w.send(message{
				body: fmt.Sprintf(`{"all": [{"taskToken": %q, %s}, {"taskToken": %q, %s}]}`,
					w.tasks[0].Token, first.Members, w.tasks[1].Token, second.Members),
				answers: []rig.Answer{{Task: 0, Result: first.Shown}, {Task: 1, Result: second.Shown}},
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
			w.send(message{body: fmt.Sprintf(`{"taskToken": %q, "outcome": "heartbeat"}`, w.tasks[i].Token), beat: true}, group.Draw(rt, "group"))
		},
		"send what can go nowhere": func(rt *rapid.T) {
			body := rapid.SampledFrom([]string{
				`not JSON %d`, `{"taskToken": "unknown-%d", "output": 1}`, `{"taskToken": "", "n": %d}`, `{"all": "%d"}`, `{"all": [%d]}`,
			}).Draw(rt, "body")
			w.send(message{body: fmt.Sprintf(body, len(w.sent))}, group.Draw(rt, "group"))
		},
		"fault": func(rt *rapid.T) {
			disturb(rt)
			w.Faults.Add(rig.DrawFault(rt, "SendTask*", "SendTask*", "SendMessageBatch"))
		},
		"crash":   func(rt *rapid.T) { disturb(rt); w.environments.Crash(rig.DrawCrash(rt)) },
		"restart": func(rt *rapid.T) { disturb(rt); w.environments.Restart() },
		"stop": func(rt *rapid.T) {
			disturb(rt)
			if err := w.Stop(w.tasks[anyTask.Draw(rt, "task")]); err != nil {
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
