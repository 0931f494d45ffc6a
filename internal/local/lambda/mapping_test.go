package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/race"
)

func newQueue(t *testing.T, s *sqs.Service, name string, attributes map[string]string) *sqs.Queue {
	t.Helper()
	q, err := s.CreateQueue(name, attributes)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func newFIFO(t *testing.T) *sqs.Queue {
	t.Helper()
	return newQueue(t, sqs.New(sqs.Options{}), "q.fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
}

// send puts messages on the queue; on a FIFO queue the first letter of the body is the group. It returns their ids.
func send(t *testing.T, q *sqs.Queue, bodies ...string) []string {
	t.Helper()
	var ids []string
	for _, body := range bodies {
		m := sqs.Message{Body: body}
		if q.FIFO() {
			m.GroupID = body[:1]
		}
		sent, err := q.Send(m)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, sent.MessageID)
	}
	return ids
}

// recorder keeps the batches that a mapping tells of.
type recorder struct {
	mu      sync.Mutex
	batches []lambda.Batch
}

func (r *recorder) observe(b lambda.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, b)
}

func (r *recorder) all() []lambda.Batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.batches)
}

// bodies lists the bodies of each batch.
func (r *recorder) bodies() [][]string {
	var all [][]string
	for _, b := range r.all() {
		var batch []string
		for _, record := range b.Records {
			batch = append(batch, record.Body)
		}
		all = append(all, batch)
	}
	return all
}

// connect maps the queue to the function until the test ends.
func connect(t *testing.T, q *sqs.Queue, fn lambda.InvokerFunc, c lambda.MappingConfig) *recorder {
	t.Helper()
	r := &recorder{}
	c.Observe = r.observe
	m, err := lambda.Map(q, fn, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return r
}

// journal keeps what happened, and when since it was made.
type journal struct {
	began time.Time
	mu    sync.Mutex
	lines []string
}

func newJournal() *journal { return &journal{began: time.Now()} }

func (j *journal) add(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, what+" after "+time.Since(j.began).String())
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

func answering(answer string) lambda.InvokerFunc {
	return func(context.Context, []byte) ([]byte, error) { return []byte(answer), nil }
}

// failing fails every batch.
func failing(context.Context, []byte) ([]byte, error) { return nil, errors.New("no") }

func held(q *sqs.Queue) []string {
	var bodies []string
	for _, h := range q.Peek() {
		bodies = append(bodies, h.Body)
	}
	return bodies
}

func TestPartialBatchResponse(t *testing.T) {
	t.Parallel()
	const all = "all"
	tests := []struct {
		name, answer string // ID1 and ID2 stand for the first two messages' ids
		left         string // the bodies that stay on the queue
	}{
		{"empty answer", "", ""},
		{"white space", " \n", ""},
		{"null", "null", ""},
		{"empty string", `""`, ""},
		{"empty list", " [ ] ", ""},
		{"empty object", "{ }", ""},
		{"null list", `{"batchItemFailures": null}`, ""},
		{"empty failures", `{"batchItemFailures": []}`, ""},
		{"empty failures and more", `{"batchItemFailures": [], "note": 1}`, ""},
		{"one failure", `{"batchItemFailures": [{"itemIdentifier": "ID1"}]}`, "one"},
		{"two failures", `{"batchItemFailures": [{"itemIdentifier": "ID2"}, {"itemIdentifier": "ID1"}]}`, "one two"},
		{"twice the same", `{"batchItemFailures": [{"itemIdentifier": "ID2"}, {"itemIdentifier": "ID2"}]}`, "two"},
		{"no JSON", `batchItemFailures`, all},
		{"JSON and more", `{} {}`, all},
		{"string", `"ok"`, all},
		{"number", `0`, all},
		{"false", `false`, all},
		{"list", `[{"itemIdentifier": "ID1"}]`, all},
		{"another key", `{"failures": []}`, all},
		{"key in another case", `{"BatchItemFailures": []}`, all},
		{"failures are an object", `{"batchItemFailures": {"itemIdentifier": "ID1"}}`, all},
		{"failures are a string", `{"batchItemFailures": "ID1"}`, all},
		{"item is a string", `{"batchItemFailures": ["ID1"]}`, all},
		{"item is null", `{"batchItemFailures": [null]}`, all},
		{"item is empty", `{"batchItemFailures": [{}]}`, all},
		{"item with another key", `{"batchItemFailures": [{"foo": "ID1"}]}`, all},
		{"null identifier", `{"batchItemFailures": [{"itemIdentifier": null}]}`, all},
		{"empty identifier", `{"batchItemFailures": [{"itemIdentifier": ""}]}`, all},
		{"number as identifier", `{"batchItemFailures": [{"itemIdentifier": 123}]}`, all},
		{"identifier of no message", `{"batchItemFailures": [{"itemIdentifier": "ID1"}, {"itemIdentifier": "other"}]}`, all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
				ids := send(t, q, "one", "two", "three")
				answer := strings.NewReplacer("ID1", ids[0], "ID2", ids[1]).Replace(tt.answer)
				r := connect(t, q, answering(answer), lambda.MappingConfig{ReportBatchItemFailures: true})
				synctest.Wait()
				left := strings.Join(held(q), " ")
				if tt.left == all && left != "one two three" || tt.left != all && left != tt.left {
					t.Errorf("left %q, want %q", left, tt.left)
				}
				batches := r.all()
				if len(batches) != 1 || (batches[0].Malformed != "") != (tt.left == all) {
					t.Errorf("observed %+v", batches)
				}
				if got := len(batches[0].Failed); got != len(q.Peek()) {
					t.Errorf("%d failed, %d left", got, len(q.Peek()))
				}
			})
		})
	}
}

