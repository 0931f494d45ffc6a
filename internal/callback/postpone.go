package callback

import (
	"context"
	"encoding/hex"
)

// postponed are the callbacks of a payload that are to be tried again. A report refers to it by a pointer, which
// package fmt does not follow: it holds outputs.
type postponed struct {
	callbacks []Callback
	rest      *ending // of the other callbacks, the one that needs the most attention
}

func (p *postponed) add(c Callback, e ending) {
	switch {
	case e.Verdict == Retry:
		p.callbacks = append(p.callbacks, c)
	case p.rest == nil || e.Verdict.outranks(p.rest.Verdict):
		p.rest = &e
	}
}

// postpone puts a payload's postponed callbacks on the queue. If it takes them all, the payload's verdict is Retry
// only as long as no other callback of it must be dead-lettered. If it does not, whoever sent the payload keeps it;
// what was put already then completes its task once and is a duplicate or closed the second time.
func (s *Service) postpone(ctx context.Context, d Delivery, r *Report) {
	later := r.postponed
	r.postponed = nil
	for i := range later.callbacks {
		c := &later.callbacks[i]
		task := c.Token.Digest()
		if err := s.Queue.Put(ctx, string(c.canonical()), hex.EncodeToString(task[:])); err != nil {
			s.Log.ErrorContext(ctx, "the callback queue refused a callback; its sender must send it again",
				"sourceId", d.SourceID, "reason", r.Code, "error", err)
			return
		}
	}
	r.Queued = true
	if later.rest != nil && later.rest.Verdict.DeadLettered() {
		r.end(*later.rest)
		r.FailedAt = s.Now()
	}
}
