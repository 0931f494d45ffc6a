//go:build browser

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"callback-completer/internal/approval"
	"callback-completer/internal/local"
	"callback-completer/internal/local/gateway"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/store/dynamo"
)

// strangerHost is the name of a site that is not ours.
const strangerHost = "stranger.example"

const table = "approvals"

// canaryComment is what people write. It reaches the page and the workflow, and nothing else.
const canaryComment = "CANARY-COMMENT <b>Büro</b>"

// world is functions/http behind an API, with workflows that wait for people.
type world struct {
	*rig.Rig

	site     *local.Server // the API
	journal  *journal
	requests *approval.Service // asks, as workflows do, at the time in now
	now      func() time.Time
	secrets  []string // links and tokens that were given out
}

// asked is a state that waits for a person.
type asked struct {
	rig.Task

	url string // of its page
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Rig: rig.New(t, "", false), journal: &journal{}, now: time.Now}
	w.Timeout = 24 * time.Hour
	aws, err := local.Serve("", w.Stack.API)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(aws.Close)
	cfg := w.AWS(w.Client())
	if _, err := dynamodb.NewFromConfig(cfg).CreateTable(t.Context(), dynamo.Table(table)); err != nil {
		t.Fatal(err)
	}
	w.requests = &approval.Service{
		Store: dynamo.New(cfg, table), Identities: true, Now: func() time.Time { return w.now() }, Log: slog.New(slog.DiscardHandler),
	}
	t.Cleanup(func() { w.Silent(append(slices.Clone(w.secrets), "CANARY-COMMENT")...) }) // once the function has ended
	function, err := lambda.Start(context.WithoutCancel(t.Context()), lambda.Config{
		Name: "callback-completer-http", Path: shared.function, Timeout: 29 * time.Second, InitTimeout: patience, Log: &w.Out,
		Env: append(w.Stack.Env(), "AWS_ENDPOINT_URL="+aws.URL(), "DEAD_LETTER_QUEUE_URL="+w.Letters.URL(), "APPROVALS_TABLE="+table, "LOG_LEVEL=debug"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(function.Close)
	t.Cleanup(func() {
		// Pages are shown without a word in the log. What no front door sends has one, which shows that the log is read.
		_, _ = function.Invoke(context.WithoutCancel(t.Context()), []byte(`{"version": "none"}`))
	})
	known := authorizer(function)
	api, err := gateway.New(gateway.Config{Kind: gateway.HTTPAPI, Timeout: patience, Routes: []gateway.Route{
		{Key: "GET /approvals/{link}", Function: known}, {Key: "HEAD /approvals/{link}", Function: known}, {Key: "POST /approvals/{link}", Function: known},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.journal.next = api
	if w.site, err = local.Serve("", w.journal); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.site.Close)
	return w
}

// authorizer is API Gateway's JWT authorizer, in so far as it takes "Bearer bob@example.com" for a token of his that it has
// verified. It lets everybody else in as somebody unknown, which API Gateway does not.
func authorizer(fn lambda.Invoker) lambda.Invoker {
	return lambda.InvokerFunc(func(ctx context.Context, text []byte) ([]byte, error) {
		var event map[string]any
		if err := json.Unmarshal(text, &event); err != nil {
			return nil, err
		}
		headers, _ := event["headers"].(map[string]any)
		token, _ := headers["authorization"].(string)
		if mail, ok := strings.CutPrefix(token, "Bearer "); ok {
			around, _ := event["requestContext"].(map[string]any)
			around["authorizer"] = map[string]any{"jwt": map[string]any{
				"claims": map[string]any{"sub": "u-" + mail, "email": mail, "email_verified": "true"}, "scopes": nil,
			}}
		}
		text, err := json.Marshal(event)
		if err != nil {
			return nil, err
		}
		return fn.Invoke(ctx, text)
	})
}

// ask starts an execution that asks, with a title, a deadline in two hours and more members.
func (w *world) ask(more string) asked {
	w.T.Helper()
	a := asked{}
	a.Execution, a.Token = w.Start()
	if !strings.Contains(more, `"title":`) {
		more += `, "title": "Deploy version 7"`
	}
	text := fmt.Sprintf(`{"taskToken": %q, "expires": 7200 %s}`, a.Token, more)
	request, err := approval.ParseRequest([]byte(text), w.now())
	if err != nil {
		w.T.Fatal(err)
	}
	minted, err := w.requests.Mint(w.T.Context(), request)
	if err != nil {
		w.T.Fatal(err)
	}
	link := minted.Link.Expose()
	a.url = w.site.URL() + "/approvals/" + link
	w.secrets = append(w.secrets, link, a.Token)
	return a
}

// tab opens a tab in which nothing goes wrong, asking nobody but the API for anything.
func (w *world) tab() *tab {
	w.T.Helper()
	b := newTab(w.T)
	w.T.Cleanup(func() { b.quiet(w.site.URL()) })
	return b
}

// visit opens a tab at the page of a request that is open.
func (w *world) visit(a asked) *tab {
	w.T.Helper()
	b := w.tab()
	if status := b.open(a.url); status != 200 {
		w.T.Fatalf("the page answers %d:\n%s", status, b.text())
	}
	return b
}

// closing demands that the task was closed at most once, and returns how.
func (w *world) closing(a asked) string {
	w.T.Helper()
	all, err := w.Closings([]rig.Task{a.Task})
	if err != nil {
		w.T.Fatal(err)
	}
	return all[0]
}

// open demands that the task still waits.
func (w *world) open(a asked) {
	w.T.Helper()
	if got := w.closing(a); got != "" {
		w.T.Errorf("the task was closed by %q", got)
	}
	if got := w.Execution(a.Execution).Status; got != "RUNNING" {
		w.T.Errorf("the execution is %s", got)
	}
}

// decision is what a workflow is told.
type decision struct {
	Decision string
	Approved bool
	Comment  string
	Approver struct {
		ID, Method string
		Verified   bool
	}
}

// ended demands that the execution ended in a state, and returns what it was told.
func (w *world) ended(a asked, status string) decision {
	w.T.Helper()
	eventually(w.T, "the execution ends", func() bool { return w.Execution(a.Execution).Status != "RUNNING" })
	e := w.Execution(a.Execution)
	if string(e.Status) != status {
		w.T.Fatalf("the execution is %s, want %s", e.Status, status)
	}
	text := e.Output
	if status == "FAILED" {
		text = e.Cause
		if e.Error != "ApprovalRejected" {
			w.T.Errorf("the error is %s", e.Error)
		}
	}
	var said decision
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		w.T.Fatalf("%v: %s", err, text)
	}
	return said
}
