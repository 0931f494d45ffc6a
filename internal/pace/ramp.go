package pace

import (
	"sync"
	"time"
)

// Stall is how long nothing may return before a [Ramp] admits more calls: what hangs must not hold up the rest.
const Stall = 250 * time.Millisecond

// small is a batch that is soon through: as large as a trigger's is unless somebody says otherwise.
const small = 10

// Ramp bounds the calls under way. It begins with one and admits more as calls return, up to Most.
//
// More calls at once cost more connections. So many are worth it as can be made in the time that the waiting calls would take on
// those there are; and one more if calls have waited for as long as it takes since the last one was made, for more may come behind
// them, or with the next batch. In a first batch that is small none is made while the process has no processor time left; it is for
// those after it to widen it. On a full processor all places are there after one or two round trips. With a share of 7 %,
// where making a connection takes as long as ten calls, a first batch of ten gets by with one or two, and those after it find one
// more now and then.
//
// How far it has come is remembered, as the connections are kept: for as long as an idle one may be trusted. It is safe for
// concurrent use.
type Ramp struct {
	most      int
	idle      time.Duration
	processor *Processor

	mu      sync.Mutex
	limit   int
	fresh   bool // nothing but the calls of a first batch was made
	flying  int
	waiting []chan struct{}

	dial   time.Duration // what making a connection took lately
	answer time.Duration // what a call on a connection took lately
	waited time.Duration // for how long calls have waited since the limit grew and the last connection was made
	since  time.Time     // up to when that is counted
	moved  time.Time     // when a call last returned or the limit last grew because none did
	peak   int           // calls under way at once since opened
	opened time.Time     // wall time
	left   time.Time     // wall time of the last call's end
}

// NewRamp returns a ramp for so many calls at once at most, whose connections are closed after being idle for so long. Without a
// processor there is always time left.
func NewRamp(most int, idle time.Duration, p *Processor) *Ramp {
	return &Ramp{most: max(most, 1), idle: idle, processor: p, limit: 1, fresh: true}
}

// Enter asks for a call to be made at now. If it may be, ready is nil. Otherwise ready is closed once it may be; who gives up
// before that calls [Ramp.GiveUp], who has waited for [Stall] calls [Ramp.Stalled] and waits on.
func (r *Ramp) Enter(now time.Time) (ready <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now.Round(0))
	if r.fresh && r.flying == 0 && len(r.waiting) == 0 {
		r.processor.start(now)
	}
	if r.flying < r.limit && len(r.waiting) == 0 {
		r.fly()
		return nil
	}
	if len(r.waiting) == 0 {
		r.since = now
	}
	turn := make(chan struct{})
	r.waiting = append(r.waiting, turn)
	return turn
}

// Leave tells that a call has ended at now. dial is how long it took to get its connection, 0 if there was one; answer is how
// long the call took on it.
func (r *Ramp) Leave(now time.Time, dial, answer time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if dial > 0 {
		r.dial = smooth(r.dial, dial)
	}
	r.answer = smooth(r.answer, answer)
	r.flying--
	r.moved, r.left = now, now.Round(0)
	if len(r.waiting) == 0 {
		r.fresh = r.fresh && r.flying > 0
		return
	}
	r.waited += now.Sub(r.since)
	r.since = now
	if dial > 0 {
		r.waited = 0
	}
	if more := r.worthMaking(); more > 0 && !(r.fresh && len(r.waiting) < small && r.processor.exhausted(now)) {
		r.limit, r.waited = min(r.limit+more, r.most), 0
	}
	r.admit()
}

// worthMaking returns for how many more connections there is work. On a busy processor they are made one after another.
func (r *Ramp) worthMaking() int {
	left := r.answer * time.Duration(len(r.waiting)) / time.Duration(r.limit)
	switch {
	case r.dial == 0:
		return len(r.waiting)
	case left < r.dial && r.waited > r.dial:
		return 1
	default:
		return int(left / r.dial)
	}
}

// Stalled tells that a call has waited for [Stall]. If nothing has returned for as long, twice as many are admitted.
func (r *Ramp) Stalled(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) == 0 || now.Sub(r.moved) < Stall {
		return
	}
	r.moved, r.limit, r.waited = now, min(2*r.limit, r.most), 0
	r.admit()
}

// GiveUp takes back an [Ramp.Enter] whose ready was not waited for. If the call may be made by now, its place goes to another.
func (r *Ramp) GiveUp(ready <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, turn := range r.waiting {
		if turn == ready {
			r.waiting = append(r.waiting[:i], r.waiting[i+1:]...)
			return
		}
	}
	r.flying--
	r.admit()
}

func (r *Ramp) admit() {
	for r.flying < r.limit && len(r.waiting) > 0 {
		close(r.waiting[0])
		r.waiting[0] = nil
		r.waiting = r.waiting[1:]
		r.fly()
	}
}

func (r *Ramp) fly() {
	r.flying++
	r.peak = max(r.peak, r.flying)
}

// forget brings the limit down to what there are connections for: to one after a pause that outlasts them, and otherwise to as
// many as were used since the last look. It goes by wall time: a function may be frozen in between.
func (r *Ramp) forget(wall time.Time) {
	switch {
	case r.opened.IsZero():
	case r.flying == 0 && len(r.waiting) == 0 && wall.Sub(r.left) >= r.idle:
		r.limit, r.fresh = 1, true
	case wall.Sub(r.opened) >= r.idle:
		r.limit = max(r.peak, 1)
	default:
		return
	}
	r.opened, r.peak, r.waited = wall, r.flying, 0
}

// smooth is the mean of the last value and those before it.
func smooth(before, last time.Duration) time.Duration {
	if before == 0 {
		return last
	}
	return (before + last) / 2
}
