package eventbridge_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/sqs"
)

func TestDelivery(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	q := b.queue("q", nil)
	fifo := b.queue("q.fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
	b.rule("one", eventbridge.Target{ID: "queue", ARN: q.ARN()}, eventbridge.Target{ID: "fifo", ARN: fifo.ARN(), MessageGroupID: "g"})
	b.rule("two", eventbridge.Target{ID: "function", ARN: functionARN}, eventbridge.Target{ID: "queue", ARN: q.ARN(), Input: `{"own": true}`})
	b.rule("off", eventbridge.Target{ID: "queue", ARN: q.ARN()})
	if err := b.bus.SetDisabled("off", true); err != nil {
		t.Fatal(err)
	}
	var event string
	b.bus.Subscribe(func(e []byte) { event = string(e) })
	b.put()
	if _, err := b.bus.PutEvents([]eventbridge.Entry{{Source: "another", DetailType: "d", Detail: `{}`}}); err != nil {
		t.Fatal(err)
	}
	first := b.functions.events
	if len(first) != 1 || !strings.HasSuffix(first[0], `"detail":{"n":1}}`) {
		t.Fatalf("function got %q", first)
	}
	if event == first[0] || !strings.Contains(event, "another") {
		t.Errorf("the subscriber, whom no rule concerns, got %q last", event)
	}
	var bodies []string
	for _, m := range q.Peek() {
		bodies = append(bodies, m.Body)
	}
	if diff := cmp.Diff([]string{first[0], `{"own": true}`}, bodies); diff != "" {
		t.Errorf("queue (-want +got):\n%s", diff)
	}
	if held := fifo.Peek(); len(held) != 1 || held[0].Body != first[0] || held[0].System["MessageGroupId"] != "g" {
		t.Errorf("FIFO queue: %+v", held)
	}
}

func TestInputPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"$": instance, "$.detail-type": `"EC2 Instance State-change Notification"`, "$.detail.c-count": "3", "$.detail.tags": `["red", "green"]`,
		"$.detail.responseElements": `{"a": 1}`, "$.detail.responseElements.a": "1",
		"$.detail.missing": "null", "$.detail.state.deeper": "null", "$.detail.eventVersion": "null",
	} {
		b := newBench(t)
		if _, err := b.bus.PutRule(eventbridge.Rule{Name: "r", EventPattern: `{"source":["aws.ec2"]}`}); err != nil {
			t.Fatal(err)
		}
		if err := b.bus.PutTargets("r", []eventbridge.Target{{ID: "f", ARN: functionARN, InputPath: path}}); err != nil {
			t.Fatal(err)
		}
		if err := b.bus.Publish([]byte(instance)); err != nil {
			t.Fatal(err)
		}
		if got := b.functions.events; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// attributes are the string values of a message's attributes.
func attributes(m sqs.Held) map[string]string {
	all := map[string]string{}
	for name, a := range m.Attributes {
		all[name] = a.String
	}
	return all
}

// TestDeadLetter: what cannot be delivered at all goes to the dead-letter queue at once, as the event that it was.
func TestDeadLetter(t *testing.T) {
	t.Parallel()
	const queues, rule = "arn:aws:sqs:us-east-1:000000000000:", "arn:aws:events:us-east-1:000000000000:rule/r"
	for _, tt := range []struct {
		name          string
		arn           string
		code, message string
	}{
		{"no queue", queues + "none", "NO_RESOURCE", "QueueDoesNotExist: The specified queue does not exist."},
		{"no function", functionARN + "2", "NO_RESOURCE", "ResourceNotFoundException: Function not found"},
		{"small queue", queues + "small", "INVALID_PARAMETER", "InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."},
	} {
		b := newBench(t)
		letters := b.queue("letters", nil)
		b.queue("small", map[string]string{"MaximumMessageSize": "1024"})
		b.rule("r", eventbridge.Target{ID: "t", ARN: tt.arn, InputPath: "$.detail", DeadLetterARN: letters.ARN()})
		detail := `{"x":"` + strings.Repeat("x", 1024) + `"}`
		if _, err := b.bus.PutEvents([]eventbridge.Entry{{Source: "s", DetailType: "d", Detail: detail}}); err != nil {
			t.Fatal(err)
		}
		held := letters.Peek()
		if len(held) != 1 || !strings.HasPrefix(held[0].Body, `{"version":"0",`) || !strings.HasSuffix(held[0].Body, detail+"}") {
			t.Errorf("%s: %+v", tt.name, held)
			continue
		}
		want := map[string]string{"RULE_ARN": rule, "TARGET_ARN": tt.arn, "ERROR_CODE": tt.code, "ERROR_MESSAGE": tt.message}
		if diff := cmp.Diff(want, attributes(held[0])); diff != "" {
			t.Errorf("%s: attributes (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestNoDeadLetter: without a dead-letter queue, or with one that is gone, the event is lost and nothing else is.
func TestNoDeadLetter(t *testing.T) {
	t.Parallel()
	const queues = "arn:aws:sqs:us-east-1:000000000000:"
	b := newBench(t)
	b.rule("r", eventbridge.Target{ID: "a", ARN: queues + "none"}, eventbridge.Target{ID: "b", ARN: queues + "none", DeadLetterARN: queues + "gone"},
		eventbridge.Target{ID: "c", ARN: functionARN})
	b.put()
	if len(b.functions.events) != 1 {
		t.Errorf("function got %q", b.functions.events)
	}
}

// TestRetry: what may pass is tried again, until it does or the target's policy ends it.
func TestRetry(t *testing.T) {
	t.Parallel()
	throttled := &awsjson.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: http.StatusTooManyRequests}
	broken := &awsjson.Error{Code: "ServiceException", Message: "broken", Status: http.StatusInternalServerError}
	gone := &awsjson.Error{Code: "ResourceNotFoundException", Message: "gone", Status: http.StatusNotFound}
	two := 2
	for _, tt := range []struct {
		name     string
		accept   func(n int) error
		target   eventbridge.Target
		attempts int
		want     map[string]string // nil: delivered
	}{
		{name: "second attempt", attempts: 2, accept: func(n int) error {
			if n == 1 {
				return throttled
			}
			return nil
		}},
		{
			name: "attempts used up", attempts: 3, accept: func(int) error { return throttled },
			target: eventbridge.Target{MaximumRetryAttempts: &two},
			want: map[string]string{
				"ERROR_CODE": "THROTTLING", "ERROR_MESSAGE": "TooManyRequestsException: Rate Exceeded.",
				"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "2",
			},
		},
		{
			name: "no retries wanted", attempts: 1, accept: func(int) error { return broken },
			target: eventbridge.Target{MaximumRetryAttempts: new(int)},
			want: map[string]string{
				"ERROR_CODE": "ERROR_FROM_TARGET", "ERROR_MESSAGE": "ServiceException: broken",
				"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "0",
			},
		},
		{ // at 0, 1, 3, 7, 15 and 31 s
			name: "too old", attempts: 6, accept: func(int) error { return errors.New("lost") },
			target: eventbridge.Target{MaximumEventAge: time.Minute},
			want: map[string]string{
				"ERROR_CODE": "INTERNAL_ERROR", "ERROR_MESSAGE": "lost",
				"EXHAUSTED_RETRY_CONDITION": "MaximumEventAgeInSeconds", "RETRY_ATTEMPTS": "5",
			},
		},
		{
			name: "default policy", attempts: 186, accept: func(int) error { return throttled },
			want: map[string]string{
				"ERROR_CODE": "THROTTLING", "ERROR_MESSAGE": "TooManyRequestsException: Rate Exceeded.",
				"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "185",
			},
		},
		{
			name: "gone meanwhile", attempts: 2, accept: func(n int) error {
				if n == 1 {
					return throttled
				}
				return gone
			},
			want: map[string]string{"ERROR_CODE": "NO_RESOURCE", "ERROR_MESSAGE": "ResourceNotFoundException: gone", "RETRY_ATTEMPTS": "1"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.functions.accept = tt.accept
				letters := b.queue("letters", nil)
				tt.target.ID, tt.target.ARN, tt.target.DeadLetterARN = "t", functionARN, letters.ARN()
				b.rule("r", tt.target)
				b.put()
				time.Sleep(25 * time.Hour)
				synctest.Wait()
				if got := len(b.functions.events); got != tt.attempts {
					t.Errorf("%d attempts, want %d", got, tt.attempts)
				}
				held := letters.Peek()
				if tt.want == nil {
					if len(held) != 0 {
						t.Errorf("delivered, yet %+v", held)
					}
					return
				}
				if len(held) != 1 || held[0].Body != b.functions.events[0] {
					t.Fatalf("dead letters %+v", held)
				}
				tt.want["RULE_ARN"], tt.want["TARGET_ARN"] = "arn:aws:events:us-east-1:000000000000:rule/r", functionARN
				if diff := cmp.Diff(tt.want, attributes(held[0])); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestClose: nothing is tried again afterwards, and events that are put then get their one attempt.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.functions.accept = func(int) error { return errors.New("lost") }
		b.rule("r", eventbridge.Target{ID: "t", ARN: functionARN})
		b.put()
		b.bus.Close()
		b.put()
		time.Sleep(time.Hour)
		if got := len(b.functions.events); got != 2 {
			t.Errorf("%d attempts", got)
		}
	})
}
