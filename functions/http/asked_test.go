package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"callback-completer/internal/approval"
	"callback-completer/internal/config"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/telemetry"
)

// canaryComment is what people write in these tests. It reaches the page and the workflow, and nothing else.
const canaryComment = "CANARY-COMMENT looks <b>good</b>"

// askedRig is the function with a table of approval requests.
type askedRig struct {
	*httpRig

	requests *approval.Service // asks, as workflows do
	calls    *calls
	secrets  []string // links and tokens that were given out

	settings func(*config.HTTP) // changes them; nil: they stay
	outside  *http.Client       // to what is not AWS's API
}

// calls counts the function's calls to AWS by their target.
type calls struct {
	next aws.HTTPClient

	mu  sync.Mutex
	all map[string]int
}

func (c *calls) Do(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	c.all[operation]++
	c.mu.Unlock()
	return c.next.Do(r)
}

// of returns how often an operation was called.
func (c *calls) of(operation string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[operation]
}

// names returns which operations were called.
func (c *calls) names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.all))
}

// asked is a state that waits for a person.
type asked struct {
	rig.Task

	link string
}

func (a asked) path() string { return "/approvals/" + a.link }

func newAsked(t *testing.T) *askedRig {
	t.Helper()
	return newAskedWith(t, nil, http.DefaultClient)
}

// newAskedWith is newAsked with other settings and another client for what is not AWS's API.
func newAskedWith(t *testing.T, settings func(*config.HTTP), outside *http.Client) *askedRig {
	t.Helper()
	r := &askedRig{httpRig: &httpRig{Rig: rig.New(t, "", false)}, settings: settings, outside: outside}
	r.Timeout = 24 * time.Hour
	r.calls = &calls{next: r.Client(), all: map[string]int{}}
	r.tabulate("approvals")
	return r
}

// lay makes a new, empty table, in which requests are kept from now on.
func (r *askedRig) lay(table string) {
	r.T.Helper()
	cfg := r.AWS(r.Client())
	if _, err := dynamodb.NewFromConfig(cfg).CreateTable(r.T.Context(), dynamo.Table(table)); err != nil {
		r.T.Fatal(err)
	}
	r.requests = &approval.Service{Store: dynamo.New(cfg, table), Identities: true, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// tabulate starts the function with a new, empty table.
func (r *askedRig) tabulate(table string) {
	r.T.Helper()
	r.lay(table)
	r.serve(config.HTTP{ApprovalsTable: table})
}

// serve starts the function with these settings of approvals.
func (r *askedRig) serve(settings config.HTTP) {
	r.T.Helper()
	settings.Common, settings.CallbacksAuthorizer = r.Settings, config.IAMAuthorizer
	if r.settings != nil {
		r.settings(&settings)
	}
	h, err := assemble(r.T.Context(), settings, r.AWS(r.calls), r.outside, telemetry.NewLogger(&r.Out, slog.LevelDebug), &r.Out)
	if err != nil {
		r.T.Fatal(err)
	}
	r.handler = h
}

// ask starts an execution that asks, with more members than a title and a deadline in two hours.
func (r *askedRig) ask(more string) asked {
	r.T.Helper()
	return r.askFor(2*time.Hour, more)
}

// askFor is ask with another deadline.
func (r *askedRig) askFor(deadline time.Duration, more string) asked {
	r.T.Helper()
	a := asked{}
	a.Execution, a.Token = r.Start()
	text := fmt.Sprintf(`{"taskToken": %q, "title": "Deploy version 7", "expires": %d %s}`, a.Token, int(deadline.Seconds()), more)
	request, err := approval.ParseRequest([]byte(text), time.Now())
	if err != nil {
		r.T.Fatal(err)
	}
	minted, err := r.requests.Mint(r.T.Context(), request)
	if err != nil {
		r.T.Fatal(err)
	}
	a.link = minted.Link.Expose()
	r.secrets = append(r.secrets, a.link, a.Token)
	return a
}

// visit hands the function a request as it comes through a front door, and demands of the answer what all have in common.
func (r *askedRig) visit(event map[string]any) heard {
	r.T.Helper()
	return r.within(r.T.Context(), event)
}

// within is a visit in an invocation that may end.
func (r *askedRig) within(ctx context.Context, event map[string]any) heard {
	r.T.Helper()
	text, err := json.Marshal(event)
	if err != nil {
		r.T.Fatal(err)
	}
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: rig.RequestID})
	document, err := r.handler.Invoke(ctx, text)
	if err != nil {
		r.T.Fatal(err)
	}
	got := read(r.T, document)
	if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		r.T.Errorf("headers %v", got.Header)
	}
	for i, secret := range r.secrets {
		if i%2 == 1 && strings.Contains(string(document), secret) {
			r.T.Error("the answer tells a task token")
		}
	}
	return got
}

// get opens a path through an HTTP API.
func (r *askedRig) get(path string) heard {
	r.T.Helper()
	return r.visit(doors()[0].event(wire{method: http.MethodGet, path: path}))
}

// form is what a browser sends for the page's form, as names and values.
func form(path string, pairs ...string) wire {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return wire{path: path, body: values.Encode(), header: header(map[string]string{
		"content-type": "application/x-www-form-urlencoded", "origin": "null", "sec-fetch-site": "same-origin",
	})}
}

// submit sends a form through an HTTP API.
func (r *askedRig) submit(request wire) heard {
	r.T.Helper()
	return r.visit(doors()[0].event(request))
}

// by adds the front door's word on who the caller is to an event.
func by(event, authorizer map[string]any) map[string]any {
	context, _ := event["requestContext"].(map[string]any)
	context["authorizer"] = authorizer
	return event
}

// closing demands that the task was closed at most once, and returns how.
func (r *askedRig) closing(a asked) string {
	r.T.Helper()
	synctest.Wait()
	all, err := r.Closings([]rig.Task{a.Task})
	if err != nil {
		r.T.Fatal(err)
	}
	return all[0]
}

// open demands that nothing was sent to Step Functions.
func (r *askedRig) open(a asked) {
	r.T.Helper()
	if got := r.closing(a); got != "" || r.calls.of("SendTaskSuccess")+r.calls.of("SendTaskFailure")+r.calls.of("SendTaskHeartbeat") > 0 {
		r.T.Errorf("the task was closed by %q, calls %v", got, r.calls.names())
	}
}

// quiet demands that the log tells nothing of what is secret, and is a log.
func (r *askedRig) quiet() {
	r.T.Helper()
	r.Silent(append(slices.Clone(r.secrets), "CANARY-COMMENT")...)
	for line := range strings.Lines(r.Out.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			r.T.Errorf("%v: %q", err, line)
		}
	}
}
