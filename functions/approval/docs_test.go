package main

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/stepfunctions"
)

// documented returns the workflow that docs/approvals.md shows, with the function's name filled in.
func documented(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/approvals.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```json\n")
	workflow, _, ok := strings.Cut(after, "```")
	if !ok || !strings.Contains(workflow, "${ApprovalFunctionArn}") {
		t.Fatal("docs/approvals.md shows no workflow")
	}
	return strings.ReplaceAll(workflow, "${ApprovalFunctionArn}", functionName)
}

// TestTheDocumentedWorkflow takes each of the ways that it has.
func TestTheDocumentedWorkflow(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]stepfunctions.Execution{
		"approve": {Status: stepfunctions.Succeeded},
		"reject":  {Status: stepfunctions.Failed, Error: "Rejected"},
		"":        {Status: stepfunctions.Failed, Error: "NobodyAnswered"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFunction(t)
			f.network.refuse = []string{"sns", "sns"} // which the workflow's Retry gets over
			execution := f.run(documented(t), `{"version": "4.2", "requester": "`+canaryMail+`"}`)
			f.answer(execution, answer)
			got := f.Execution(execution)
			if diff := cmp.Diff(want, stepfunctions.Execution{Status: got.Status, Error: got.Error}); diff != "" {
				t.Errorf("%q: %s (-want +got):\n%s", answer, got.Cause, diff)
			}
			if answer == "approve" && !strings.Contains(got.Output, `"approved":true`) {
				t.Errorf("output %s", got.Output)
			}
		})
	}
}
