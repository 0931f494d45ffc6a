package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/local/fault"
)

// survey invokes the function as the schedule does, and demands what its line with metrics says.
func (f *function) survey(want string) {
	f.T.Helper()
	time.Sleep(2 * time.Second) // the table's list is late
	before := len(f.Out.String())
	answer, err := f.ask(`{"survey":true}`)
	if out := f.Out.String()[before:]; err != nil || answer != nil || !strings.Contains(out, want) {
		f.T.Errorf("%v, %v, output %s, want %s", answer, err, out, want)
	}
}

// TestSurvey follows requests from the first to the last, which expires unanswered.
func TestSurvey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.survey(`"ApprovalsOpen":0,"OldestApprovalAge":0,`)
		first := f.asked(event("t1", toTopic))
		time.Sleep(10*time.Minute - 2*time.Second)
		f.asked(event("t2", toTopic))
		f.survey(`"ApprovalsOpen":2,"OldestApprovalAge":600,`)
		if err := f.handler.service.Revoke(t.Context(), first.RequestID); err != nil {
			t.Fatal(err)
		}
		f.survey(`"ApprovalsOpen":1,"OldestApprovalAge":4,`)
		time.Sleep(time.Hour)
		f.survey(`"ApprovalsOpen":0,"OldestApprovalAge":0,`)
		time.Sleep(time.Minute)
		f.survey(`"open":0,"swept":1}`)
		time.Sleep(2 * time.Second)
		if pending, err := f.handler.service.Pending(t.Context(), 10); err != nil || len(pending) > 0 {
			t.Errorf("on the list are %v, %v", pending, err)
		}
		if out := f.Out.String(); strings.Count(out, `"swept":1`) != 1 || !strings.Contains(out, `"cut":false`) {
			t.Errorf("output %s", out)
		}
	})
}

// TestOnlyTheScheduleSurveys: nothing that a workflow could send by mistake is taken for its event, and fails.
func TestOnlyTheScheduleSurveys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		for _, other := range []string{
			`{}`, `{"survey":false}`, `{"survey":"true"}`, `{"survey":1}`, `{"Survey":true}`, `{"survey":true,"survey":true}`, `[{"survey":true}]`,
			`true`, `{"survey":true,"title":"x"}`, event(canaryToken, `, "survey": true`+toTopic), `{"detail":{"survey":true}}`, `{"survey":true} {}`,
		} {
			if _, err := f.ask(other); failed(err) != "InvalidApprovalRequest" {
				t.Errorf("%s: %v", other, err)
			}
		}
		if strings.Contains(f.Out.String(), "ApprovalsOpen") {
			t.Error("there was a survey")
		}
		f.survey(`"ApprovalsOpen":0`)
		if _, err := f.ask(" {\n \"survey\" : true } "); err != nil {
			t.Error(err)
		}
	})
}

// TestASurveyThatFails is an error of the function, which has an alarm, unless only the sweep did.
func TestASurveyThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		f.asked(event("t1", toTopic))
		f.Faults.Add(fault.Rule{Operation: "Query", Kind: fault.AccessDenied, Rate: 1})
		time.Sleep(2 * time.Hour)
		_, err := f.ask(`{"survey":true}`)
		if failed(err) != "ApprovalsNotSurveyed" || !strings.Contains(err.Error(), "Query: AccessDeniedException") || strings.Contains(f.Out.String(), "ApprovalsOpen") {
			t.Errorf("%v, output %s", err, f.Out.String())
		}
		f.Faults.Clear()
		f.Faults.Add(fault.Rule{Operation: "PutItem", Kind: fault.AccessDenied, Rate: 1})
		f.survey(`"cut":true`)
		f.Faults.Clear()
		f.survey(`"swept":1`)
		if out := f.Out.String(); strings.Count(out, "could not be taken off the list") != 1 || strings.Contains(out, `"ApprovalsUndelivered":1`) {
			t.Errorf("output %s", out)
		}
	})
}

// TestEveryRequestThatIsNotDeliveredIsAnError of the function: that is what the alarm counts.
func TestEveryRequestThatIsNotDeliveredIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFunction(t)
		errs := 0
		for i, disturb := range []func(){
			func() {},
			func() { f.network.refuse = []string{"sns"} },
			func() { f.Faults.Add(fault.Rule{Operation: "PutItem", Kind: fault.AccessDenied, Next: 1}) },
			func() { f.Faults.Add(fault.Rule{Operation: "GetItem", Kind: fault.AccessDenied, Next: 1}) }, // the note alone
			func() { f.network.gone = true },
		} {
			disturb()
			_, err := f.ask(event(fmt.Sprint("t", i), toTopic))
			if err != nil {
				errs++
			}
		}
		for _, wrong := range []string{`{}`, `null`, event("t", ""), event("t", `, "identity": "verified"`+toTopic)} {
			if _, err := f.ask(wrong); err != nil {
				errs++
			}
		}
		undelivered, delivered := 0, 0
		for line := range strings.Lines(f.Out.String()) {
			var counts struct{ ApprovalsDelivered, ApprovalsUndelivered int }
			if err := json.Unmarshal([]byte(line), &counts); err != nil {
				t.Fatal(err)
			}
			undelivered, delivered = undelivered+counts.ApprovalsUndelivered, delivered+counts.ApprovalsDelivered
		}
		if errs != 7 || undelivered != errs || delivered != 2 {
			t.Errorf("%d errors, %d requests undelivered, %d delivered", errs, undelivered, delivered)
		}
	})
}
