package notice_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/approval"
	"callback-completer/internal/local"
	"callback-completer/internal/notice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "rewrite testdata")

// What no error and no print may show.
const (
	canaryLink    = "Q0FOQVJZLWxpbmstQ0FOQVJZLWxpbmst"
	canaryAddress = "https://answer.example.com/approvals/" + canaryLink
	canaryText    = "CANARY-text"
	canaryWebhook = "https://hooks.slack.com/services/T0CANARY/B0CANARY/CANARYCANARYCANARY"
	canaryMail    = "canary@example.com"
)

const (
	topicARN     = "arn:aws:sns:eu-central-1:123456789012:approvals"
	fifoTopicARN = topicARN + ".fifo"
	sender       = "Approvals <approvals@example.com>"
	requestID    = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

// sample is a notice as a workflow would have it sent.
func sample() approval.Notice {
	return approval.Notice{
		RequestID: requestID, Link: canaryAddress,
		Title:       "Deploy shop 4.2 to production",
		Description: "All tests have passed.\nThe database is changed; there is no way back.",
		Fields: []approval.NoticeField{
			{Label: "Commit", Value: "5d570d9 “derive from tokens, & seal them”"},
			{Label: "Changes", Value: "orders: +2 columns\nusers: -1 column"},
		},
		Decisions: []approval.NoticeDecision{{Value: "approve"}, {Value: "reject"}, {Value: "later", Label: "Ask again on Monday"}},
		Requester: "ci@example.com", Approvers: []string{"ann@example.com", "bob@example.com"},
		ExpiresAt: time.Date(2026, 11, 23, 16, 4, 5, 0, time.FixedZone("CET", 3600)),
	}
}

// bareNotice holds the least that a request has.
func bareNotice() approval.Notice {
	return approval.Notice{Link: canaryAddress, Title: "Go on?"}
}

// server records what is sent, and answers as the services do unless it is told otherwise.
type server struct {
	answer http.HandlerFunc

	mu       sync.Mutex
	requests []request
}

type request struct {
	host, path string
	header     http.Header
	body       string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, request{host: r.URL.Host, path: r.URL.Path, header: r.Header, body: string(body)})
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	_, _ = io.WriteString(w, accepted(r))
}

func accepted(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.URL.Host, "hooks.slack"):
		return "ok"
	case r.URL.Path == "/v2/email/outbound-emails":
		return `{"MessageId":"m1"}`
	case strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AWSEvents."):
		return `{"FailedEntryCount":0,"Entries":[{"EventId":"e1"}]}`
	default:
		return `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>`
	}
}

func (s *server) sent() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *server) config() aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: local.Direct{Handler: s},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
		RetryMaxAttempts: 7, // somebody's AWS_MAX_ATTEMPTS
	}
}

// slack is an HTTP client with the server behind every address.
func (s *server) slack() *http.Client {
	return &http.Client{Transport: direct{local.Direct{Handler: s}}}
}

type direct struct{ local.Direct }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) { return d.Do(r) }

func (s *server) topic(t *testing.T, arn string) *notice.Topic {
	t.Helper()
	topic, err := notice.NewTopic(s.config(), arn)
	if err != nil {
		t.Fatal(err)
	}
	return topic
}

func (s *server) mail(t *testing.T, to ...string) *notice.Mail {
	t.Helper()
	mail, err := newMail(s.config(), sender, to)
	if err != nil {
		t.Fatal(err)
	}
	return mail
}

func newMail(cfg aws.Config, from string, to []string) (*notice.Mail, error) {
	mailer, err := notice.NewMailer(cfg, from)
	if err != nil {
		return nil, err
	}
	return mailer.To(to)
}

func (s *server) bus(t *testing.T) *notice.Bus {
	t.Helper()
	bus, err := notice.NewBus(s.config(), "default")
	if err != nil {
		t.Fatal(err)
	}
	return bus
}

func (s *server) webhook(t *testing.T, buttons bool) *notice.Slack {
	t.Helper()
	slack, err := notice.NewSlack(s.slack(), canaryWebhook, notice.SlackOptions{Buttons: buttons})
	if err != nil {
		t.Fatal(err)
	}
	return slack
}

// deliver delivers one notice and returns what was sent for it.
func (s *server) deliver(t *testing.T, to approval.Channel, n approval.Notice) request {
	t.Helper()
	before := len(s.sent())
	if err := to.Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	after := s.sent()
	if len(after) != before+1 {
		t.Fatalf("%d requests were sent, want 1", len(after)-before)
	}
	return after[before]
}

// golden compares a text with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// indent returns JSON as people read it.
func indent(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %.200q", err, text)
	}
	return v
}

// inLocales runs a test in each language.
func inLocales(t *testing.T, test func(t *testing.T, locale string, n approval.Notice)) {
	t.Helper()
	for _, l := range approval.Locales() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			n := sample()
			n.Locale = string(l)
			test(t, string(l), n)
		})
	}
}
