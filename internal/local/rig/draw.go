package rig

import (
	"time"

	"pgregory.net/rapid"

	"callback-completer/internal/local/fault"
)

// Answer is a result for the task with an index, as [Rig.Closings] shows it.
type Answer struct {
	Task   int
	Result string
}

// Result is an answer to a task: its members in canonical form, and as [Rig.Closings] shows it.
type Result struct{ Members, Shown string }

// DrawResult draws from few results, so that answers agree now and then.
func DrawResult(rt *rapid.T) Result {
	return rapid.SampledFrom([]Result{
		{`"output": {"z": 1.10, "a": 1}`, `output {"z": 1.10, "a": 1}`},
		{`"output": 2`, `output 2`},
		{`"error": "E", "cause": "c"`, `error E c`},
		{`"outcome": "failure"`, `error  `},
	}).Draw(rt, "result")
}

// DrawFault draws a fault of one of the operations that passes after some calls.
func DrawFault(rt *rapid.T, operations ...string) fault.Rule {
	return fault.Rule{
		Operation: rapid.SampledFrom(operations).Draw(rt, "operation"),
		Kind: rapid.SampledFrom([]fault.Kind{
			fault.Throttle, fault.ServerError, fault.HTMLError, fault.Reset, fault.Reset, fault.KMSThrottling, fault.AccessDenied, fault.Slow,
		}).Draw(rt, "kind"),
		Applied: rapid.Bool().Draw(rt, "applied"),
		Next:    rapid.IntRange(1, 20).Draw(rt, "next"),
		Delay:   20 * time.Second,
	}
}

// DrawCrash draws whether an environment dies in one of the next calls, see [Environments.Crash].
func DrawCrash(rt *rapid.T) (calls int, applied bool) {
	return rapid.IntRange(0, 4).Draw(rt, "calls"), rapid.Bool().Draw(rt, "applied")
}
