package approval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local"
	"callback-completer/internal/local/bootstrap"
	"callback-completer/internal/local/gateway"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/stepfunctions"
	"callback-completer/internal/store/dynamo"
)

const (
	patience = 2 * time.Minute // for one step, on a slow and shared machine
	table    = "approvals"
	approver = "bob@example.com"
)

// place is the example, deployed beside the stack: the stand-in with the real executables of both functions, which the events of
// the bus and the API lead to.
type place struct {
	stack  *local.Stack
	api    string
	events chan string // details of the bus's events
	out    rig.Buffer  // what the functions say
}

func newPlace(t *testing.T) *place {
	t.Helper()
	folder := t.TempDir()
	root, err := bootstrap.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	if err := bootstrap.BuildForTest(t.Context(), root, folder, "./functions/approval", "./functions/http"); err != nil {
		t.Fatal(err)
	}
	p := &place{events: make(chan string, 10)}
	if p.stack, err = local.Start(local.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stack.Close)
	cfg := aws.Config{
		Region: p.stack.Region(), BaseEndpoint: aws.String(p.stack.URL()), HTTPClient: local.Direct{Handler: p.stack.API},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	}
	if _, err := dynamodb.NewFromConfig(cfg).CreateTable(t.Context(), dynamo.Table(table)); err != nil {
		t.Fatal(err)
	}
	p.stack.EventBridge.Subscribe(func(event []byte) { p.events <- string(event) })
	p.stack.Functions.Add("ask", p.start(t, folder, "approval", "APPROVAL_BASE_URL=https://approvals.example.com", "APPROVAL_EVENT_BUS=default"))
	p.serve(t, p.start(t, folder, "http", "DEAD_LETTER_QUEUE_URL=https://sqs.example.com/dead", "LOG_LEVEL=debug"))
	return p
}

func (p *place) start(t *testing.T, folder, name string, env ...string) lambda.Invoker {
	t.Helper()
	function, err := lambda.Start(t.Context(), lambda.Config{
		Name: name, Path: filepath.Join(folder, name), Timeout: time.Minute, InitTimeout: patience, Log: &p.out,
		Env: append(append(p.stack.Env(), "APPROVALS_TABLE="+table), env...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(function.Close)
	return function
}

// serve puts an HTTP API with the template's routes before the pages.
func (p *place) serve(t *testing.T, pages lambda.Invoker) {
	t.Helper()
	c := gateway.Config{Kind: gateway.HTTPAPI}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		c.Routes = append(c.Routes, gateway.Route{Key: method + " /approvals/{link}", Function: pages})
	}
	api, err := gateway.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server, err := local.Serve("", api)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	p.api = server.URL()
}

// workflow returns the definition with its parameters filled in, as the template does.
func workflow(t *testing.T) string {
	t.Helper()
	definition, err := os.ReadFile("release.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("${ApprovalFunctionArn}", "ask", "${Approver}", approver, "${Channel}", "eventBus").Replace(string(definition))
}

// ask starts an execution and returns it with the path of the page.
func (p *place) ask(t *testing.T, name, definition string) (execution, page string) {
	t.Helper()
	machine, err := p.stack.StepFunctions.CreateStateMachine(name, definition)
	if err != nil {
		t.Fatal(err)
	}
	execution, err = p.stack.StepFunctions.StartExecution(machine, "", `{"version": "4.2", "requester": "carol@example.com"}`)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case event := <-p.events:
		var asked struct{ Detail struct{ Link string } }
		if err := json.Unmarshal([]byte(event), &asked); err != nil {
			t.Fatal(err)
		}
		link, err := url.Parse(asked.Detail.Link)
		if err != nil || !regexp.MustCompile(`^/approvals/[A-Za-z0-9_-]{32}$`).MatchString(link.Path) {
			t.Fatalf("the event's link is %q", asked.Detail.Link)
		}
		return execution, link.Path
	case <-time.After(patience):
		t.Fatalf("no event came\n%s", p.out.String())
	}
	return "", ""
}

// visit sends a request as a browser does that shows the page, and does not follow a redirect.
func (p *place) visit(t *testing.T, method, path string, form url.Values) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.api+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func (p *place) ended(t *testing.T, execution string) stepfunctions.Execution {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	e, err := p.stack.StepFunctions.Wait(ctx, execution)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestTheExample is asked by one real function and answered on the page of the other.
func TestTheExample(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	const reason = "CANARY-COMMENT not on a Friday"
	tests := []struct {
		name, definition string
		form             url.Values
		status           int
		want             stepfunctions.Execution
	}{
		{"approved", workflow(t), url.Values{"decision": {"approve"}}, 303, stepfunctions.Execution{Status: stepfunctions.Succeeded}},
		{
			"rejected", workflow(t),
			url.Values{"decision": {"reject"}, "comment": {reason}},
			303,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "Rejected"},
		},
		{ // the form comes when the state has gone
			"too late", strings.Replace(workflow(t), `"TimeoutSeconds": 86460`, `"TimeoutSeconds": 2`, 1), nil, 303,
			stepfunctions.Execution{Status: stepfunctions.Failed, Error: "NobodyAnswered"},
		},
	}
	for i, tt := range tests {
		execution, page := p.ask(t, fmt.Sprintf("releases-%d", i), tt.definition)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			status, body := p.visit(t, method, page, nil)
			if status != http.StatusOK || method == http.MethodGet && (!strings.Contains(body, "Deploy to production") || !strings.Contains(body, "carol@example.com")) {
				t.Fatalf("%s: %s: %d\n%s", tt.name, method, status, body)
			}
		}
		if status, body := p.visit(t, http.MethodPost, page, url.Values{"decision": {"reject"}}); status != http.StatusBadRequest || !strings.Contains(body, "<form") {
			t.Errorf("%s: rejected without a reason: %d\n%s", tt.name, status, body)
		}
		if tt.form == nil {
			p.ended(t, execution)
			tt.form = url.Values{"decision": {"approve"}}
		}
		if status, body := p.visit(t, http.MethodPost, page, tt.form); status != tt.status {
			t.Errorf("%s: answered: %d\n%s", tt.name, status, body)
		}
		got := p.ended(t, execution)
		if diff := cmp.Diff(tt.want, stepfunctions.Execution{Status: got.Status, Error: got.Error}); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tt.name, got.Cause, diff)
		}
		if got.Status == stepfunctions.Succeeded {
			expectDocumented(t, got.Output)
		}
		if _, body := p.visit(t, http.MethodGet, page, nil); strings.Contains(body, "<form") {
			t.Errorf("%s: the page can still be answered", tt.name)
		}
	}
	if out := p.out.String(); out == "" || strings.Contains(out, "CANARY") || strings.Contains(out, "production") {
		t.Errorf("the functions say nothing, or too much: %s", out)
	}
}

// expectDocumented holds an output to the one in the README, apart from what differs each time.
func expectDocumented(t *testing.T, output string) {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "```json\n")
	documented, _, _ := strings.Cut(after, "```")
	read := func(text string) (all map[string]any) {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		answer, _ := all["approval"].(map[string]any)
		if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(answer["decidedAt"])); err != nil {
			t.Error(err)
		}
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(fmt.Sprint(answer["requestId"])) {
			t.Errorf("request %v", answer["requestId"])
		}
		answer["decidedAt"], answer["requestId"] = "", ""
		return all
	}
	if diff := cmp.Diff(read(documented), read(output)); diff != "" {
		t.Errorf("output (-documented +got):\n%s", diff)
	}
}
