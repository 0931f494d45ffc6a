package batch_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/batch"
	"callback-completer/internal/callback"
)

// processor is a Processor whose verdict is the payload's first word.
type processor struct {
	before  func(ctx context.Context, d callback.Delivery) // runs inside Handle
	refused map[string]bool                                // source ids whose dead letters are refused

	mu      sync.Mutex
	handled []string
	settled [][]string
}

func (p *processor) Handle(ctx context.Context, d callback.Delivery) callback.Report {
	if p.before != nil {
		p.before(ctx, d)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handled = append(p.handled, d.SourceID)
	word, _, _ := strings.Cut(d.Payload, " ")
	for _, v := range callback.Verdicts() {
		if v.String() == word {
			return callback.Report{Decision: callback.Decision{Verdict: v}}
		}
	}
	panic("secret " + d.Payload)
}

func (p *processor) Settle(_ context.Context, deliveries []callback.Delivery, reports []callback.Report) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for i, d := range deliveries {
		ids = append(ids, d.SourceID)
		if d.SourceID == "panic" {
			panic("settle")
		}
		if p.refused[d.SourceID] {
			reports[i].Decision = callback.Decision{Verdict: callback.Retry, Code: callback.CodeDeadLetterRefused}
		}
	}
	p.settled = append(p.settled, ids)
}

func runner(p batch.Processor, log *bytes.Buffer) *batch.Runner {
	return &batch.Runner{
		Processor: p, Concurrency: 4, Margin: time.Second, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
}

// deliveries reads "group:verdict" words; the source id is the word's place.
func deliveries(words string) []callback.Delivery {
	var list []callback.Delivery
	for i, word := range strings.Fields(words) {
		group, verdict, _ := strings.Cut(word, ":")
		list = append(list, callback.Delivery{SourceID: fmt.Sprint(i), GroupID: group, Payload: verdict})
	}
	return list
}

func verdicts(reports []callback.Report) string {
	words := make([]string, len(reports))
	for i, r := range reports {
		words[i] = r.Verdict.String()
		if r.Code != "" {
			words[i] += "/" + string(r.Code)
		}
	}
	return strings.Join(words, " ")
}

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, words, want string
		settled           [][]string
	}{
		{"no order", ":delivered :rejected :retry :closed", "delivered rejected retry closed", [][]string{{"1", "3"}}},
		{"nothing", "", "", nil},
		{
			"three groups, one fails in the middle", "a:delivered b:delivered a:delivered b:retry a:delivered b:delivered c:delivered b:rejected",
			"delivered delivered delivered retry delivered retry/GroupBlocked delivered retry/GroupBlocked", nil,
		},
		{"dead letters do not block a group", "a:rejected a:delivered", "rejected delivered", [][]string{{"0"}}},
		{
			"a refused dead letter blocks its group", "a:delivered a:delivered a:delivered a:closed a:delivered",
			"delivered delivered delivered retry/DeadLetterRefused retry/GroupBlocked",
			[][]string{{"3"}},
		},
		{"a panic is contained", ":delivered :boom :delivered", "delivered retry/Panic delivered", nil},
		{"a panic blocks its group", "a:boom a:delivered b:delivered", "retry/Panic retry/GroupBlocked delivered", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			p := &processor{refused: map[string]bool{"3": strings.HasPrefix(tt.name, "a refused")}}
			got := verdicts(runner(p, &log).Run(t.Context(), deliveries(tt.words)))
			if got != tt.want {
				t.Errorf("verdicts\n%s, want\n%s", got, tt.want)
			}
			if diff := cmp.Diff(tt.settled, p.settled); diff != "" {
				t.Errorf("settled (-want +got):\n%s", diff)
			}
			if strings.Contains(log.String(), "secret") {
				t.Errorf("the log quotes the payload: %s", &log)
			}
			if strings.Contains(tt.want, "Panic") != strings.Contains(log.String(), "goroutine") {
				t.Errorf("log %q, want a stack exactly where there was a panic", &log)
			}
		})
	}
}

