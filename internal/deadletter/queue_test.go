package deadletter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/callback"
	"callback-completer/internal/deadletter"
	"callback-completer/internal/local"
	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/sqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stack is the stand-in's SQS behind the real SDK.
type stack struct {
	queue  *sqs.Queue
	faults *fault.Injector
	calls  atomic.Int64
	cfg    aws.Config
}

func start(t *testing.T, name string, attributes map[string]string) *stack {
	t.Helper()
	s := &stack{}
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = s.open(t, "http://"+server.Listener.Addr().String(), name, attributes)
	server.Start()
	t.Cleanup(server.Close)
	client := server.Client()
	t.Cleanup(client.CloseIdleConnections)
	s.cfg.HTTPClient = client
	return s
}

// open makes the queue and returns the handler of its API, which is at base.
func (s *stack) open(t *testing.T, base, name string, attributes map[string]string) http.Handler {
	t.Helper()
	s.faults = fault.New(1)
	api := awsjson.NewServer(s.faults)
	service := sqs.New(sqs.Options{Region: "eu-west-1", BaseURL: func() string { return base }})
	api.Register("AmazonSQS", service.Operations())
	queue, err := service.CreateQueue(name, attributes)
	if err != nil {
		t.Fatal(err)
	}
	s.queue = queue
	s.cfg = aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(base), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		api.ServeHTTP(w, r)
	})
}

func letter(payload string) callback.DeadLetter {
	return callback.DeadLetter{
		Delivery: callback.Delivery{Trigger: "sqs", SourceID: "m-1", RequestID: "r-1", Payload: payload},
		Decision: callback.Decision{Verdict: callback.Rejected, Code: callback.CodeNoMapping, Message: "No mapping takes the payload."},
		Mapping:  "canonical.jq", Fingerprint: "ca978112ca1b", FailedAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	}
}

// held returns the attributes of every message in the queue, by body.
func held(q *sqs.Queue) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, m := range q.Peek() {
		attributes := map[string]string{}
		for name, a := range m.Attributes {
			attributes[name] = a.DataType + ":" + a.String + string(a.Binary)
		}
		all[m.Body] = attributes
	}
	return all
}

func sendAll(t *testing.T, s *stack, letters ...callback.DeadLetter) []error {
	t.Helper()
	return deadletter.New(s.cfg, s.queue.URL()).Send(t.Context(), letters)
}

func mustSend(t *testing.T, s *stack, letters ...callback.DeadLetter) {
	t.Helper()
	for i, err := range sendAll(t, s, letters...) {
		if err != nil {
			t.Fatalf("letter %d: %v", i, err)
		}
	}
}

func TestALetterBearsItsReason(t *testing.T) {
	t.Parallel()
	s := start(t, "dlq", nil)
	const payload = "{ \"taskToken\" : \"t\", \"x\": \"é😀\\u0000\" }\r\n"
	mustSend(t, s, letter(payload))
	want := map[string]map[string]string{payload: {
		"ErrorCode": "String:NoMapping", "ErrorMessage": "String:No mapping takes the payload.", "RequestID": "String:r-1",
		"Trigger": "String:sqs", "Mapping": "String:canonical.jq", "TokenFingerprint": "String:ca978112ca1b",
		"SourceID": "String:m-1", "FailedAt": "String:2026-11-23T10:00:00Z",
	}}
	if diff := cmp.Diff(want, held(s.queue)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	t.Parallel()
	s := start(t, "dlq", nil)
	l := letter("x")
	l.Mapping, l.Fingerprint = "", ""
	mustSend(t, s, l)
	got := held(s.queue)["x"]
	if len(got) != 6 || got["Mapping"] != "" {
		t.Errorf("attributes %v, want six", got)
	}
}

func TestTheMessagesOwnAttributesStay(t *testing.T) {
	t.Parallel()
	own := func(n int) map[string]callback.Attribute {
		all := map[string]callback.Attribute{"ErrorCode": {DataType: "String", String: "of an earlier dead letter"}}
		for i := range n {
			all[fmt.Sprintf("own%d", i)] = callback.Attribute{DataType: "Number.int", String: fmt.Sprint(i)}
		}
		all["own0"] = callback.Attribute{DataType: "Binary", Binary: []byte{1, 2}}
		return all
	}
	for n, want := range map[int]struct{ own, ours int }{1: {1, 8}, 2: {2, 8}, 3: {3, 7}, 8: {8, 2}, 9: {9, 1}, 10: {9, 1}} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := start(t, "dlq", nil)
			l := letter("x")
			l.Delivery.Attributes = own(n)
			mustSend(t, s, l)
			got := held(s.queue)["x"]
			kept := 0
			for i := range n {
				if got[fmt.Sprintf("own%d", i)] != "" {
					kept++
				}
			}
			if kept != want.own || len(got)-kept != want.ours {
				t.Errorf("%d of its own and %d of ours: %v", kept, len(got)-kept, got)
			}
			if got["ErrorCode"] != "String:NoMapping" || (got["ErrorMessage"] == "") != (n > 8) || got["own0"] != "Binary:\x01\x02" {
				t.Errorf("the reason or an attribute changed: %v", got)
			}
		})
	}
}

