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

// TestThePromise plays the world at random and then demands the promise: every event was delivered, is known to be a
// duplicate of one that was, is in the dead-letter queue, or was given up by Lambda after its retries and left a record; no
// task was completed twice; no token was told. Each subtest is as many plays as TestMain says: 40 in all.
func TestThePromise(t *testing.T) {
	t.Parallel()
	// Compiled once, outside of every bubble: under the race detector that takes longer than a play.
	mapper, err := service.Mapper(config.Common{Mapping: `select(type == "object" and (.detail | type == "object" and has("all"))) | .detail.all[]`}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
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
	w := newWorld(t, mapper, rapid.Bool().Draw(rt, "single"))
	calm := rapid.Bool().Draw(rt, "calm")
	disturb := func(rt *rapid.T) {
		if calm {
			rt.Skip("a calm play")
		}
		w.disturbed = true
	}
	begun := time.Now()
	anyTask := rapid.IntRange(0, len(w.tasks)-1)
	send := func(rt *rapid.T, e sentEvent, detail string) {
		if rapid.Bool().Draw(rt, "by hand") {
			w.hand(e, detail)
		} else {
			w.put(e, ruleName, detail)
		}
	}
	rt.Repeat(map[string]func(*rapid.T){
		"answer": func(rt *rapid.T) {
			i, r := anyTask.Draw(rt, "task"), rig.DrawResult(rt)
			send(rt, sentEvent{answers: []rig.Answer{{Task: i, Result: r.Shown}}}, fmt.Sprintf(`{"taskToken": %q, %s}`, w.tasks[i].Token, r.Members))
		},
		"answer two at once": func(rt *rapid.T) {
			first, second := rig.DrawResult(rt), rig.DrawResult(rt)
			send(rt, sentEvent{answers: []rig.Answer{{Task: 0, Result: first.Shown}, {Task: 1, Result: second.Shown}}},
				fmt.Sprintf(`{"all": [{"taskToken": %q, %s}, {"taskToken": %q, %s}]}`, w.tasks[0].Token, first.Members, w.tasks[1].Token, second.Members))
		},
		"deliver again": func(rt *rapid.T) {
			if len(w.sent) == 0 {
				rt.Skip("nothing was sent")
			}
			if e := w.sent[rapid.IntRange(0, len(w.sent)-1).Draw(rt, "event")]; !e.astray {
				w.redeliver(e)
			}
		},
		"heartbeat": func(rt *rapid.T) {
			send(rt, sentEvent{beat: true}, fmt.Sprintf(`{"taskToken": %q, "outcome": "heartbeat"}`, w.tasks[anyTask.Draw(rt, "task")].Token))
		},
		"send what can go nowhere": func(rt *rapid.T) {
			send(rt, sentEvent{}, rapid.SampledFrom([]string{
				`{}`, `{"taskToken": "unknown", "output": 1}`, `{"taskToken": "", "output": 1}`, `{"all": [1]}`, `{"all": ""}`,
			}).Draw(rt, "detail"))
		},
		"send what no function takes": func(*rapid.T) { w.put(sentEvent{}, astrayName, `{"taskToken": "t"}`) },
		"fault": func(rt *rapid.T) {
			disturb(rt)
			w.Faults.Add(rig.DrawFault(rt, "SendTask*", "SendTask*", "SendMessageBatch"))
		},
		"outage": func(rt *rapid.T) { // longer than Lambda retries
			disturb(rt)
			rule := rig.DrawFault(rt, "SendTask*", "SendMessageBatch")
			rule.Next = 1000
			w.Faults.Add(rule)
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
			seconds := rapid.IntRange(1, 240).Draw(rt, "seconds")
			if time.Since(begun)+time.Duration(seconds)*time.Second > 9*time.Minute { // the tasks time out after ten
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
