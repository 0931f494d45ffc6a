package stepfunctions

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStates(t *testing.T) {
	t.Parallel()
	one := func(state string) string { return `{"StartAt": "A", "States": {"A": ` + state + `}}` }
	choose := func(rule string) string {
		return `{"StartAt": "A", "States": {"A": {"Type": "Choice", "InputPath": "$.in", "Choices": [` + rule + `, {"Variable": "$.never", "StringEquals": "x", "Next": "B"}], "Default": "N"},
			"Y": {"Type": "Pass", "Result": "yes", "End": true}, "N": {"Type": "Pass", "Result": "no", "End": true}, "B": {"Type": "Succeed"}}}`
	}
	const in = `{"in":{"s":"a","t":true,"f":false,"n":1,"never":""}}`
	for _, c := range []struct{ name, definition, input, want string }{
		{"Pass", one(`{"Type": "Pass", "End": true}`), ` [1.10] `, ` [1.10] `},
		{"Pass with a result", one(`{"Type": "Pass", "Result": {"b": 1, "a": 1.10}, "ResultPath": "$.r", "End": true}`), `{"x":1}`, `{"x":1,"r":{"b": 1, "a": 1.10}}`},
		{"Pass with parameters", one(`{"Type": "Pass", "Parameters": {"y.$": "$.x", "n.$": "$$.State.RetryCount"}, "End": true}`), `{"x":1E400}`, `{"y":1E400,"n":0}`},
		{"Pass without the parameter", one(`{"Type": "Pass", "Parameters": {"y.$": "$.z"}, "End": true}`), `{"x":1}`, "States.ParameterPathFailure"},
		{"Pass without the token", one(`{"Type": "Pass", "Parameters": {"y.$": "$$.Task.Token"}, "End": true}`), `{}`, "States.ParameterPathFailure"},
		{"Pass without input", one(`{"Type": "Pass", "InputPath": null, "End": true}`), `{"x":1}`, `{}`},
		{"Pass with a bad path", one(`{"Type": "Pass", "InputPath": "$.z", "End": true}`), `{"x":1}`, "States.Runtime"},
		{"Succeed", one(`{"Type": "Succeed", "OutputPath": "$.x"}`), `{"x":1}`, `1`},
		{"Fail", one(`{"Type": "Fail", "Error": "Custom", "Cause": "c"}`), `{}`, "Custom"},
		{"Pass for ever", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`, `{}`, "States.Runtime"},
		{"StringEquals", choose(`{"Variable": "$.s", "StringEquals": "a", "Next": "Y"}`), in, `"yes"`},
		{"StringEquals not", choose(`{"Variable": "$.s", "StringEquals": "b", "Next": "Y"}`), in, `"no"`},
		{"StringEquals of a truth", choose(`{"Variable": "$.t", "StringEquals": "true", "Next": "Y"}`), in, `"no"`},
		{"StringEquals of a number", choose(`{"Variable": "$.n", "StringEquals": "1", "Next": "Y"}`), in, `"no"`},
		{"BooleanEquals", choose(`{"Variable": "$.t", "BooleanEquals": true, "Next": "Y"}`), in, `"yes"`},
		{"BooleanEquals false", choose(`{"Variable": "$.f", "BooleanEquals": false, "Next": "Y"}`), in, `"yes"`},
		{"BooleanEquals not", choose(`{"Variable": "$.f", "BooleanEquals": true, "Next": "Y"}`), in, `"no"`},
		{"And", choose(`{"And": [{"Variable": "$.t", "BooleanEquals": true}, {"Variable": "$.s", "StringEquals": "a"}], "Next": "Y"}`), in, `"yes"`},
		{"And not", choose(`{"And": [{"Variable": "$.t", "BooleanEquals": true}, {"Variable": "$.s", "StringEquals": "b"}], "Next": "Y"}`), in, `"no"`},
		{"Or", choose(`{"Or": [{"Variable": "$.t", "BooleanEquals": false}, {"Variable": "$.s", "StringEquals": "a"}], "Next": "Y"}`), in, `"yes"`},
		{"Or not", choose(`{"Or": [{"Variable": "$.t", "BooleanEquals": false}, {"Variable": "$.s", "StringEquals": "b"}], "Next": "Y"}`), in, `"no"`},
		{"Not", choose(`{"Not": {"Variable": "$.s", "StringEquals": "b"}, "Next": "Y"}`), in, `"yes"`},
		{"Variable nowhere", choose(`{"Variable": "$.zz", "StringEquals": "b", "Next": "Y"}`), in, "States.Runtime"},
		{"no choice", one(`{"Type": "Choice", "Choices": [{"Variable": "$.x", "StringEquals": "b", "Next": "A"}]}`), `{"x":1}`, "States.NoChoiceMatched"},
		{"SecondsPath to a text", one(`{"Type": "Wait", "SecondsPath": "$.x", "End": true}`), `{"x":"1"}`, "States.Runtime"},
		{"SecondsPath nowhere", one(`{"Type": "Wait", "SecondsPath": "$.y", "End": true}`), `{"x":"1"}`, "States.Runtime"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _ := newService(t)
			e := finish(t, s, begin(t, s, c.definition, c.input))
			if got := e.Output + e.Error; got != c.want {
				t.Errorf("got %s %s %s, want %s", e.Status, got, e.Cause, c.want)
			}
		})
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := newService(t)
		start := time.Now()
		arn := begin(t, s, `{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 3, "Next": "B"},
			"B": {"Type": "Wait", "SecondsPath": "$.x", "Next": "C"}, "C": {"Type": "Fail", "Error": "E"}}}`, `{"x":4}`)
		if e := finish(t, s, arn); e.Stopped.Sub(start) != 7*time.Second || e.Error != "E" {
			t.Errorf("ended with %q after %v, want E after 7s", e.Error, e.Stopped.Sub(start))
		}
		want := []string{
			"ExecutionStarted", "WaitStateEntered", "WaitStateExited", "WaitStateEntered", "WaitStateExited", "FailStateEntered", "ExecutionFailed",
		}
		if diff := cmp.Diff(want, eventTypes(t, s, arn)); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}
