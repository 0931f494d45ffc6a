package pace_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/pace"
)

// line makes calls through a ramp over connections that are kept, and counts those that it makes.
type line struct {
	ramp         *pace.Ramp
	dial, answer time.Duration

	mu           sync.Mutex
	idle, dialed int
	flying, peak int
}

// call is what package sfn does for an attempt.
func (l *line) call() {
	ready := l.ramp.Enter(time.Now())
	for ready != nil {
		select {
		case <-ready:
			ready = nil
		case <-time.After(pace.Stall):
			l.ramp.Stalled(time.Now())
		}
	}
	l.mu.Lock()
	l.flying++
	l.peak = max(l.peak, l.flying)
	var dial time.Duration
	if l.idle > 0 {
		l.idle--
	} else {
		l.dialed++
		dial = l.dial
	}
	l.mu.Unlock()
	time.Sleep(dial + l.answer)
	l.mu.Lock()
	l.flying--
	l.idle++
	l.mu.Unlock()
	l.ramp.Leave(time.Now(), dial, l.answer)
}

// batch makes so many calls by at most 32 callers and returns how many connections it made, how many calls were under way at
// once, and how long it took.
func (l *line) batch(calls int) (dialed, peak int, took time.Duration) {
	begun, before := time.Now(), l.dialed
	l.peak = 0
	next := make(chan struct{}, calls)
	for range calls {
		next <- struct{}{}
	}
	close(next)
	var callers sync.WaitGroup
	for range min(calls, 32) {
		callers.Go(func() {
			for range next {
				l.call()
			}
		})
	}
	callers.Wait()
	return l.dialed - before, l.peak, time.Since(begun)
}

const ms = time.Millisecond

func TestAFirstBatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		dial, answer time.Duration
		calls        int
		dialed       [2]int // at least, at most
		within       time.Duration
	}{
		{"one message", 10 * ms, 5 * ms, 1, [2]int{1, 1}, 15 * ms},
		{"ten messages on a full processor", 10 * ms, 5 * ms, 10, [2]int{3, 8}, 50 * ms},
		{"ten messages on 7 % of one", 100 * ms, 10 * ms, 10, [2]int{1, 2}, 200 * ms}, // as long as one after another
		{"a thousand messages", 10 * ms, 5 * ms, 1000, [2]int{24, 32}, 350 * ms},
		{"a thousand messages on 7 %", 100 * ms, 10 * ms, 1000, [2]int{8, 32}, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &line{ramp: pace.NewRamp(32, 20*time.Second, nil), dial: tt.dial, answer: tt.answer}
				dialed, _, took := l.batch(tt.calls)
				t.Logf("%d connections, %v", dialed, took)
				if dialed < tt.dialed[0] || dialed > tt.dialed[1] || took > tt.within {
					t.Errorf("%d connections in %v, want %v within %v", dialed, took, tt.dialed, tt.within)
				}
			})
		})
	}
}

// TestSmallBatchesWidenIt until each has a connection for all of its calls: that the next one has it cheap is worth a connection.
func TestSmallBatchesWidenIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{ramp: pace.NewRamp(32, 20*time.Second, nil), dial: 100 * ms, answer: 10 * ms}
		most := 0
		for range 150 {
			dialed, _, _ := l.batch(10)
			most = max(most, dialed)
			time.Sleep(time.Second)
		}
		if most > 2 {
			t.Errorf("a batch made %d connections", most)
		}
		if _, peak, took := l.batch(10); peak != 10 || took != 10*ms {
			t.Errorf("a warm batch has %d calls under way and takes %v, want 10 at once", peak, took)
		}
	})
}

func TestItForgetsConnectionsThatAreClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{ramp: pace.NewRamp(32, 20*time.Second, nil), dial: 10 * ms, answer: 5 * ms}
		l.batch(2000)
		if _, peak, _ := l.batch(32); peak != 32 {
			t.Fatalf("the ramp admits %d calls when warm", peak)
		}
		for range 5 { // four at once keep four connections
			time.Sleep(10 * time.Second)
			l.batch(4)
		}
		l.idle = 4
		if dialed, _, _ := l.batch(10); dialed > 4 {
			t.Errorf("%d connections at once after only four were used for a while", dialed)
		}
		time.Sleep(time.Minute)
		l.ramp.Enter(time.Now())
		if ready := l.ramp.Enter(time.Now()); ready == nil {
			t.Error("two calls at once after a minute without any")
		}
	})
}

// TestWhatHangsDoesNotHoldUpTheRest: an endpoint that answers nothing is found out by all callers before long.
func TestWhatHangsDoesNotHoldUpTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{ramp: pace.NewRamp(32, 20*time.Second, nil), answer: 5 * time.Second}
		begun := time.Now()
		for range 32 {
			go l.call()
		}
		time.Sleep(6 * pace.Stall)
		synctest.Wait()
		l.mu.Lock()
		flying := l.flying
		l.mu.Unlock()
		if flying != 32 {
			t.Errorf("%d calls are under way after %v", flying, time.Since(begun))
		}
		time.Sleep(10 * time.Second)
	})
}

func TestGiveUp(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	r := pace.NewRamp(1, time.Minute, nil)
	if ready := r.Enter(now); ready != nil {
		t.Fatal("the first call waits")
	}
	second, third, fourth := r.Enter(now), r.Enter(now), r.Enter(now)
	r.GiveUp(second) // while it waits
	r.Leave(now.Add(ms), 0, ms)
	select {
	case <-third:
	default:
		t.Fatal("the place of the first call was not given to the third")
	}
	r.GiveUp(third) // as it got its place
	select {
	case <-fourth:
	default:
		t.Fatal("the place that was given up went to nobody")
	}
	r.Leave(now.Add(2*ms), 0, ms)
	if ready := r.Enter(now.Add(3 * ms)); ready != nil {
		t.Error("places were lost")
	}
}

// TestNoProcessorTime: a first batch makes one connection while the process uses up its share of a processor, if it is small.
func TestNoProcessorTime(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		share  float64 // of the time that the process has a processor
		calls  int
		dialed [2]int // in the first batch, at least and at most
	}{
		"small":             {0.07, 10, [2]int{1, 1}},
		"small, much to do": {0.06, 10, [2]int{1, 1}},
		"time left":         {0.04, 10, [2]int{3, 9}},
		"large":             {0.07, 100, [2]int{10, 32}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				used := func() (time.Duration, bool) { return time.Duration(tt.share * float64(time.Since(begun))), true }
				l := &line{ramp: pace.NewRamp(32, 20*time.Second, &pace.Processor{Processors: 0.07, Used: used}), dial: 10 * ms, answer: 5 * ms}
				if dialed, _, _ := l.batch(tt.calls); dialed < tt.dialed[0] || dialed > tt.dialed[1] {
					t.Errorf("%d connections, want %v", dialed, tt.dialed)
				}
				if dialed, _, _ := l.batch(tt.calls); tt.dialed[1] == 1 && dialed == 0 {
					t.Error("the second batch makes none")
				}
			})
		})
	}
}
