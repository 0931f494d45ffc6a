package notice

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"callback-completer/internal/approval"
)

// ErrNoChannel means that a notice would reach nobody.
var ErrNoChannel = errors.New("there is no channel to deliver to")

// Several is the channels as one. They are used at once, and all must succeed: the error names each one that failed, by
// its place in the list. What another channel has delivered by then stays delivered.
func Several(channels ...approval.Channel) approval.Channel { return several(channels) }

type several []approval.Channel

func (s several) Deliver(ctx context.Context, n approval.Notice) error {
	if len(s) == 0 {
		return ErrNoChannel
	}
	errs := make([]error, len(s))
	var calls sync.WaitGroup
	for i, channel := range s {
		calls.Go(func() { errs[i] = deliver(ctx, channel, n) })
	}
	calls.Wait()
	for i, err := range errs {
		if err != nil && len(s) > 1 {
			errs[i] = fmt.Errorf("channel %d of %d: %w", i+1, len(s), err)
		}
	}
	return errors.Join(errs...)
}

// deliver turns a panic into an error: in a goroutine of its own it would end the process, and with it the other deliveries.
func deliver(ctx context.Context, channel approval.Channel, n approval.Notice) (err error) {
	defer func() {
		if recover() != nil { // what it says may quote the notice
			err = errors.New("the channel panicked")
		}
	}()
	return channel.Deliver(ctx, n)
}
