package stepfunctions

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/awsjson"
)

func TestDefinitionsRefusedByName(t *testing.T) {
	t.Parallel()
	s := New(Options{Integrations: Integrations{SendMessage: newDesk().take}})
	t.Cleanup(s.Close)
	one := func(state string) string { return `{"StartAt": "A", "States": {"A": ` + state + `}}` }
	task := func(more string) string {
		return one(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true, ` + more + `}`)
	}
	rule := func(r string) string {
		return `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [` + r + `]}, "B": {"Type": "Succeed"}}}`
	}
	for _, c := range []struct{ name, definition, want string }{
		{"not JSON", `{`, "the definition is not valid JSON"},
		{"not an object", `[]`, "the definition: must be an object; StartAt: the field is missing; States: the field is missing"},
		{"unknown top field", `{"StartAt": "A", "Foo": 1, "States": {"A": {"Type": "Succeed"}}}`, "Foo: the field is not supported here"},
		{"JSONata", `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, `QueryLanguage: "JSONata" is not supported, JSONPath is`},
		{"version", `{"Version": "2.0", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, `Version: "2.0" is not supported, 1.0 is`},
		{"no start", `{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}`, `StartAt: there is no state "B"`},
		{"empty start", `{"StartAt": "", "States": {}}`, "StartAt: must not be empty"},
		{"start no string", `{"StartAt": 1, "States": {}}`, "StartAt: must be a string"},
		{"no states", `{"StartAt": "A", "States": {}}`, `StartAt: there is no state "A"`},
		{"unreachable state", `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}`, "States.B: no transition leads to the state"},
		{"twice", `{"StartAt": "A", "States": {"A": {"Type": "Succeed", "Type": "Fail"}}}`, "States.A.Type: the field stands there twice"},
		{"state JSONata", one(`{"Type": "Succeed", "QueryLanguage": "JSONata"}`), `States.A.QueryLanguage: "JSONata" is not supported, JSONPath is`},
		{"Parallel", one(`{"Type": "Parallel", "Branches": [], "End": true}`), `States.A.Type: the state type "Parallel" is not supported`},
		{"no type", one(`{"End": true}`), "States.A.Type: the field is missing"},
		{"unknown field", one(`{"Type": "Wait", "Foo": 1, "Seconds": 1, "End": true}`), "States.A.Foo: the field is not supported here"},
		{"no next", one(`{"Type": "Pass"}`), "States.A.Next: the field is missing"},
		{"next and end", one(`{"Type": "Pass", "Next": "A", "End": true}`), "States.A.End: Next and End exclude each other"},
		{"end false", one(`{"Type": "Pass", "End": false}`), "States.A.End: must be true"},
		{"next nowhere", one(`{"Type": "Pass", "Next": "Z"}`), `States.A: leads to "Z", which does not exist`},
		{"next of Succeed", one(`{"Type": "Succeed", "Next": "A"}`), "States.A.Next: the field is not supported here"},
		{"output of Fail", one(`{"Type": "Fail", "OutputPath": "$"}`), "States.A.OutputPath: the field is not supported here"},
		{"timestamp", one(`{"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "End": true}`), "States.A: a Wait has either Seconds or SecondsPath; States.A.Timestamp: the field is not supported here"},
		{"seconds", one(`{"Type": "Wait", "Seconds": 1.5, "End": true}`), "States.A.Seconds: must be a whole number from 0 to 99999999"},
		{"resource", one(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}`), `States.A.Resource: "arn:aws:states:::sqs:sendMessage" is not supported, only integrations that wait for a task token are`},
		{"resource of a nil integration", one(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true}`), `States.A.Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" is not supported here`},
		{"path fields", task(`"TimeoutSecondsPath": "$.t"`), "States.A.TimeoutSecondsPath: the field is not supported here"},
		{"timeout 0", task(`"TimeoutSeconds": 0`), "States.A.TimeoutSeconds: must be a whole number from 1 to 99999999"},
		{"heartbeat too long", task(`"TimeoutSeconds": 5, "HeartbeatSeconds": 5`), "States.A.HeartbeatSeconds: must be smaller than TimeoutSeconds"},
		{"intrinsic function", task(`"Parameters": {"a": [{"b.$": "States.Format('{}', $.x)"}]}`), "States.A.Parameters.a[0].b.$: the intrinsic function States.Format is not supported"},
		{"no path", task(`"Parameters": {"a.$": "x"}`), `States.A.Parameters.a.$: the path "x" does not start with $`},
		{"path no string", task(`"Parameters": {"a.$": 1}`), "States.A.Parameters.a.$: must be a path"},
		{"both ways", task(`"Parameters": {"a.$": "$", "a": 1}`), "States.A.Parameters.a: the field stands there twice"},
		{"parameters no object", task(`"Parameters": "$"`), "States.A.Parameters: must be an object"},
		{"wildcard", task(`"InputPath": "$.a[*]"`), `States.A.InputPath: the path "$.a[*]" is not supported: [*] is neither an index nor a quoted name`},
		{"context", task(`"InputPath": "$$.Map.Item"`), "States.A.InputPath: the context object has no $$.Map.Item here"},
		{"result path into a list", task(`"ResultPath": "$.a[0]"`), "States.A.ResultPath: $.a[0] is not supported: names in the document only"},
		{"ALL among others", task(`"Retry": [{"ErrorEquals": ["States.ALL", "X"]}]`), "States.A.Retry[0].ErrorEquals: States.ALL must stand alone and in the last item"},
		{"ALL before others", task(`"Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]`), "States.A.Retry[0].ErrorEquals: States.ALL must stand alone and in the last item"},
		{"no ErrorEquals", task(`"Retry": [{"MaxAttempts": 1}]`), "States.A.Retry[0].ErrorEquals: the field is missing"},
		{"jitter", task(`"Retry": [{"ErrorEquals": ["X"], "JitterStrategy": "FULL"}]`), "States.A.Retry[0].JitterStrategy: the field is not supported here"},
		{"backoff", task(`"Retry": [{"ErrorEquals": ["X"], "BackoffRate": 0.5}]`), "States.A.Retry[0].BackoffRate: must be a number of at least 1.0"},
		{"catch nowhere", task(`"Catch": [{"ErrorEquals": ["X"], "Next": "Z"}]`), `States.A: leads to "Z", which does not exist`},
		{"catch without next", task(`"Catch": [{"ErrorEquals": ["X"]}]`), "States.A.Catch[0].Next: the field is missing"},
		{"no choices", one(`{"Type": "Choice", "Default": "A"}`), "States.A.Choices: must be a list that is not empty"},
		{"comparison", rule(`{"Variable": "$.x", "NumericEquals": 1, "Next": "B"}`), "States.A.Choices[0]: a rule needs StringEquals, BooleanEquals, And, Or or Not; States.A.Choices[0].NumericEquals: the field is not supported here"},
		{"two comparisons", rule(`{"Variable": "$.x", "StringEquals": "a", "BooleanEquals": true, "Next": "B"}`), "States.A.Choices[0].BooleanEquals: the field is not supported here"},
		{"next inside", rule(`{"Not": {"Variable": "$.x", "StringEquals": "a", "Next": "B"}, "Next": "B"}`), "States.A.Choices[0].Not.Next: the field is not supported here"},
		{"no variable", rule(`{"BooleanEquals": true, "Next": "B"}`), "States.A.Choices[0].Variable: the field is missing"},
		{"truth as text", rule(`{"Variable": "$.x", "BooleanEquals": "true", "Next": "B"}`), "States.A.Choices[0].BooleanEquals: must be true or false"},
		{"all at once", one(`{"Type": "Wait", "Foo": 1, "Seconds": -1}`), "States.A.Seconds: must be a whole number from 0 to 99999999; States.A.Next: the field is missing; States.A.Foo: the field is not supported here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := s.CreateStateMachine("m", c.definition)
			want := "InvalidDefinition: Invalid State Machine Definition: '" + c.want + "'"
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// everything uses all that is supported.
const everything = `{"Comment": "c", "Version": "1.0", "QueryLanguage": "JSONPath", "TimeoutSeconds": 9, "StartAt": "Comment", "States": {
	"Comment": {"Type": "Pass", "Comment": "c", "Result": {"a": 1}, "Parameters": {"x.$": "$.y"}, "InputPath": null, "OutputPath": "$", "ResultPath": "$.r", "Next": "T"},
	"T": {"Type": "Task", "Resource": "arn:aws-us-gov:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 9, "HeartbeatSeconds": 8,
		"Parameters": {"a": [1, {"b.$": "$$.Task.Token"}]}, "ResultSelector": {"c.$": "$['d e'][0].f"}, "ResultPath": null,
		"Retry": [{"Comment": "c", "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1.0}],
		"Catch": [{"Comment": "c", "ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "F"}], "Next": "C"},
	"C": {"Type": "Choice", "Choices": [{"Comment": "c", "Variable": "$.x", "StringEquals": "y", "Next": "W"},
		{"And": [{"Variable": "$.x", "BooleanEquals": true}], "Next": "W"}, {"Or": [{"Not": {"Variable": "$$.State.Name", "StringEquals": "C"}}], "Next": "V"}], "Default": "S"},
	"W": {"Type": "Wait", "Seconds": 0, "End": true},
	"V": {"Type": "Wait", "SecondsPath": "$.s", "Next": "S"},
	"S": {"Type": "Succeed", "InputPath": "$.a"},
	"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}}`

func TestDefinitionWithEverything(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	arn, err := s.CreateStateMachine("m", everything)
	if err != nil || arn != machineARN {
		t.Fatal(arn, err)
	}
	if again, err := s.CreateStateMachine("m", everything); err != nil || again != arn {
		t.Errorf("the same again: %s %v", again, err)
	}
	_, err = s.CreateStateMachine("m", waitTask(""))
	want := awsjson.Errorf("StateMachineAlreadyExists", "State Machine Already Exists: '%s'", machineARN)
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("another definition (-want +got):\n%s", diff)
	}
}

func FuzzDefinition(f *testing.F) {
	for _, seed := range []string{everything, waitTask(""), `{}`, `[]`, `{"States":{"A":{"Type":"Choice","Choices":[{"Not":1}]}}}`} {
		f.Add(seed)
	}
	resources := map[string]integration{"sqs:sendMessage": newDesk().take}
	f.Fuzz(func(t *testing.T, definition string) {
		p, err := parseDefinition(definition, resources)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "InvalidDefinition: Invalid State Machine Definition: '") {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if p.states[p.startAt] == nil {
			t.Error("accepted without a state to start at")
		}
		for _, s := range p.states {
			for _, to := range s.targets() {
				if p.states[to] == nil {
					t.Errorf("accepted with a way to %q, which is not there", to)
				}
			}
		}
	})
}
