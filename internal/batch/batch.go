package batch

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"callback-completer/internal/callback"
)

// Processor is what a batch is run through. [callback.Service] is one.
type Processor interface {
	Handle(ctx context.Context, d callback.Delivery) callback.Report
	Settle(ctx context.Context, deliveries []callback.Delivery, reports []callback.Report)
}

var _ Processor = (*callback.Service)(nil)

// Runner runs batches. It is safe for concurrent use.
type Runner struct {
	Processor   Processor
	Concurrency int           // deliveries under way at once, at least 1
	Margin      time.Duration // kept free before the invocation's deadline, see [Runner.Run]
	Now         func() time.Time
	Log         *slog.Logger
}

// Run processes every delivery and returns a report for each, in the same order. When it returns, what had to be
// dead-lettered is.
//
// If ctx has a deadline, nothing new is started later than two margins before it, calls that have to wait for their turn
// included ([callback.WithLastStart]), what is under way is cut off one margin before it, and the last margin is for dead letters and the answer. An invocation with less than four
// margins left is divided in the same proportions. What was not started is a retry with code OutOfTime.
//
// Deliveries with a GroupID run one after another within their group. After the first retry of a group the rest of
// it is not attempted. Their dead letters are sent one by one, since a refused one is a retry.
func (r *Runner) Run(ctx context.Context, deliveries []callback.Delivery) []callback.Report {
	b := &run{Runner: r, deliveries: deliveries, reports: make([]callback.Report, len(deliveries))}
	for i := range b.reports {
		b.reports[i].Decision = callback.Decision{
			Verdict: callback.Retry, Code: callback.CodeOutOfTime, Message: "The invocation ended before the callback's turn came.",
		}
	}
	work, settle, cancel := b.budget(ctx)
	defer cancel()
	units := split(deliveries)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(max(r.Concurrency, 1), len(units)) {
		workers.Go(func() {
			growStack(false)
			for n := next.Add(1) - 1; n < int64(len(units)) && b.mayStart(); n = next.Add(1) - 1 {
				b.unit(work, settle, units[n])
			}
		})
	}
	workers.Wait()
	b.settle(settle, b.unordered())
	return b.reports
}

// run is one batch under way. Each report is written by one worker only.
type run struct {
	*Runner

	deliveries []callback.Delivery
	reports    []callback.Report
	lastStart  time.Time // zero: no deadline
}

// budget divides the time that is left: for work, and for settling after it.
func (b *run) budget(ctx context.Context) (work, settle context.Context, cancel func()) {
	deadline, ok := ctx.Deadline()
	if !ok {
		work, cancel = context.WithCancel(ctx)
		return work, ctx, cancel
	}
	margin := min(b.Margin, deadline.Sub(b.Now())/4)
	b.lastStart = deadline.Add(-2 * margin)
	work, cancelWork := context.WithDeadline(callback.WithLastStart(ctx, b.lastStart), deadline.Add(-margin))
	settle, cancelSettle := context.WithDeadline(ctx, deadline.Add(-margin/4))
	return work, settle, func() { cancelWork(); cancelSettle() }
}

func (b *run) mayStart() bool { return b.lastStart.IsZero() || b.Now().Before(b.lastStart) }

// unit runs the deliveries at indexes one after another: a message group, or a single delivery without one.
func (b *run) unit(work, settle context.Context, indexes []int) {
	for n, i := range indexes {
		if !b.mayStart() {
			return
		}
		b.reports[i] = b.handle(work, b.deliveries[i])
		if b.deliveries[i].GroupID == "" {
			continue
		}
		b.settle(settle, []int{i})
		if b.reports[i].Verdict != callback.Retry {
			continue
		}
		for _, later := range indexes[n+1:] {
			b.reports[later].Decision = callback.Decision{
				Verdict: callback.Retry, Code: callback.CodeGroupBlocked,
				Message: "An earlier message of the group must be delivered first.",
			}
		}
		return
	}
}

func (b *run) handle(ctx context.Context, d callback.Delivery) (report callback.Report) {
	defer func() {
		if v := recover(); v != nil {
			b.logPanic(ctx, v, d.SourceID)
			report = callback.Report{Decision: callback.Decision{
				Verdict: callback.Retry, Code: callback.CodePanic, Message: "The function panicked over this payload.",
			}}
		}
	}()
	return b.Processor.Handle(ctx, d)
}

// unordered returns the indexes of the deliveries without a message group: the others are settled as they come.
func (b *run) unordered() []int {
	var indexes []int
	for i, d := range b.deliveries {
		if d.GroupID == "" {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// settle sends the dead letters and what goes to the callback queue among the reports at indexes.
func (b *run) settle(ctx context.Context, indexes []int) {
	var deliveries []callback.Delivery
	var reports []callback.Report
	var owners []int
	for _, i := range indexes {
		if b.reports[i].Unsettled() {
			deliveries, reports, owners = append(deliveries, b.deliveries[i]), append(reports, b.reports[i]), append(owners, i)
		}
	}
	if len(owners) == 0 {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			b.logPanic(ctx, v, "")
			for n := range reports {
				reports[n].Queued = false
				reports[n].Decision = callback.Decision{
					Verdict: callback.Retry, Code: callback.CodePanic, Message: "The function panicked over its dead letters.",
				}
			}
		}
		for n, i := range owners {
			b.reports[i] = reports[n]
		}
	}()
	b.Processor.Settle(ctx, deliveries, reports)
}