func TestWithoutTheOptionTheAnswerIsNotLookedAt(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`no JSON`, `{"batchItemFailures": [{"itemIdentifier": ""}]}`, ``} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
			send(t, q, "one", "two")
			connect(t, q, answering(answer), lambda.MappingConfig{})
			synctest.Wait()
			if left := held(q); left != nil {
				t.Errorf("%q: left %v", answer, left)
			}
		})
	}
}

func TestFunctionErrorLeavesTheBatchUntilItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sqs.New(sqs.Options{})
		dlq := newQueue(t, s, "dlq", nil)
		q := newQueue(t, s, "q", map[string]string{
			"VisibilityTimeout": "60", "RedrivePolicy": `{"deadLetterTargetArn":"` + dlq.ARN() + `","maxReceiveCount":2}`,
		})
		invoked := newJournal()
		send(t, q, "one", "two")
		connect(t, q, func(context.Context, []byte) ([]byte, error) {
			invoked.add("failed")
			return []byte(`{"batchItemFailures": []}`), errors.New("no")
		}, lambda.MappingConfig{ReportBatchItemFailures: true})
		time.Sleep(119 * time.Second)
		synctest.Wait()
		for _, h := range q.Peek() {
			if !h.InFlight {
				t.Errorf("%s is visible before its timeout", h.Body)
			}
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if diff := cmp.Diff([]string{"failed after 0s", "failed after 1m0s"}, invoked.all()); diff != "" {
			t.Errorf("invocations (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"one", "two"}, held(dlq)); diff != "" {
			t.Errorf("dead letters (-want +got):\n%s", diff)
		}
	})
}

func TestOnlyWhatFailedComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		ids := send(t, q, "one", "two", "three")
		var invocations atomic.Int32
		r := connect(t, q, func(context.Context, []byte) ([]byte, error) {
			if invocations.Add(1) > 1 {
				return nil, nil
			}
			return []byte(`{"batchItemFailures": [{"itemIdentifier": "` + ids[1] + `"}]}`), nil
		}, lambda.MappingConfig{ReportBatchItemFailures: true})
		time.Sleep(time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([][]string{{"one", "two", "three"}, {"two"}}, r.bodies()); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
		if left := held(q); left != nil {
			t.Errorf("left %v", left)
		}
	})
}

func TestBatchSizeAndWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		invoked := newJournal()
		connect(t, q, func(_ context.Context, payload []byte) ([]byte, error) {
			invoked.add(fmt.Sprint(strings.Count(string(payload), `"messageId"`)))
			return nil, nil
		}, lambda.MappingConfig{BatchSize: 12, Window: 5 * time.Second})
		time.Sleep(time.Second)
		send(t, q, "a", "b") // opens a window
		time.Sleep(3 * time.Second)
		send(t, q, "c") // within it
		time.Sleep(3 * time.Second)
		send(t, q, strings.Split("d e f g h i j k l m n o p", " ")...) // 13: one full batch at once, then a window for one
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{"3 after 6s", "12 after 7s", "1 after 12s"}
		if diff := cmp.Diff(want, invoked.all()); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
	})
}

func TestBatchOfTenThousand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		n := 10_001
		if race.Enabled { // one batch, in a part of the time
			n = 5_001
		}
		for i := range n {
			send(t, q, fmt.Sprint(i))
		}
		r := connect(t, q, answering(""), lambda.MappingConfig{BatchSize: 10_000, Window: time.Second})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		var sizes []int
		total, largest := 0, 0
		for _, b := range r.all() {
			sizes = append(sizes, len(b.Records))
			total += len(b.Records)
			largest = max(largest, len(b.Records))
			if len(b.Event) > 6_291_456 {
				t.Errorf("an event of %d bytes", len(b.Event))
			}
		}
		if total != n || largest < 5_000 || len(q.Peek()) != 0 {
			t.Errorf("batches of %v, %d left", sizes, len(q.Peek()))
		}
	})
}

func TestEventsAreWithinSixMegabytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		for range 10 {
			send(t, q, strings.Repeat("x", 1<<20))
		}
		r := connect(t, q, answering(""), lambda.MappingConfig{})
		synctest.Wait()
		var sizes []int
		for _, b := range r.all() {
			sizes = append(sizes, len(b.Records))
			if len(b.Event) > 6_291_456 {
				t.Errorf("an event of %d bytes", len(b.Event))
			}
		}
		slices.Sort(sizes) // they run side by side
		if diff := cmp.Diff([]int{5, 5}, sizes); diff != "" || len(q.Peek()) != 0 {
			t.Errorf("%d left; batches (-want +got):\n%s", len(q.Peek()), diff)
		}
	})
}

func TestSixMegabytesEndTheWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		invoked := newJournal()
		connect(t, q, func(context.Context, []byte) ([]byte, error) {
			invoked.add("batch")
			return nil, nil
		}, lambda.MappingConfig{BatchSize: 100, Window: 300 * time.Second})
		for range 6 {
			time.Sleep(time.Second)
			send(t, q, strings.Repeat("x", 1<<20))
		}
		synctest.Wait()
		// Six of them are more than 6 MB with what is around them: five and one.
		if diff := cmp.Diff([]string{"batch after 6s", "batch after 6s"}, invoked.all()); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
	})
}

func TestLargeFIFOBatchesStayInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t)
		for i := range 5 {
			send(t, q, fmt.Sprint("a", i)+strings.Repeat("x", 1<<20-2), fmt.Sprint("b", i)+strings.Repeat("x", 1<<20-2))
		}
		var mu sync.Mutex
		var got []string
		failed := false
		connect(t, q, func(_ context.Context, payload []byte) ([]byte, error) {
			var e events.SQSEvent
			if err := json.Unmarshal(payload, &e); err != nil {
				return nil, err
			}
			answer := events.SQSEventResponse{}
			mu.Lock()
			for _, r := range e.Records {
				got = append(got, r.Body[:2])
				if r.Body[0] == 'a' && !failed {
					failed = true
					answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: r.MessageId})
				}
			}
			mu.Unlock()
			time.Sleep(time.Second)
			return json.Marshal(answer)
		}, lambda.MappingConfig{ReportBatchItemFailures: true})
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{
			"a0", "b0", "a1", "b1", "a2", // 5 MB; a0 fails
			"b2", "b3", "b4", // the rest of what was received, without its group
			"a0", "a3", "a4", // after the visibility timeout
		}
		if diff := cmp.Diff(want, got); diff != "" || len(q.Peek()) != 0 {
			t.Errorf("%d left; order (-want +got):\n%s", len(q.Peek()), diff)
		}
	})
}

