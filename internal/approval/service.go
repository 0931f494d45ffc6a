package approval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"callback-completer/internal/callback"
)

// Retention is how long a record is kept after its request expired, for those who look what was decided.
const Retention = 30 * 24 * time.Hour

const (
	// maxTurns is how often a change is tried when others change the record at the same time.
	maxTurns = 8
	// recordTime is how long the end of a call may take to be recorded, even if its caller has gone: what
	// Step Functions said cannot be asked again.
	recordTime = 3 * time.Second
)

// Service takes requests from the workflow that asks to the answer that completes it. It is safe for concurrent use.
type Service struct {
	Store     Store // nil if links are sealed
	Keys      *Keys // nil if links are stored. With both, new links are stored and both kinds are answered.
	Completer callback.Completer
	// Identities says that people can show who they are: the page is behind a login, or answers come from Slack. Without
	// it a request that demands it is refused, for nobody could ever answer it.
	Identities bool
	Now        func() time.Time
	Log        *slog.Logger
}

// item is a record that was opened with its link.
type item struct {
	link     Link
	record   Record
	request  Request
	progress progress
}

// open reads and opens a record. A record that the link does not open is as good as none, but somebody should know.
func (s *Service) open(ctx context.Context, link Link) (*item, error) {
	record, err := s.Store.Get(ctx, link.ID())
	if err != nil {
		return nil, err
	}
	i := &item{link: link, record: record}
	if err := i.unseal(); err != nil {
		s.Log.ErrorContext(ctx, "a record cannot be opened with its link; it was damaged or exchanged", "approvalId", record.ID)
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return i, nil
}

func (i *item) unseal() error {
	token, text, err := i.link.openRequest(i.record.Request)
	if err != nil {
		return err
	}
	if i.request, err = decodeRequest(text); err != nil {
		return errSealed
	}
	i.request.Token = token
	if len(i.record.Progress) == 0 {
		return nil
	}
	if text, err = i.link.openProgress(i.record.Progress); err != nil {
		return err
	}
	if i.progress, err = parseProgress(text); err != nil {
		return errSealed
	}
	return nil
}

func (i *item) stand(now time.Time) Standing {
	return stand(&i.request, i.record.State, &i.progress, now)
}

// save writes the item's progress, and what of it the store may know: whether the request is still open. What comes from
// a sealed link has no record to write.
func (s *Service) save(ctx context.Context, i *item) error {
	if i.link.Sealed() {
		return nil
	}
	text, err := json.Marshal(i.progress)
	if err != nil {
		return fmt.Errorf("encode the progress: %w", err)
	}
	if i.record.Progress, err = i.link.sealProgress(text); err != nil {
		return fmt.Errorf("seal the progress: %w", err)
	}
	if answer, _ := i.progress.answered(); answer != nil {
		i.record.State = Answered
	} else if i.record.State == Answered {
		i.record.State = Open // the answer that seemed to have closed the task turned out not to have
	}
	if at := i.progress.Closed; !at.IsZero() && at.Before(i.record.ExpiresAt) {
		i.record.ExpiresAt = at.UTC().Truncate(time.Millisecond) // nobody waits for it any more
	}
	i.record.Revision, err = s.Store.Update(ctx, i.record)
	return err
}

// change applies f to the newest record and saves it, and does so again if somebody else was faster.
func (s *Service) change(ctx context.Context, link Link, f func(*item)) (*item, error) {
	err := ErrConflict
	for turn := 0; turn < maxTurns && errors.Is(err, ErrConflict); turn++ {
		var i *item
		if i, err = s.open(ctx, link); err != nil {
			return nil, err
		}
		f(i)
		if err = s.save(ctx, i); err == nil {
			return i, nil
		}
	}
	return nil, err
}
