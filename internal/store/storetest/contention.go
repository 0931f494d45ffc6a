package storetest

import (
	"errors"
	"strconv"
	"sync"
	"testing" //nolint:depguard // only tests call a suite

	"callback-completer/internal/approval"
)

const writers = 50

func number(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) }

// atOnce calls write as often as there are writers, all at the same time, and returns their errors.
func atOnce(write func(n int) error) []error {
	var (
		errs  = make([]error, writers)
		start = make(chan struct{})
		wg    sync.WaitGroup
	)
	for n := range writers {
		wg.Go(func() {
			<-start
			errs[n] = write(n)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// theWinner wants one nil, everywhere else the error, and returns where the nil is.
func (b bench) theWinner(errs []error, want error) int {
	b.Helper()
	winner := -1
	for n, err := range errs {
		switch {
		case err == nil && winner >= 0:
			b.Errorf("%d and %d both won", winner, n)
		case err == nil:
			winner = n
		case !errors.Is(err, want):
			b.Errorf("a loser is told %v, want %v", err, want)
		}
	}
	if winner < 0 {
		b.Fatal("nobody won")
	}
	return winner
}

func oneCreates(b bench) {
	r := record()
	winner := b.theWinner(atOnce(func(n int) error {
		mine := r
		mine.Progress = number(n)
		return b.Create(b.Context(), mine)
	}), approval.ErrExists)
	r.Progress, r.Revision = number(winner), 1
	b.holds(r)
}

// oneUpdates: of those who change a revision one wins, even where all of them want to write the same.
func oneUpdates(b bench) {
	for name, progress := range map[string]func(n int) []byte{
		"each its own": number,
		"all the same": func(int) []byte { return []byte("the same") },
	} {
		b.Run(name, func(t *testing.T) {
			b := bench{t, b.Store}
			r := b.create(record())
			for range 4 {
				winner := b.theWinner(atOnce(func(n int) error {
					mine := r
					mine.Progress = progress(n)
					revision, err := b.Update(b.Context(), mine)
					if err == nil && revision != r.Revision+1 {
						b.Errorf("the winner of revision %d gets %d", r.Revision, revision)
					}
					return err
				}), approval.ErrConflict)
				r.Progress, r.Revision = progress(winner), r.Revision+1
				b.holds(r)
			}
		})
	}
}
