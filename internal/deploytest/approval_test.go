//go:build deploytest

package deploytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/conformance/emulator"
)

const (
	approver = "bob@example.com"
	reason   = "not on a Friday"
)

// asking are the parameters of a stack that asks people by an event on the default bus. The links begin with a domain of its own, or
// with the API's address.
func asking(domain string) map[string]string {
	return map[string]string{"EnableApprovals": "true", "ApprovalEventBus": "default", "ApprovalBaseUrl": domain}
}

// people are executions of examples/approval on a deployed stack, and the queue that the links come to.
type people struct {
	world

	outputs map[string]string
	base    string // what links begin with
	machine string
	notices string
	links   []string // that were seen
	asked   int      // executions
}

func (w world) newPeople(t *testing.T, outputs map[string]string, base string) *people {
	t.Helper()
	definition, err := os.ReadFile(filepath.Join(root, "examples", "approval", "release.asl.json"))
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer(
		"${ApprovalFunctionArn}", outputs["ApprovalFunctionArn"], "${Approver}", approver, "${Channel}", "eventBus",
	).Replace(string(definition))
	machine, err := w.sfn.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("releases"), RoleArn: aws.String("arn:aws:iam::000000000000:role/releases"), Definition: &filled,
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &people{world: w, outputs: outputs, base: base, machine: *machine.StateMachineArn, notices: w.createQueue(t, "notices")}
	w.route(t, `{"source":["callback-completer"],"detail-type":["Approval Requested"]}`, newSource(t, w, p.notices).ARN())
	return p
}

// ask starts an execution and waits for the path of the page that its approver is sent.
func (p *people) ask(t *testing.T) (execution, page string) {
	t.Helper()
	p.asked++
	started, err := p.sfn.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: &p.machine, Name: aws.String(fmt.Sprintf("release-%d", p.asked)),
		Input: aws.String(`{"version": "CANARY-4.2", "requester": "carol@example.com"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *started.ExecutionArn, p.newLink(t)
}

// newLink waits for a link that was not seen yet: MiniStack may have invoked the function twice, see the package.
func (p *people) newLink(t *testing.T) (page string) {
	t.Helper()
	seen := strings.Join(p.links, " ")
	for {
		var event struct{ Detail struct{ Link string } }
		if err := json.Unmarshal([]byte(aws.ToString(p.receive(t, p.notices).Body)), &event); err != nil {
			t.Fatal(err)
		}
		link, beneath := strings.CutPrefix(event.Detail.Link, p.base+"/approvals/")
		if !beneath || !regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`).MatchString(link) {
			t.Fatalf("the link is %q, want one that begins with %s", event.Detail.Link, p.base)
		}
		if !strings.Contains(seen, link) {
			p.links = append(p.links, link)
			return "approvals/" + link
		}
	}
}

// answer sends the page's form as a browser does, and follows the redirect.
func (p *people) answer(t *testing.T, page string, form url.Values) answer {
	t.Helper()
	return p.post(t, p.outputs, page, form.Encode(), map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin",
	})
}

// expectApprovals has people approve and reject, after others who only look.
func (w world) expectApprovals(t *testing.T, outputs map[string]string, base string) {
	t.Helper()
	p := w.newPeople(t, outputs, base)

	execution, page := p.ask(t)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		p.expectPage(t, method, page, http.StatusOK, "CANARY-4.2")
	}
	w.expectAnswer(t, http.StatusNotFound, "", w.get(t, outputs, page[:len(page)-1]+"_"))
	p.expectRunning(t, execution)
	if got := p.answer(t, page, url.Values{"decision": {"Approve"}}); got.status != http.StatusBadRequest || !strings.Contains(got.body, "<form") {
		t.Errorf("another decision: %d %s", got.status, got.body)
	}
	p.expectRunning(t, execution)
	p.expectDone(t, page, p.answer(t, page, url.Values{"decision": {"approve"}, "comment": {"CANARY-COMMENT"}}))
	p.expectApproved(t, execution)

	execution, page = p.ask(t)
	p.expectDone(t, page, p.answer(t, page, url.Values{"decision": {"reject"}, "comment": {"CANARY-COMMENT " + reason}}))
	p.expectFailed(t, execution, "Rejected", "Somebody rejected the release; who and why is in the output of Ask.")
	p.expectAnsweredAs(t, execution)

	p.expectSealed(t)
}

func (p *people) expectPage(t *testing.T, method, page string, status int, text string) {
	t.Helper()
	got := p.call(t, method, p.outputs, page, "", nil)
	if got.status != status || strings.Contains(got.body, text) != (method == http.MethodGet) {
		t.Errorf("%s: %d %s", method, got.status, got.body)
	}
}

