package notice_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

type channel func(ctx context.Context, n approval.Notice) error

func (c channel) Deliver(ctx context.Context, n approval.Notice) error { return c(ctx, n) }

// TestSeveral: all are tried at once, and those that fail are named.
func TestSeveral(t *testing.T) {
	t.Parallel()
	broken, denied := errors.New("broken"), errors.New("denied")
	panicking := channel(func(_ context.Context, n approval.Notice) error { panic("CANARY " + n.Link) })
	ending := func(err error) channel {
		return func(_ context.Context, n approval.Notice) error {
			time.Sleep(time.Second)
			if diff := cmp.Diff(sample(), n); diff != "" {
				t.Error(diff)
			}
			return err
		}
	}
	for _, tt := range []struct {
		name     string
		channels []approval.Channel
		is       []error
		want     string
	}{
		{"one", []approval.Channel{ending(nil)}, nil, ""},
		{"all succeed", []approval.Channel{ending(nil), ending(nil), ending(nil)}, nil, ""},
		{"none", nil, []error{notice.ErrNoChannel}, "there is no channel to deliver to"},
		{"one that fails", []approval.Channel{ending(broken)}, []error{broken}, "broken"},
		{
			"two of three fail",
			[]approval.Channel{ending(broken), ending(nil), ending(denied)},
			[]error{broken, denied},
			"channel 1 of 3: broken\nchannel 3 of 3: denied",
		},
		{"one panics", []approval.Channel{ending(nil), panicking}, nil, "channel 2 of 2: the channel panicked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := notice.Several(tt.channels...).Deliver(t.Context(), sample())
				if got := text(err); got != tt.want || time.Since(began) > time.Second {
					t.Errorf("%q after %v, want %q", got, time.Since(began), tt.want)
				}
				for _, is := range tt.is {
					if !errors.Is(err, is) {
						t.Errorf("%v is not %v", err, is)
					}
				}
			})
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