func TestPanicWhileSettlingGivesThePayloadsBack(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	list := deliveries(":rejected :delivered")
	list[0].SourceID = "panic"
	if got := verdicts(runner(&processor{}, &log).Run(t.Context(), list)); got != "retry/Panic delivered" {
		t.Errorf("verdicts %s", got)
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		p := &processor{before: func(context.Context, callback.Delivery) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second)
			now.Add(-1)
		}}
		start := time.Now()
		runner(p, &bytes.Buffer{}).Run(t.Context(), deliveries(strings.Repeat(":delivered ", 40)))
		if most.Load() != 4 || time.Since(start) != 10*time.Second {
			t.Errorf("%d at once for %v, want 4 for 10s", most.Load(), time.Since(start))
		}
	})
}

// TestDeadline runs 1,000 deliveries of 100 ms, four at a time, in an invocation with two seconds left: the margin
// is half a second, so work starts for one second and is cut off after one and a half.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &processor{before: func(context.Context, callback.Delivery) { time.Sleep(100 * time.Millisecond) }}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		reports := runner(p, &bytes.Buffer{}).Run(ctx, deliveries(strings.Repeat(":delivered ", 1000)))
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v, want 1s", took)
		}
		count := map[string]int{}
		for _, r := range reports {
			count[r.Verdict.String()+string(r.Code)]++
		}
		if diff := cmp.Diff(map[string]int{"delivered": 40, "retryOutOfTime": 960}, count); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
	})
}

func TestWorkIsCutOffBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var cut time.Duration
		p := &processor{before: func(ctx context.Context, _ callback.Delivery) { <-ctx.Done(); cut = time.Since(start) }}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		runner(p, &bytes.Buffer{}).Run(ctx, deliveries(":rejected"))
		if cut != 9*time.Second {
			t.Errorf("cut off after %v, want 9s", cut)
		}
		if len(p.settled) != 1 {
			t.Error("no time was left for the dead letter")
		}
	})
}

func TestTenThousand(t *testing.T) {
	t.Parallel()
	p := &processor{}
	reports := runner(p, &bytes.Buffer{}).Run(t.Context(), deliveries(strings.Repeat(":delivered ", 10_000)))
	if len(reports) != 10_000 || len(p.handled) != 10_000 || slices.ContainsFunc(reports, func(r callback.Report) bool { return r.Verdict != callback.Delivered }) {
		t.Errorf("%d reports, %d handled", len(reports), len(p.handled))
	}
}

// TestEveryDeliveryIsHandledOnceInOrder draws batches of mixed groups.
func TestEveryDeliveryIsHandledOnceInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{
			":delivered", ":retry", ":rejected", ":boom", "a:delivered", "a:retry", "a:closed", "b:delivered", "b:rejected", "b:boom",
		})).Draw(rt, "words")
		list := deliveries(strings.Join(words, " "))
		p := &processor{}
		reports := runner(p, &bytes.Buffer{}).Run(t.Context(), list)
		blocked, last := map[string]bool{}, map[string]int{}
		for i, d := range list {
			place := slices.Index(p.handled, d.SourceID)
			attempted := place >= 0 || d.Payload == "boom" && reports[i].Code == callback.CodePanic
			if d.GroupID == "" {
				if !attempted {
					rt.Fatalf("delivery %d was not handled", i)
				}
				continue
			}
			if attempted == blocked[d.GroupID] {
				rt.Fatalf("delivery %d of group %s: attempted %v after a retry: %v", i, d.GroupID, attempted, blocked[d.GroupID])
			}
			if place >= 0 && place < last[d.GroupID] {
				rt.Fatalf("group %s out of order: %v", d.GroupID, p.handled)
			}
			last[d.GroupID] = max(place, last[d.GroupID])
			if reports[i].Verdict == callback.Retry {
				blocked[d.GroupID] = true
			}
		}
	})
}

func ExampleRunner_Run() {
	r := &batch.Runner{Processor: &processor{}, Concurrency: 32, Margin: 500 * time.Millisecond, Now: time.Now, Log: slog.Default()}
	for _, report := range r.Run(context.Background(), deliveries(":delivered :retry")) {
		fmt.Println(report.Verdict)
	}
	// Output:
	// delivered
	// retry
}
