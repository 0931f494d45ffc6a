package lambda

import (
	"context"
	"sync"
	"time"

	"callback-completer/internal/local/sqs"
)

// Source is the queue that a Mapping polls.
type Source interface {
	ARN() string
	FIFO() bool
	VisibilityTimeout() time.Duration
	Receive(context.Context, sqs.ReceiveOptions) []sqs.Received
	Delete(receiptHandle string) error
	ChangeVisibility(receiptHandle string, d time.Duration) error
}

var _ Source = (*sqs.Queue)(nil)

// longPoll is how long one look at an empty queue waits.
const longPoll = 20 * time.Second

// Batch tells how one invocation ended.
type Batch struct {
	Records []sqs.Received
	Event   []byte // what the function was given
	Answer  []byte // what it answered
	Err     error  // why it failed; nil if it answered
	// Malformed says why the answer counts as a failure of the whole batch; empty if it does not.
	Malformed string
	// Failed are the ids of the messages that were left on the queue, in the order of the batch.
	Failed []string
}

// Mapping polls a queue and invokes a function with what comes. It is made by Map.
type Mapping struct {
	source     Source
	fn         Invoker
	config     MappingConfig
	fifo       bool
	visibility time.Duration

	stop  context.CancelFunc
	slots chan struct{} // one for each batch that may be at the function
	work  sync.WaitGroup
}

// Map starts to poll the queue. It refuses, as an *awsjson.Error with Lambda's code InvalidParameterValueException, what
// Lambda refuses of a mapping.
func Map(q Source, fn Invoker, c MappingConfig) (*Mapping, error) {
	c, err := c.prepared(q)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &Mapping{
		source: q, fn: fn, config: c, fifo: q.FIFO(), visibility: c.visibility(q),
		stop: cancel, slots: make(chan struct{}, c.MaximumConcurrency),
	}
	m.work.Go(func() { m.poll(ctx) })
	return m, nil
}

// Close stops polling and waits until the invocations under way have ended. Messages that were received but not yet given
// to the function become visible at once.
func (m *Mapping) Close() {
	m.stop()
	m.work.Wait()
}

// poll takes a slot before it looks, so that no message waits in our memory for a function that is busy.
func (m *Mapping) poll(ctx context.Context) {
	for m.acquire(ctx) {
		began := time.Now()
		records := m.collect(ctx)
		if ctx.Err() != nil {
			m.giveBack(records)
			records = nil
		}
		if len(records) == 0 {
			<-m.slots
			pause(ctx, began)
			continue
		}
		m.dispatch(ctx, split(records))
	}
}

// pause keeps the poller from spinning on a queue that has been deleted.
func pause(ctx context.Context, began time.Time) {
	if time.Since(began) >= longPoll {
		return
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
	}
}

func (m *Mapping) acquire(ctx context.Context) bool {
	select {
	case m.slots <- struct{}{}:
		if ctx.Err() == nil {
			return true
		}
		<-m.slots
	case <-ctx.Done():
	}
	return false
}

// collect gathers a batch: what is there, or with a window what comes until it ends, the batch is full or reaches 6 MB.
func (m *Mapping) collect(ctx context.Context) []record {
	records, size := m.receive(ctx, m.config.BatchSize, longPoll)
	if len(records) == 0 {
		return nil
	}
	end := time.Now().Add(m.config.Window)
	for len(records) < m.config.BatchSize && size < maxRequest {
		left := time.Until(end)
		if left <= 0 {
			break
		}
		more, added := m.receive(ctx, m.config.BatchSize-len(records), left)
		if len(more) == 0 {
			break
		}
		records, size = append(records, more...), size+added
	}
	return records
}

func (m *Mapping) receive(ctx context.Context, limit int, wait time.Duration) (records []record, size int) {
	got := m.source.Receive(ctx, sqs.ReceiveOptions{Max: limit, Wait: wait, Visibility: m.visibility})
	for _, r := range got {
		one := newRecord(r, m.source.ARN(), m.config.Region)
		records, size = append(records, one), size+len(one.json)
	}
	return records, size
}

// dispatch gives batches to the function; the first has a slot already. Batches of a FIFO queue that were received together
// go one after the other: they may share groups.
func (m *Mapping) dispatch(ctx context.Context, batches [][]record) {
	if m.fifo {
		m.start(ctx, batches)
		return
	}
	for i, batch := range batches {
		if i > 0 && !m.acquire(ctx) {
			m.giveBack(batch)
			continue
		}
		m.start(ctx, [][]record{batch})
	}
}

func (m *Mapping) start(ctx context.Context, batches [][]record) {
	m.work.Go(func() {
		defer func() { <-m.slots }()
		failed := map[string]bool{} // FIFO groups
		for _, batch := range batches {
			batch = withoutGroups(batch, failed)
			if len(batch) == 0 {
				continue
			}
			for _, r := range m.deliver(context.WithoutCancel(ctx), batch) {
				failed[r.group()] = m.fifo
			}
		}
	})
}

// deliver invokes the function, deletes what it dealt with and returns the rest, which stays invisible until its visibility
// timeout ends.
func (m *Mapping) deliver(ctx context.Context, batch []record) (left []record) {
	b := Batch{Event: event(batch)}
	b.Answer, b.Err = m.fn.Invoke(ctx, b.Event)
	var failed map[string]bool
	if b.Err == nil && m.config.ReportBatchItemFailures {
		failed, b.Malformed = readFailures(b.Answer, batch)
	}
	whole := b.Err != nil || b.Malformed != ""
	for _, r := range batch {
		b.Records = append(b.Records, r.Received)
		if whole || failed[r.MessageID] {
			b.Failed = append(b.Failed, r.MessageID)
			left = append(left, r)
			continue
		}
		_ = m.source.Delete(r.ReceiptHandle) // fails only if the queue has gone or the handle has expired, as on AWS
	}
	if m.config.Observe != nil {
		m.config.Observe(b)
	}
	return left
}

func (m *Mapping) giveBack(records []record) {
	for _, r := range records {
		_ = m.source.ChangeVisibility(r.ReceiptHandle, 0) // else its timeout does it
	}
}
