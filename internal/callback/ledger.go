package callback

import (
	"context"
	"sync"
)

// Ledger remembers which result each task was seen to take. It holds digests only. A durable one may take the
// place of [MemoryLedger]; an error from it makes the callback a retry, never a guess.
type Ledger interface {
	// Delivered returns the digest of the result that the task took, and whether that is known.
	Delivered(ctx context.Context, token Digest) (result Digest, known bool, err error)
	// Record notes that Step Functions took the result. A failure loses evidence, not the callback.
	Record(ctx context.Context, token, result Digest) error
}

// MemoryLedgerSize is how many deliveries a [MemoryLedger] remembers: more than the largest SQS batch (10,000), so
// that a duplicate within one batch is always known. An entry takes about 100 bytes.
const MemoryLedgerSize = 16_384

// MemoryLedger is a Ledger that lives as long as the process and forgets the oldest entry when full. It is safe
// for concurrent use.
type MemoryLedger struct {
	mu      sync.Mutex
	results map[Digest]Digest
	order   []Digest // a ring once it is full
	next    int
}

var _ Ledger = (*MemoryLedger)(nil)

// NewMemoryLedger returns an empty ledger. Memory is taken as it fills.
func NewMemoryLedger() *MemoryLedger { return &MemoryLedger{results: map[Digest]Digest{}} }

// Delivered never fails.
func (l *MemoryLedger) Delivered(_ context.Context, token Digest) (Digest, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	result, ok := l.results[token]
	return result, ok, nil
}

// Record never fails. A task takes one result only, so the first one recorded stays.
func (l *MemoryLedger) Record(_ context.Context, token, result Digest) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.results[token]; ok {
		return nil
	}
	if len(l.order) < MemoryLedgerSize {
		l.order = append(l.order, token)
	} else {
		delete(l.results, l.order[l.next])
		l.order[l.next] = token
		l.next = (l.next + 1) % MemoryLedgerSize
	}
	l.results[token] = result
	return nil
}
