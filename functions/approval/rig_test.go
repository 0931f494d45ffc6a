package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"go.uber.org/goleak"

	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/race"
	"callback-completer/internal/store/dynamo"
	"callback-completer/internal/telemetry"
	"callback-completer/internal/webhook"
)

func TestMain(m *testing.M) {
	race.Plays(12)
	goleak.VerifyTestMain(m)
}

// What no log line, metric or error may tell.
const (
	canaryToken   = "CANARY-token-AQCEAAAAKgAAAAMAAAAA"
	canaryTitle   = "CANARY-title"
	canaryMail    = "canary@example.com"
	canaryWebhook = "https://hooks.slack.com/services/T0CANARY/B0CANARY/CANARYCANARYCANARY"
)

const (
	table    = "approvals"
	baseURL  = "https://approvals.example.com/live"
	topicARN = "arn:aws:sns:us-east-1:000000000000:asked"
)

// linkPattern finds the address of a page in a message.
var linkPattern = regexp.MustCompile(regexp.QuoteMeta(baseURL+"/approvals/") + `[A-Za-z0-9_-]{32}`)

// function is the function before the stand-in, with a network that has SNS, SES and Slack besides.
type function struct {
	*rig.Rig

	network  *network
	settings config.Approval
	handler  *handler
}

func newFunction(t *testing.T) *function {
	t.Helper()
	f := &function{Rig: rig.New(t, "", false)}
	f.network = &network{stack: f.Stack.API}
	f.Stack.API = f.network
	f.Stack.EventBridge.Subscribe(func(event []byte) { f.network.record("bus", "", string(event)) })
	secret, err := f.Stack.Secrets.PutSecret("slack", canaryWebhook)
	if err != nil {
		t.Fatal(err)
	}
	reference, err := webhook.ParseReference(secret)
	if err != nil {
		t.Fatal(err)
	}
	f.settings = config.Approval{
		Table: table, BaseURL: baseURL, TopicARN: topicARN, MailFrom: "Approvals <ask@example.com>", SlackWebhook: reference,
		EventBus: "default", MetricsNamespace: "N",
	}
	if _, err := dynamodb.NewFromConfig(f.AWS(f.Client())).CreateTable(t.Context(), dynamo.Table(table)); err != nil {
		t.Fatal(err)
	}
	f.restart()
	return f
}

// restart begins anew with the settings, and with nothing in memory.
func (f *function) restart() {
	f.T.Helper()
	var err error
	if f.handler, err = f.start(f.Client()); err != nil {
		f.T.Fatal(err)
	}
}

func (f *function) start(client aws.HTTPClient) (*handler, error) {
	log := telemetry.NewLogger(&f.Out, f.Settings.LogLevel)
	return assemble(&f.settings, f.AWS(client), &http.Client{Transport: f.network}, log, &f.Out)
}

// ask invokes the function. What it answers must not tell a secret either.
func (f *function) ask(event string) (*receipt, error) {
	f.T.Helper()
	ctx := lambdacontext.NewContext(f.T.Context(), &lambdacontext.LambdaContext{AwsRequestID: rig.RequestID})
	answer, err := f.handler.handle(ctx, json.RawMessage(event))
	text, _ := json.Marshal(answer)
	f.quiet(fmt.Sprint(string(text), err))
	f.quiet(f.Out.String())
	return answer, err
}

// asked invokes the function, which must succeed.
func (f *function) asked(event string) *receipt {
	f.T.Helper()
	answer, err := f.ask(event)
	if err != nil {
		f.T.Fatal(err)
	}
	return answer
}

func (f *function) quiet(text string) {
	f.T.Helper()
	secrets := []string{canaryToken, canaryTitle, canaryMail, canaryWebhook}
	for _, link := range f.links() {
		secrets = append(secrets, link[len(link)-32:])
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			f.T.Errorf("%s is told: %s", secret, text)
		}
	}
}

// links returns the address of the page in each message, in their order.
func (f *function) links() []string {
	var links []string
	for _, m := range f.network.sent("") {
		link := linkPattern.FindString(m)
		if link == "" {
			f.T.Fatalf("a message has no link: %s", m)
		}
		links = append(links, link)
	}
	return links
}

// event is a request to this token, with more members.
func event(token, more string) string {
	return fmt.Sprintf(`{"taskToken": %q, "title": %q, "expires": 3600%s}`, token, canaryTitle, more)
}

// network is the stand-in with SNS, SES and Slack beside it, which keep what they are sent.
type network struct {
	stack http.Handler
	gone  bool // no item is in the table any more

	mu       sync.Mutex
	messages []message
	refuse   []string // services that refuse their next calls, one entry for each call
}

type message struct{ service, path, body string }

var (
	_ http.Handler      = (*network)(nil)
	_ http.RoundTripper = (*network)(nil)
)

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	switch {
	case n.gone && strings.HasSuffix(target, ".GetItem"):
		_, _ = io.WriteString(w, "{}")
	case target != "":
		n.stack.ServeHTTP(w, r)
	default:
		n.serve(w, r)
	}
}

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	service, body, answer := "sns", string(text), `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">`+
		`<PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>`
	switch {
	case r.URL.Host == "hooks.slack.com":
		service, answer = "slack", "ok"
	case r.URL.Path == "/v2/email/outbound-emails":
		service, answer = "ses", `{"MessageId":"m1"}`
	default:
		form, _ := url.ParseQuery(body)
		body = form.Get("Message")
	}
	if n.refuses(service) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "CANARY-answer")
		return
	}
	n.record(service, r.URL.Path, body)
	_, _ = io.WriteString(w, answer)
}

func (n *network) refuses(service string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := slices.Index(n.refuse, service)
	if at >= 0 {
		n.refuse = slices.Delete(n.refuse, at, at+1)
	}
	return at >= 0
}

func (n *network) record(service, path, body string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.messages = append(n.messages, message{service, path, body})
}

// sent returns what a service was sent, or all of them.
func (n *network) sent(service string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var bodies []string
	for _, m := range n.messages {
		if service == "" || m.service == service {
			bodies = append(bodies, m.body)
		}
	}
	return bodies
}

// hooks returns the path of each webhook that was posted to.
func (n *network) hooks() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var paths []string
	for _, m := range n.messages {
		if m.service == "slack" {
			paths = append(paths, m.path)
		}
	}
	return paths
}

// RoundTrip is the network of an HTTP client.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	return local.Direct{Handler: n}.Do(r)
}
