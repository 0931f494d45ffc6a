package callback

import "context"

// Settle puts what is to be tried again on the callback queue, see [Delivery.Deferred], and sends what must be
// dead-lettered, see [Delivery.Answered]. Each report is that of the delivery with its index. Where the dead-letter
// queue refuses, the report becomes a retry: an answer is acknowledged only once it is safe elsewhere.
func (s *Service) Settle(ctx context.Context, deliveries []Delivery, reports []Report) {
	for i := range reports {
		if reports[i].postponed != nil {
			s.postpone(ctx, deliveries[i], &reports[i])
		}
	}
	s.bury(ctx, deliveries, reports)
}

func (s *Service) bury(ctx context.Context, deliveries []Delivery, reports []Report) {
	var letters []DeadLetter
	var owners []int
	for i, r := range reports {
		if !r.Verdict.DeadLettered() || deliveries[i].Answered && r.Verdict != Unconfirmed {
			continue
		}
		letters = append(letters, DeadLetter{
			Delivery: deliveries[i], Decision: r.Decision,
			Mapping: r.Mapping, Fingerprint: r.Fingerprint, FailedAt: r.FailedAt,
		})
		owners = append(owners, i)
	}
	if len(letters) == 0 {
		return
	}
	for n, err := range s.DeadLetters.Send(ctx, letters) {
		if err == nil {
			continue
		}
		r := &reports[owners[n]]
		s.Log.ErrorContext(ctx, "the dead-letter queue refused a payload; it stays where it is",
			"sourceId", deliveries[owners[n]].SourceID, "reason", r.Code, "error", err)
		r.Queued = false
		r.Decision = Decision{Retry, CodeDeadLetterRefused, "The dead-letter queue did not take the payload."}
	}
}