// TestTheBodyIsNeverTouched sends payloads for which there is little or no room beside the attributes.
func TestTheBodyIsNeverTouched(t *testing.T) {
	t.Parallel()
	for room, want := range map[int]string{1 << 10: "String:NoMapping", 40: "String:NoMapping", 20: "", 0: ""} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			t.Parallel()
			s := start(t, "dlq", nil)
			body := strings.Repeat("x", 1<<20-room)
			mustSend(t, s, letter(body))
			got, ok := held(s.queue)[body]
			if !ok || got["ErrorCode"] != want {
				t.Errorf("body kept: %v, attributes %v", ok, got)
			}
		})
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		sizes []int
		calls int64
	}{
		{"none", nil, 0},
		{"one", []int{1}, 1},
		{"ten", make([]int, 10), 1},
		{"eleven", make([]int, 11), 2},
		{"a thousand", make([]int, 1000), 100},
		{"three of half a MiB", []int{500_000, 500_000, 500_000}, 2},
		{"large ones", []int{1 << 20, 1 << 20, 1}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, "dlq", nil)
			var letters []callback.DeadLetter
			for i, size := range tt.sizes {
				body := fmt.Sprintf("%d ", i)
				letters = append(letters, letter(body+strings.Repeat("x", max(0, size-len(body)))))
			}
			mustSend(t, s, letters...)
			if len(held(s.queue)) != len(tt.sizes) || s.calls.Load() != tt.calls {
				t.Errorf("%d messages in %d calls, want %d in %d", len(held(s.queue)), s.calls.Load(), len(tt.sizes), tt.calls)
			}
		})
	}
}

func TestOneRefusedMessageIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	s := start(t, "dlq", map[string]string{"MaximumMessageSize": "1024"})
	errs := sendAll(t, s, letter("a"), letter("CANARY"+strings.Repeat("x", 1024)), letter("b"))
	if errs[0] != nil || errs[1] == nil || errs[2] != nil || strings.Contains(fmt.Sprint(errs), "CANARY") {
		t.Errorf("errors %v, want one that quotes nothing", errs)
	}
	if len(held(s.queue)) != 2 {
		t.Errorf("%d messages", len(held(s.queue)))
	}
}

func TestARefusedCallRefusesItsLetters(t *testing.T) {
	t.Parallel()
	for _, f := range []fault.Rule{{Kind: fault.AccessDenied, Next: 1}, {Kind: fault.HTMLError, Next: 1}, {Kind: fault.Reset, Next: 1}, {Kind: fault.Throttle, Next: 1}} {
		t.Run(string(f.Kind), func(t *testing.T) {
			t.Parallel()
			s := start(t, "dlq", nil)
			s.faults.Add(f)
			var letters []callback.DeadLetter
			for i := range 11 {
				letters = append(letters, letter(fmt.Sprintf("CANARY %d", i)))
			}
			failed := 0
			for _, err := range sendAll(t, s, letters...) {
				if err != nil {
					failed++
					if strings.Contains(err.Error(), "CANARY") {
						t.Errorf("the error quotes the payload: %v", err)
					}
				}
			}
			if n := len(held(s.queue)); failed+n != 11 || failed != 10 && failed != 1 {
				t.Errorf("%d letters refused, %d in the queue", failed, n)
			}
		})
	}
}

// TestAQueueThatHangs must not hold up the invocation for longer than an attempt.
func TestAQueueThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &stack{}
		api := s.open(t, "http://sqs.invalid", "dlq", nil)
		s.cfg.HTTPClient = local.Direct{Handler: api}
		s.faults.Add(fault.Rule{Kind: fault.Slow, Next: 1, Delay: time.Minute})
		s.cfg.RetryMaxAttempts = 2
		began := time.Now()
		mustSend(t, s, letter("x")) // the second attempt gets through
		// Five seconds, and the SDK's back-off of at most one before the second attempt.
		if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAnAnswerThatForgetsAMessage(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"Successful":[{"Id":"7","MessageId":"x","MD5OfMessageBody":"x"}],"Failed":[]}`)
	}))
	t.Cleanup(server.Close)
	s := start(t, "dlq", nil)
	s.cfg.BaseEndpoint = aws.String(server.URL)
	errs := deadletter.New(s.cfg, server.URL+"/0/dlq").Send(t.Context(), []callback.DeadLetter{letter("x")})
	if errs[0] == nil {
		t.Error("a message that the queue does not mention counts as sent")
	}
}

func TestFIFO(t *testing.T) {
	t.Parallel()
	s := start(t, "dlq.fifo", map[string]string{"FifoQueue": "true"})
	grouped, other := letter("a"), letter("b")
	grouped.Delivery.GroupID, other.Delivery.SourceID = "g", "m-2"
	mustSend(t, s, grouped, other, grouped) // the third is the first again, cut off before it was acknowledged
	groups := map[string]string{}
	for _, m := range s.queue.Peek() {
		groups[m.Body] = m.System["MessageGroupId"]
	}
	if diff := cmp.Diff(map[string]string{"a": "g", "b": "callback-completer"}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// TestFIFOKeepsWhatOnlySharesAnID: senders of webhooks number theirs without knowing of each other.
func TestFIFOKeepsWhatOnlySharesAnID(t *testing.T) {
	t.Parallel()
	s := start(t, "dlq.fifo", map[string]string{"FifoQueue": "true"})
	of := func(source, payload string) callback.DeadLetter {
		l := letter(payload)
		l.Delivery.Trigger, l.Delivery.SourceID = "webhook", "1001"
		l.Delivery.Attributes = map[string]callback.Attribute{"WebhookSource": {DataType: "String", String: source}}
		return l
	}
	mustSend(t, s, of("acme", "a"), of("acme", "b"), of("other", "a"), of("acme", "a"))
	var got []string
	for _, m := range s.queue.Peek() {
		got = append(got, m.Attributes["WebhookSource"].String+" "+m.Body)
	}
	if diff := cmp.Diff([]string{"acme a", "acme b", "other a"}, got); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}
