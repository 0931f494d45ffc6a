package queue_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/local"
	"callback-completer/internal/local/fault"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	canary = `{"taskToken":"CANARY-token","outcome":"success","output":{"z":1.10}}`
	task   = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
)

// bench is a queue of the stand-in behind the real SDK, without a socket.
type bench struct {
	*queue.Queue

	held   *sqs.Queue
	faults *fault.Injector
}

func config(h http.Handler) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: local.Direct{Handler: h},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
		RetryMaxAttempts: 7, // somebody's AWS_MAX_ATTEMPTS
	}
}

func newBench(t *testing.T, name string, attributes map[string]string) bench {
	t.Helper()
	b := bench{faults: fault.New(1)}
	stack := local.New(local.Options{Region: "eu-west-1", Faults: b.faults})
	held, err := stack.SQS.CreateQueue(name, attributes)
	if err != nil {
		t.Fatal(err)
	}
	b.held, b.Queue = held, queue.New(config(stack.API), held.URL())
	return b
}

func (b bench) put(t *testing.T, body, task string) {
	t.Helper()
	if err := b.Put(t.Context(), body, task); err != nil {
		t.Errorf("%.40q: %v", body, err)
	}
}

// message is what a receiver gets.
type message struct{ Body, Group, Deduplication string }

func (b bench) want(t *testing.T, want ...message) {
	t.Helper()
	var got []message
	for _, m := range b.held.Peek() {
		got = append(got, message{m.Body, m.System["MessageGroupId"], m.System["MessageDeduplicationId"]})
		if form := m.Attributes["PayloadForm"]; form.String != "canonical" || form.DataType != "String" || len(m.Attributes) != 1 {
			t.Errorf("a message has the attributes %v", m.Attributes)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestPut: a body arrives byte for byte, as often as it is put.
func TestPut(t *testing.T) {
	t.Parallel()
	b := newBench(t, "callbacks", nil)
	const odd = "{ \"taskToken\" : \"t\", \"x\": \"é😀\\u0000<&>\" }\r\n"
	for _, body := range []string{canary, odd, canary} {
		b.put(t, body, task)
	}
	b.want(t, message{Body: canary}, message{Body: odd}, message{Body: canary})
}

// TestFIFO: callbacks of one task keep their order, and one that is put twice is there once.
func TestFIFO(t *testing.T) {
	t.Parallel()
	b := newBench(t, "callbacks.fifo", map[string]string{"FifoQueue": "true"})
	b.put(t, "a", "1a")
	b.put(t, "b", "2b")
	b.put(t, "a", "1a")
	b.put(t, "c", "1a")
	b.want(t,
		message{"a", "1a", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
		message{"b", "2b", "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"},
		message{"c", "1a", "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6"})
}

// TestWhatSQSDoesNotTake: JSON knows characters that XML does not.
func TestWhatSQSDoesNotTake(t *testing.T) {
	t.Parallel()
	b := newBench(t, "callbacks", nil)
	b.put(t, "{\"output\":\"\uffff\"}", task)
	m := b.held.Peek()[0]
	if m.Body != "eyJvdXRwdXQiOiLvv78ifQ==" || m.Attributes["PayloadEncoding"].String != "base64" || m.Attributes["PayloadForm"].String != "canonical" {
		t.Errorf("%s %v", m.Body, m.Attributes)
	}
}

func TestTheLargestBody(t *testing.T) {
	t.Parallel()
	b := newBench(t, "callbacks", nil)
	largest := strings.Repeat("x", 1<<20-len("PayloadForm"+"String"+"canonical"))
	b.put(t, largest, task)
	b.want(t, message{Body: largest})
	err := b.Put(t.Context(), largest+"x", task)
	if want := "put the callback on the callback queue: InvalidParameterValue"; err == nil || err.Error() != want {
		t.Errorf("one byte more: %v, want %q", err, want)
	}
}

func TestAQueueThatIsNotThere(t *testing.T) {
	t.Parallel()
	q := queue.New(config(local.New(local.Options{}).API), "http://127.0.0.1/000000000000/none")
	err := q.Put(t.Context(), canary, task)
	if want := "put the callback on the callback queue: AWS.SimpleQueueService.NonExistentQueue"; err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestFaults makes the queue fail in each way, once and for good.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule  fault.Rule
		retry bool // one more attempt is made, and helps where the fault struck once
		want  string
	}{
		"throttled":     {fault.Rule{Kind: fault.Throttle}, true, "ThrottlingException"},
		"server error":  {fault.Rule{Kind: fault.ServerError}, true, "InternalFailure"},
		"load balancer": {fault.Rule{Kind: fault.HTMLError}, true, "HTTP status 503 without an error code"},
		"reset":         {fault.Rule{Kind: fault.Reset}, true, "the connection broke"},
		"access denied": {fault.Rule{Kind: fault.AccessDenied}, false, "AccessDeniedException"},
		"key denied":    {fault.Rule{Kind: fault.KMSAccessDenied}, false, "KmsAccessDeniedException"},
		"hanging":       {fault.Rule{Kind: fault.Slow, Delay: time.Minute}, true, "no answer within 2s"},
		"answer lost":   {fault.Rule{Kind: fault.Reset, Applied: true}, true, "the connection broke"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "callbacks.fifo", map[string]string{"FifoQueue": "true"})
				once, always := tt.rule, tt.rule
				once.Next, always.Rate = 1, 1
				if tt.retry {
					b.faults.Add(once)
					b.put(t, "first", task)
					if n := len(b.held.Peek()); n != 1 {
						t.Errorf("%d messages after one that was put in two attempts", n)
					}
				}
				b.faults.Add(always)
				began := time.Now()
				err := b.Put(t.Context(), canary, task)
				if want := "put the callback on the callback queue: " + tt.want; err == nil || err.Error() != want {
					t.Errorf("%v, want %q", err, want)
				}
				if took := time.Since(began); took > 4200*time.Millisecond {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// TestTheCallersTime: a caller that gives up waits no longer.
func TestTheCallersTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "callbacks", nil)
		b.faults.Add(fault.Rule{Kind: fault.Slow, Delay: time.Minute, Rate: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := b.Put(ctx, canary, task); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// TestAnAnswerToAnotherMessage: a queue that has not got the body as it was sent has not got it.
func TestAnAnswerToAnotherMessage(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"MessageId":"CANARY","MD5OfMessageBody":"0cc175b9c0f1b6a831c399e269772661"}`: "the call could not be made, or its answer not be used",
		`{"MessageId":"x"}`:    "the answer does not confirm the message",
		`{"MessageId":"CANARY`: "the answer cannot be read",
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			q := queue.New(config(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, answer)
			})), "http://127.0.0.1/000000000000/callbacks")
			err := q.Put(t.Context(), canary, task)
			if err == nil || err.Error() != "put the callback on the callback queue: "+want {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}
