package callback

import "context"

// Settle sends what must be dead-lettered among reports, each the report of the delivery with its index; see
// [Delivery.Answered] for what need not be. Where the queue refuses, the report becomes a retry: an answer is
// acknowledged only once it is safe elsewhere.
func (s *Service) Settle(ctx context.Context, deliveries []Delivery, reports []Report) {
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
		r.Decision = Decision{Retry, CodeDeadLetterRefused, "The dead-letter queue did not take the payload."}
	}
}
