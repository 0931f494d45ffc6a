package pace

import (
	"math"
	"sync"
	"time"
)

// The quota of Step Functions for each of the SendTask* calls is a bucket that holds five (1,500 at 300 a second) to six (3,000
// at 500 a second) times what flows in within a second.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
const bucket = 5 * time.Second

// How a Governor judges. Simulated in governor_test.go: with these a bucket that others have emptied, or that is smaller than
// said, costs a few calls in a hundred, and random refusals cost a few percent of the rate.
const (
	enoughCalls = 20                     // to tell a share of refusals; of a trial three times as many
	window      = 100 * time.Millisecond // in which they are counted at least
	longWindow  = time.Second            // after which fewer calls are enough
	fewCalls    = 5
	tolerated   = 0.04                   // share of refusals that changes nothing
	settle      = 500 * time.Millisecond // from a lower rate to its effect, other processes' reactions included
	hold        = time.Second            // for which a rate that fits is kept
	growth      = 0.2                    // of the rate, a second
	retest      = 10 * time.Second       // after which refusals that seemed random are looked into again
)

// Governor spaces calls to a quota. It is a bucket like the service's own: calls are free as long as it is full, so that a
// burst goes out at once, and after that come at the rate.
//
// The quota belongs to an account and region, and this process knows only what is refused to it. If refusals say that the bucket
// is empty, the governor slows down to what was let through. Then it looks whether that helped. If refusals went on as before
// they have nothing to do with the rate: it goes back to it, for slowing down at random refusals ends at a standstill. If they
// ended, it stays and grows slowly. Several governors at the same quota react to the same refusals at the same time, and so
// share it; their later tests begin together because they begin at round times of the wall clock.
//
// The zero rate governs nothing, and so does a nil Governor. It is safe for concurrent use.
type Governor struct {
	ceiling float64 // calls a second

	mu     sync.Mutex
	rate   float64
	tokens float64
	filled time.Time

	epoch  int // counts changes of the rate: what became of calls made before the last says nothing about it
	begun  time.Time
	last   time.Time     // of the outcomes counted
	active time.Duration // between outcomes, pauses left out
	calls  int
	thrown int // of the calls, those refused

	refused time.Time     // the last refusal
	since   int           // calls let through after it
	inflow  time.Duration // between refusals, in this window and the one before if that warned
	let     int           // calls let through in it

	warned bool // the last window was one of refusals
	trial  *trial
	random float64   // share of refusals that slowing down did not change
	until  time.Time // when that is looked into again
	grow   time.Time // from when the rate grows
}

// trial is what was before the rate was lowered to see whether it helps.
type trial struct {
	rate, tokens float64
	refused      float64   // share of refusals above which it did not help
	ripe         time.Time // from when outcomes are counted
}

// NewGovernor returns a governor for a quota of so many calls a second; nil, which governs nothing, if that is 0.
func NewGovernor(rate int) *Governor {
	if rate <= 0 {
		return nil
	}
	return &Governor{ceiling: float64(rate), rate: float64(rate), tokens: float64(rate) * bucket.Seconds()}
}

// Turn is a reserved call.
type Turn struct{ epoch int }

// Reserve reserves the next call and returns for how long it has to wait. If it could not be made before latest, unless that is
// zero, nothing is reserved and ok is false.
func (g *Governor) Reserve(now, latest time.Time) (t Turn, wait time.Duration, ok bool) {
	if g == nil {
		return Turn{}, 0, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fill(now)
	if g.tokens < 1 {
		wait = time.Duration((1 - g.tokens) / g.rate * float64(time.Second))
	}
	if !latest.IsZero() && !now.Add(wait).Before(latest) {
		return Turn{}, 0, false
	}
	g.tokens--
	return Turn{g.epoch}, wait, true
}

// Return gives a call back that was reserved and not made.
func (g *Governor) Return() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokens++
}