func (p *people) expectRunning(t *testing.T, execution string) {
	t.Helper()
	got, err := p.sfn.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "RUNNING" {
		t.Errorf("the execution is %s before anybody answered", got.Status)
	}
}

// expectDone demands of the answer to a form, and of the page from then on, that there is nothing to answer any more.
func (p *people) expectDone(t *testing.T, page string, got answer) {
	t.Helper()
	for _, a := range []answer{got, p.get(t, p.outputs, page)} {
		if a.status != http.StatusOK || strings.Contains(a.body, "<form") || !strings.Contains(a.body, "CANARY-COMMENT") {
			t.Errorf("the page afterwards is %d %s", a.status, a.body)
		}
	}
}

// expectApproved demands the output that docs/approvals.md tells of.
func (p *people) expectApproved(t *testing.T, execution string) {
	t.Helper()
	ended := p.ended(t, execution)
	var got struct {
		Version, Requester string
		Approval           map[string]any
	}
	if err := json.Unmarshal([]byte(aws.ToString(ended.Output)), &got); err != nil {
		t.Fatalf("the execution is %s: %v", ended.Status, err)
	}
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(got.Approval["decidedAt"]))
	if err != nil || time.Since(at).Abs() > patience {
		t.Errorf("decided at %v, %v", at, err)
	}
	if id := fmt.Sprint(got.Approval["requestId"]); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
		t.Errorf("request %s", id)
	}
	delete(got.Approval, "decidedAt")
	delete(got.Approval, "requestId")
	want := map[string]any{
		"decision": "approve", "approved": true, "comment": "CANARY-COMMENT", "channel": "web",
		"approver": map[string]any{"id": approver, "method": "link", "verified": false},
	}
	if diff := cmp.Diff(want, got.Approval); diff != "" || got.Version != "CANARY-4.2" || ended.Status != "SUCCEEDED" {
		t.Errorf("the execution is %s of %s, its answer (-want +got):\n%s", ended.Status, got.Version, diff)
	}
}

// expectAnsweredAs demands that the branch of a rejection was told why.
func (p *people) expectAnsweredAs(t *testing.T, execution string) {
	t.Helper()
	history, err := p.sfn.GetExecutionHistory(t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &execution})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range history.Events {
		if entered := event.StateEnteredEventDetails; entered != nil && aws.ToString(entered.Name) == "Rejected" {
			var input struct{ Approval struct{ Error, Cause string } }
			if err := json.Unmarshal([]byte(aws.ToString(entered.Input)), &input); err != nil {
				t.Fatal(err)
			}
			said, _ := decoded(t, input.Approval.Cause).(map[string]any)
			if input.Approval.Error != "ApprovalRejected" || said["decision"] != "reject" || said["comment"] != "CANARY-COMMENT "+reason {
				t.Errorf("the branch was told %+v", input.Approval)
			}
			return
		}
	}
	t.Error("the branch of a rejection was not taken")
}

// expectSealed demands that the table tells neither token nor link nor text. MiniStack's tokens are UUIDs and known to nobody
// here, so one request is made without Step Functions, with a token that is.
func (p *people) expectSealed(t *testing.T) {
	t.Helper()
	const token = "CANARY-TOKEN-0123456789"
	name := p.outputs["ApprovalFunctionArn"]
	answer, err := p.server.Call(t.Context(), emulator.Request{
		Service: "lambda", Method: http.MethodPost, Path: "/2015-03-31/functions/" + name[strings.LastIndex(name, ":")+1:] + "/invocations",
		Body: []byte(`{"taskToken": "` + token + `", "title": "CANARY-TITLE", "expires": 3600, "delivery": {"eventBus": true}}`),
	})
	if err != nil || !strings.Contains(string(answer), `"requestId"`) {
		t.Fatalf("the function answers %s, %v", answer, err)
	}
	p.newLink(t)
	table, err := dynamodb.NewFromConfig(p.config).Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(p.outputs["ApprovalTableName"])})
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Items) != 2*(p.asked+1) { // each has a pointer from its token to its link, and its record
		t.Errorf("%d items for %d requests", len(table.Items), p.asked+1)
	}
	uuid := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	for _, item := range table.Items {
		for attribute, value := range item {
			text := content(value)
			for _, secret := range append([]string{"CANARY", "Deploy to production", approver, "carol@example.com", reason, "approve"}, p.links...) {
				if strings.Contains(text, secret) {
					t.Errorf("the attribute %s tells %q: %q", attribute, secret, text)
				}
			}
			if uuid.MatchString(text) {
				t.Errorf("the attribute %s may tell a token: %q", attribute, text)
			}
		}
	}
}

// content returns the bytes of an attribute, whatever its kind.
func content(value types.AttributeValue) string {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return string(v.Value)
	default:
		return fmt.Sprintf("%+v", v)
	}
}
