package pace

import "time"

// busy is the share of what the process may use of the processors above which nothing is gained by more calls at once.
const busy = 0.75

// Processor tells whether the process has processor time left, of so many processors: 0.07 on a function of 128 MB.
type Processor struct {
	Processors float64
	// Used returns the processor time that the process has used so far.
	Used func() (time.Duration, bool)

	since time.Time
	used  time.Duration
}

// start begins a period.
func (p *Processor) start(now time.Time) {
	if p != nil {
		p.since = now
		p.used, _ = p.Used()
	}
}

// exhausted tells whether the process has used what it may since the period began. Lambda gives a small function a processor for
// a few milliseconds out of some, so it is short of one all the time or not at all, whatever the moment.
func (p *Processor) exhausted(now time.Time) bool {
	if p == nil {
		return false
	}
	used, ok := p.Used()
	return ok && (used-p.used).Seconds() > busy*p.Processors*now.Sub(p.since).Seconds()
}
