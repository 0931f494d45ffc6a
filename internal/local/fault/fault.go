// Package fault decides which calls to the local stand-in go wrong, and how.
//
// Tests and `callback local` add rules; the protocol server asks the injector once for each call. The
// package only decides: the server carries the fault out.
package fault

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Kind names one way in which a call can go wrong.
type Kind string

const (
	// Throttle answers 400 ThrottlingException.
	Throttle Kind = "throttle"
	// ServerError answers 500 InternalFailure with a JSON body.
	ServerError Kind = "server-error"
	// HTMLError answers 503 with an HTML body and no error code, as a load balancer does.
	HTMLError Kind = "html-error"
	// KMSThrottling answers 400 KmsThrottlingException.
	KMSThrottling Kind = "kms-throttling"
	// KMSAccessDenied answers 400 KmsAccessDeniedException.
	KMSAccessDenied Kind = "kms-access-denied"
	// KMSInvalidState answers 400 KmsInvalidStateException.
	KMSInvalidState Kind = "kms-invalid-state"
	// AccessDenied answers 400 AccessDeniedException.
	AccessDenied Kind = "access-denied"
	// Reset closes the connection without an answer (TCP RST where the transport allows it).
	Reset Kind = "reset"
	// Slow waits Rule.Delay, then goes on as if nothing had happened.
	Slow Kind = "slow"
)

// Rule is one fault and the calls that it strikes.
type Rule struct {
	// Operation is the API operation, "SendTaskSuccess". A trailing "*" matches a prefix; empty matches all.
	Operation string
	Kind      Kind
	// Rate is the share of matching calls that are struck, 0 to 1. Ignored when Next is set.
	Rate float64
	// Next strikes the next N matching calls, then the rule is spent.
	Next int
	// Applied carries the operation out first and spoils only its answer.
	Applied bool
	// Delay is how long Slow waits.
	Delay time.Duration
}

// Injector holds the rules. The zero value injects nothing and is ready for use; it is safe for concurrent use.
type Injector struct {
	mu    sync.Mutex
	rules []*Rule
	draw  *rand.Rand
}

// New returns an injector whose rates are drawn from seed, so that a run can be repeated.
func New(seed uint64) *Injector {
	return &Injector{draw: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // repeatable test faults, not secrets
}

// Add puts a rule behind those already there.
func (i *Injector) Add(r Rule) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = append(i.rules, &r)
}

// Clear removes every rule.
func (i *Injector) Clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = nil
}

// Pick returns the fault for one call of operation, and whether there is one. The first rule that strikes wins.
func (i *Injector) Pick(operation string) (Rule, bool) {
	if i == nil {
		return Rule{}, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for n, r := range i.rules {
		if !r.matches(operation) {
			continue
		}
		if r.Next > 0 {
			r.Next--
			if r.Next == 0 {
				i.rules = append(i.rules[:n:n], i.rules[n+1:]...)
			}
			return *r, true
		}
		if r.Rate > 0 && i.float() < r.Rate {
			return *r, true
		}
	}
	return Rule{}, false
}

func (i *Injector) float() float64 {
	if i.draw == nil {
		return rand.Float64() //nolint:gosec // test faults, not secrets
	}
	return i.draw.Float64()
}

func (r *Rule) matches(operation string) bool {
	if prefix, ok := strings.CutSuffix(r.Operation, "*"); ok {
		return strings.HasPrefix(operation, prefix)
	}
	return r.Operation == "" || r.Operation == operation
}