// Done tells that a call ended, and whether it was refused for the quota's sake.
func (g *Governor) Done(now time.Time, t Turn, refused bool) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fill(now)
	if t.epoch != g.epoch || g.trial != nil && now.Before(g.trial.ripe) {
		return
	}
	if g.begun.IsZero() { // the window opens with an outcome that is not counted
		g.begun, g.last = now, now
		if !g.warned {
			g.inflow, g.let = 0, 0
		}
		return
	}
	if pause := now.Sub(g.last); pause < max(window, seconds(3/g.rate)) {
		g.active += pause
	}
	g.last = now
	g.calls++
	g.count(now, refused)
	enough := enoughCalls
	if g.trial != nil {
		enough *= 3
	}
	if g.calls >= enough && g.active >= window || g.calls >= fewCalls && now.Sub(g.begun) >= longWindow {
		g.judge(now)
	}
}

// count keeps account of what is let through between refusals. The service's bucket is empty at both of them, so that is what
// flowed in, whether calls came all the time in between or not.
func (g *Governor) count(now time.Time, refused bool) {
	if !refused {
		g.since++
		return
	}
	g.thrown++
	if between := now.Sub(g.refused); !g.refused.IsZero() && between < longWindow { // after a longer one it may have been full
		g.inflow += between
		g.let += g.since
	}
	g.refused, g.since = now, 0
}

// judge ends a window.
func (g *Governor) judge(now time.Time) {
	share, let := float64(g.thrown)/float64(g.calls), math.Inf(1)
	if g.inflow > 0 {
		let = float64(g.let) / g.inflow.Seconds()
	}
	few := g.thrown < 3
	bearable := g.random + tolerated + 1.5*math.Sqrt(g.random*(1-g.random)/float64(g.calls)) // by chance now and then
	g.begun, g.active, g.calls, g.thrown = time.Time{}, 0, 0, 0
	if !now.Before(g.until) {
		g.random, bearable = 0, tolerated
	}
	switch before := g.trial; {
	case before != nil:
		g.trial = nil
		if share <= tolerated || share <= before.refused {
			g.grow = now.Add(hold)
			return
		}
		g.random, g.until = share, now.Truncate(retest).Add(retest)
		g.change(before.rate, before.tokens)
	// Who is let through faster than the quota meets no empty bucket.
	case share <= bearable || few || let > 1.25*g.ceiling:
		g.warned = false
	// The bucket may have run empty within the window: only the next one tells what is let through.
	case !g.warned:
		g.warned = true
	default:
		g.warned = false
		lower := min(g.rate, max(let, g.rate/10))
		expected := max(0, 1-let/lower) // of an empty bucket; refusals at random stay as they are
		g.trial = &trial{g.rate, max(g.tokens, 0), (expected + share) / 2, now.Add(settle)}
		g.change(lower, min(g.tokens, 0))
	}
}

func (g *Governor) change(rate, tokens float64) {
	g.rate, g.tokens = min(max(rate, g.ceiling/50, 1), g.ceiling), tokens
	g.epoch++
	g.refused = time.Time{}
}

// fill lets the time since the last look flow in, and the rate grow. It goes by wall time: a function may be frozen in between.
func (g *Governor) fill(now time.Time) {
	if g.filled.IsZero() || g.filled.Sub(now) > time.Second { // the clock was set back; callers pass each other by less
		g.filled = now.Round(0)
	}
	passed := now.Sub(g.filled).Seconds()
	if passed <= 0 {
		return
	}
	g.filled = now.Round(0)
	g.tokens = min(g.tokens+passed*g.rate, g.rate*bucket.Seconds())
	if g.trial != nil && now.After(g.trial.ripe.Add(retest)) { // nothing was sent that could have told
		g.trial = nil
	}
	if g.trial == nil && now.After(g.grow) {
		g.rate = min(g.ceiling, g.rate+passed*(growth*g.rate+g.ceiling/100))
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