func TestFIFOHasOneBatchAtATimeForAGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t)
		var mu sync.Mutex
		busy := map[string]bool{}
		atOnce, most := 0, 0
		r := connect(t, q, func(_ context.Context, payload []byte) ([]byte, error) {
			var e events.SQSEvent
			if err := json.Unmarshal(payload, &e); err != nil {
				return nil, err
			}
			mu.Lock()
			groups := map[string]bool{}
			for _, record := range e.Records {
				groups[record.Attributes["MessageGroupId"]] = true
			}
			for g := range groups {
				if busy[g] {
					t.Errorf("group %s is at the function twice", g)
				}
				busy[g] = true
			}
			atOnce++
			most = max(most, atOnce)
			mu.Unlock()
			time.Sleep(3 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			atOnce--
			for g := range groups {
				delete(busy, g)
			}
			return nil, nil
		}, lambda.MappingConfig{BatchSize: 2})
		for i := range 4 {
			send(t, q, fmt.Sprint("a", i), fmt.Sprint("b", i), fmt.Sprint("c", i))
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		order := map[byte][]string{}
		for _, batch := range r.bodies() {
			for _, body := range batch {
				order[body[0]] = append(order[body[0]], body)
			}
		}
		want := map[byte][]string{'a': {"a0", "a1", "a2", "a3"}, 'b': {"b0", "b1", "b2", "b3"}, 'c': {"c0", "c1", "c2", "c3"}}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if most < 2 {
			t.Error("groups did not run side by side")
		}
	})
}

func TestMaximumConcurrency(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ configured, want int }{{0, 5}, {2, 2}, {7, 7}} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
			send(t, q, strings.Split("a b c d e f g h i j", " ")...)
			var mu sync.Mutex
			atOnce, most := 0, 0
			connect(t, q, func(context.Context, []byte) ([]byte, error) {
				mu.Lock()
				atOnce++
				most = max(most, atOnce)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				atOnce--
				mu.Unlock()
				return nil, nil
			}, lambda.MappingConfig{BatchSize: 1, MaximumConcurrency: tt.configured})
			time.Sleep(30 * time.Second)
			synctest.Wait()
			if most != tt.want || len(q.Peek()) != 0 {
				t.Errorf("%d at once, want %d; %d left", most, tt.want, len(q.Peek()))
			}
		})
	}
}

func TestBusyFunctionLeavesMessagesOnTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		send(t, q, "a", "b", "c")
		connect(t, q, func(context.Context, []byte) ([]byte, error) {
			time.Sleep(10 * time.Second)
			return nil, nil
		}, lambda.MappingConfig{BatchSize: 1, MaximumConcurrency: 2})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if h := q.Peek(); len(h) != 3 || h[2].Receives != 0 {
			t.Errorf("held %+v, want the third not received", h)
		}
	})
}

func TestVisibilityCoversWindowAndFunction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", map[string]string{"VisibilityTimeout": "20"})
		invoked := newJournal()
		send(t, q, "a")
		connect(t, q, func(context.Context, []byte) ([]byte, error) {
			invoked.add("failed")
			return nil, errors.New("no")
		}, lambda.MappingConfig{Window: 15 * time.Second, FunctionTimeout: 10 * time.Second})
		time.Sleep(100 * time.Second)
		synctest.Wait()
		// Received at 0, invisible for 15+10+30 seconds, then gathered for 15.
		if diff := cmp.Diff([]string{"failed after 15s", "failed after 1m10s"}, invoked.all()); diff != "" {
			t.Errorf("invocations (-want +got):\n%s", diff)
		}
	})
}

func TestCloseWaitsAndGivesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		ended := false
		m, err := lambda.Map(q, lambda.InvokerFunc(func(ctx context.Context, _ []byte) ([]byte, error) {
			time.Sleep(10 * time.Second)
			ended = ctx.Err() == nil
			return nil, nil
		}), lambda.MappingConfig{Window: 3 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		send(t, q, "under way")
		time.Sleep(4 * time.Second)
		send(t, q, "gathered")
		time.Sleep(time.Second)
		began := time.Now()
		m.Close()
		if took := time.Since(began); took != 8*time.Second || !ended {
			t.Errorf("Close took %v, want the 8s that the invocation had left", took)
		}
		left := q.Peek()
		if len(left) != 1 || left[0].Body != "gathered" || left[0].InFlight {
			t.Errorf("left %+v, want the gathered message, visible", left)
		}
	})
}

func TestDeletedQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sqs.New(sqs.Options{})
		q := newQueue(t, s, "q", nil)
		connect(t, q, failing, lambda.MappingConfig{})
		if err := s.DeleteQueue("q"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // a poller that spins would keep the clock from going on
	})
}

func TestTimeoutInProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := lambda.Timeout(lambda.InvokerFunc(func(ctx context.Context, payload []byte) ([]byte, error) {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) != 3*time.Second {
				t.Errorf("deadline %v", deadline)
			}
			time.Sleep(time.Duration(len(payload)) * time.Second)
			return []byte("done"), nil
		}), 3*time.Second)
		if answer, err := slow.Invoke(t.Context(), []byte("12")); string(answer) != "done" || err != nil {
			t.Errorf("2s: %s, %v", answer, err)
		}
		var failed *lambda.FunctionError
		if _, err := slow.Invoke(t.Context(), []byte("1234")); !errors.As(err, &failed) || failed.Type != "Sandbox.Timedout" {
			t.Errorf("4s: %v", err)
		}
	})
}

func TestMappingRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		fifo bool
		c    lambda.MappingConfig
		want string // in the message; empty: accepted
	}{
		{"defaults", false, lambda.MappingConfig{}, ""},
		{"defaults", true, lambda.MappingConfig{}, ""},
		{"batch without a window", false, lambda.MappingConfig{BatchSize: 11}, "Maximum batch window"},
		{"batch with a window", false, lambda.MappingConfig{BatchSize: 11, Window: time.Second}, ""},
		{"largest batch", false, lambda.MappingConfig{BatchSize: 10_000, Window: time.Second}, ""},
		{"batch", false, lambda.MappingConfig{BatchSize: 10_001, Window: time.Second}, "BatchSize 10001"},
		{"negative batch", false, lambda.MappingConfig{BatchSize: -1}, "BatchSize -1"},
		{"FIFO batch", true, lambda.MappingConfig{BatchSize: 11}, "FIFO"},
		{"FIFO window", true, lambda.MappingConfig{Window: time.Second}, "FIFO"},
		{"longest window", false, lambda.MappingConfig{Window: 300 * time.Second}, ""},
		{"window", false, lambda.MappingConfig{Window: 301 * time.Second}, "MaximumBatchingWindowInSeconds"},
		{"part of a second", false, lambda.MappingConfig{Window: 1500 * time.Millisecond}, "MaximumBatchingWindowInSeconds"},
		{"negative window", false, lambda.MappingConfig{Window: -time.Second}, "MaximumBatchingWindowInSeconds"},
		{"concurrency of one", false, lambda.MappingConfig{MaximumConcurrency: 1}, "MaximumConcurrency 1"},
		{"least concurrency", true, lambda.MappingConfig{MaximumConcurrency: 2}, ""},
		{"most concurrency", false, lambda.MappingConfig{MaximumConcurrency: 1_000}, ""},
		{"concurrency", false, lambda.MappingConfig{MaximumConcurrency: 1_001}, "MaximumConcurrency 1001"},
		{"timeout", false, lambda.MappingConfig{FunctionTimeout: 31 * time.Second}, "visibility timeout: 30 seconds"},
		{"longest timeout", false, lambda.MappingConfig{FunctionTimeout: 30 * time.Second}, ""},
	}
	for _, tt := range tests {
		q := newQueue(t, sqs.New(sqs.Options{}), "q", nil)
		if tt.fifo {
			q = newFIFO(t)
		}
		m, err := lambda.Map(q, lambda.InvokerFunc(failing), tt.c)
		if err == nil {
			m.Close()
		}
		var refused *awsjson.Error
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (!errors.As(err, &refused) || refused.Code != "InvalidParameterValueException" ||
			!strings.Contains(refused.Message, tt.want)):
			t.Errorf("%s: %v, want InvalidParameterValueException with %q", tt.name, err, tt.want)
		}
	}
}
