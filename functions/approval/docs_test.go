package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/stepfunctions"
)

const exampleFile = "../../examples/approval/release.asl.json"

// example returns the definition of examples/approval with its parameters filled in, as its template does.
func example(t *testing.T) string {
	t.Helper()
	definition, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("${ApprovalFunctionArn}", functionName, "${Approver}", canaryMail, "${Channel}", "sns").Replace(string(definition))
	if strings.Contains(filled, "${") {
		t.Fatalf("%s has a parameter that is unknown here", exampleFile)
	}
	return filled
}

// TestTheDocumentedWorkflow is the example's, to the letter.
func TestTheDocumentedWorkflow(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/approvals.md")
	if err != nil {
		t.Fatal(err)
	}
	definition, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```json\n")
	workflow, _, _ := strings.Cut(after, "```")
	if diff := cmp.Diff(string(definition), workflow); diff != "" {
		t.Errorf("docs/approvals.md (-example +documented):\n%s", diff)
	}
}

// TestTheExample takes each of the ways that it has.
func TestTheExample(t *testing.T) {
	t.Parallel()
	denied := func(n int) func(*function) {
		return func(f *function) {
			for range n {
				f.network.refuse = append(f.network.refuse, "sns")
			}
		}
	}
	tests := []struct {
		name    string
		trouble func(*function)
		answer  string // what somebody answers; "-": nobody was asked
		want    stepfunctions.Execution
		links   int
	}{
		{"approved", nil, "approve", stepfunctions.Execution{Status: stepfunctions.Succeeded}, 1},
		{"rejected", nil, "reject", stepfunctions.Execution{Status: stepfunctions.Failed, Error: "Rejected"}, 1},
		{"nobody answers", nil, "", stepfunctions.Execution{Status: stepfunctions.Failed, Error: "NobodyAnswered"}, 1},
		{"delivered at the last try", denied(3), "approve", stepfunctions.Execution{Status: stepfunctions.Succeeded}, 1},
		{"not deliverable", denied(4), "-", stepfunctions.Execution{Status: stepfunctions.Failed, Error: "ApprovalNotDelivered"}, 0},
		{"not storable", func(f *function) {
			f.Faults.Add(fault.Rule{Operation: "PutItem", Kind: fault.Throttle, Next: 1 << 20})
		}, "-", stepfunctions.Execution{Status: stepfunctions.Failed, Error: "ApprovalNotStored"}, 0},
		{"not set up", func(f *function) {
			f.settings.TopicARN = ""
			f.restart()
		}, "-", stepfunctions.Execution{Status: stepfunctions.Failed, Error: "InvalidApprovalRequest"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFunction(t)
				if tt.trouble != nil {
					tt.trouble(f)
				}
				execution := f.run(example(t), `{"version": "4.2", "requester": "carol@example.com"}`)
				if tt.answer == "-" {
					time.Sleep(time.Hour)
				} else {
					f.answer(execution, tt.answer)
				}
				got := f.Execution(execution)
				if diff := cmp.Diff(tt.want, stepfunctions.Execution{Status: got.Status, Error: got.Error}); diff != "" {
					t.Errorf("%s (-want +got):\n%s", got.Cause, diff)
				}
				if approved := strings.Contains(got.Output, `"approved":true`); approved != (tt.answer == "approve") {
					t.Errorf("output %s", got.Output)
				}
				if links := f.links(); len(links) != tt.links {
					t.Errorf("links %q", links)
				}
				if tt.answer == "" {
					f.expired()
				}
				f.quiet(f.Out.String() + got.Cause)
			})
		})
	}
}

// expired demands that whoever opens the link now sees that it is too late.
func (f *function) expired() {
	f.T.Helper()
	link := f.links()[0]
	view := f.handler.service.Show(f.T.Context(), link[strings.LastIndex(link, "/")+1:], approval.Actor{})
	if view.Standing == nil || view.Standing.Stage != approval.StageExpired {
		f.T.Errorf("the page afterwards is %+v", view)
	}
}

// TestTheExampleRetries what passes: errors of Lambda itself, of which the state hears nothing else. What a person decides it does
// not ask again.
func TestTheExampleRetries(t *testing.T) {
	t.Parallel()
	var machine struct {
		States map[string]struct {
			Retry []struct{ ErrorEquals []string }
		}
	}
	if err := json.Unmarshal([]byte(example(t)), &machine); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ApprovalNotDelivered", "ApprovalNotStored",
		"Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.ServiceException", "Lambda.TooManyRequestsException",
	}
	var got []string
	for _, retry := range machine.States["Ask"].Retry {
		got = append(got, retry.ErrorEquals...)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Retry (-want +got):\n%s", diff)
	}
}
