package pace_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"callback-completer/internal/pace"
)

// service admits what its bucket holds, and refuses a share of that at random.
type service struct {
	rate, size float64 // calls a second, and at once
	random     float64

	mu     sync.Mutex
	tokens float64
	filled time.Time
	draw   *rand.Rand
	seen   int
}

func newService(rate, size, tokens float64) *service {
	return &service{rate: rate, size: size, tokens: tokens, filled: time.Now(), draw: rand.New(rand.NewPCG(1, 1))}
}

func (s *service) admits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.tokens = min(s.size, s.tokens+now.Sub(s.filled).Seconds()*s.rate)
	s.filled = now
	s.seen++
	if s.draw.Float64() < s.random || s.tokens < 1 {
		return false
	}
	s.tokens--
	return true
}

// process delivers messages of a backlog by so many workers, as package sfn does: a refused call is made again after a
// pause that doubles. It returns when nothing is left, or at the end.
func process(g *pace.Governor, s *service, backlog *atomic.Int64, workers int, end time.Time) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for backlog.Add(-1) >= 0 {
				for pause := 200 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
					turn, wait, ok := g.Reserve(time.Now(), end)
					if !ok {
						backlog.Add(1)
						return
					}
					time.Sleep(wait + 5*time.Millisecond)
					admitted := s.admits()
					g.Done(time.Now(), turn, !admitted)
					if admitted {
						break
					}
					time.Sleep(time.Duration(rand.Int64N(int64(pause))))
				}
			}
		})
	}
	all.Wait()
}

// TestABacklogDrainsAtTheQuota lets processes deliver 20 times what the service admits in a second. Without a governor one
// process makes 1.5 calls a message to the first of these buckets, and five make 2.9.
func TestABacklogDrainsAtTheQuota(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		quota        int     // what the governor is told
		rate         float64 // what is
		size, tokens float64 // of the bucket, and in it
		random       float64
		processes    int
		least, most  float64 // of the rate, and calls a message
	}{
		{"the quota, a full bucket", 300, 300, 1500, 1500, 0, 1, 0.95, 1.1},
		{"the quota, a larger bucket", 500, 500, 3000, 3000, 0, 1, 0.95, 1.1},
		{"the quota, an empty bucket", 300, 300, 1500, 0, 0, 1, 0.95, 1.1},
		{"the quota, a small bucket", 300, 300, 300, 300, 0, 1, 0.95, 1.1},
		{"the quota, no bucket to speak of", 300, 300, 10, 0, 0, 1, 0.95, 1.1},
		{"a small quota", 100, 100, 500, 500, 0, 1, 0.95, 1.1},
		{"less than the quota", 500, 300, 1500, 1500, 0, 1, 0.95, 1.1},
		{"two processes", 300, 300, 1500, 1500, 0, 2, 0.8, 1.4},
		{"five processes", 300, 300, 1500, 1500, 0, 5, 0.7, 2.2},
		{"five processes, an empty bucket", 300, 300, 1500, 0, 0, 5, 0.6, 2.6},
		// What is random costs its share of calls, and hardly anything of the rate.
		{"10 % at random", 300, 3000, 15000, 15000, 0.1, 1, 0.85, 1.15},
		{"50 % at random", 300, 3000, 15000, 15000, 0.5, 1, 0.3, 2.1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newService(tt.rate, tt.size, tt.tokens)
				s.random = tt.random
				rate := min(tt.rate, float64(tt.quota))
				messages := int64(20 * rate)
				var backlog atomic.Int64
				backlog.Store(messages)
				begun := time.Now()
				var all sync.WaitGroup
				for range tt.processes {
					all.Go(func() { process(pace.NewGovernor(tt.quota), s, &backlog, 32, begun.Add(15*time.Minute)) })
				}
				all.Wait()
				drained, calls := float64(messages)/time.Since(begun).Seconds()/rate, float64(s.seen)/float64(messages)
				t.Logf("%.2f of the rate, %.3f calls a message", drained, calls)
				if drained < tt.least || calls > tt.most {
					t.Errorf("want %.2f and %.2f", tt.least, tt.most)
				}
			})
		})
	}
}

// TestTheRateComesBack after everything was refused for a while, and after nothing was sent for long.
func TestTheRateComesBack(t *testing.T) {
	t.Parallel()
	for name, pause := range map[string]time.Duration{"at once": 0, "after a pause": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, s := pace.NewGovernor(300), newService(300, 1500, 1500)
				deliver := func(messages int64, within time.Duration) time.Duration {
					var backlog atomic.Int64
					backlog.Store(messages)
					begun := time.Now()
					process(g, s, &backlog, 32, begun.Add(within))
					if left := backlog.Load(); left > 0 {
						t.Logf("%d messages are left", left)
					}
					return time.Since(begun)
				}
				s.random = 1
				begun := time.Now()
				stop := time.AfterFunc(20*time.Second, func() { s.mu.Lock(); s.random = 0; s.mu.Unlock() })
				defer stop.Stop()
				if took := deliver(32, time.Minute); took > 27*time.Second {
					t.Errorf("the outage of 20s took %v", took)
				}
				time.Sleep(pause)
				if took := deliver(6000, 2*time.Minute); took > 40*time.Second {
					t.Errorf("6,000 messages took %v, %v after the outage began", took, time.Since(begun))
				}
			})
		})
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	g := pace.NewGovernor(10)
	for i := range 50 {
		if _, wait, ok := g.Reserve(now, now.Add(time.Millisecond)); wait != 0 || !ok {
			t.Fatalf("call %d of a full bucket waits %v, ok %v", i, wait, ok)
		}
	}
	if _, wait, ok := g.Reserve(now, time.Time{}); wait != 100*time.Millisecond || !ok {
		t.Errorf("the first call beyond the bucket waits %v, ok %v, want 100ms", wait, ok)
	}
	if _, _, ok := g.Reserve(now, now.Add(200*time.Millisecond)); ok {
		t.Error("a call is admitted that would be made at the latest moment")
	}
	if _, wait, ok := g.Reserve(now, now.Add(201*time.Millisecond)); wait != 200*time.Millisecond || !ok {
		t.Errorf("the next call waits %v, ok %v, want 200ms: one that was refused takes no place", wait, ok)
	}
	g.Return()
	if _, wait, ok := g.Reserve(now, time.Time{}); wait != 200*time.Millisecond || !ok {
		t.Errorf("the call in place of one that was given back waits %v, ok %v, want 200ms", wait, ok)
	}
	if _, wait, ok := g.Reserve(now.Add(time.Second), time.Time{}); wait != 0 || !ok {
		t.Errorf("a second later a call waits %v, ok %v", wait, ok)
	}
}

func TestNoQuotaGovernsNothing(t *testing.T) {
	t.Parallel()
	g := pace.NewGovernor(0)
	now := time.Now()
	for range 10_000 {
		turn, wait, ok := g.Reserve(now, now)
		if wait != 0 || !ok {
			t.Fatalf("wait %v, ok %v", wait, ok)
		}
		g.Done(now, turn, true)
		g.Return()
	}
}

// TestAClockThatIsSetBack: the bucket fills again at once, and not only when the clock has caught up.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)
	g := pace.NewGovernor(10)
	for range 50 { // what it holds
		if _, wait, _ := g.Reserve(now, time.Time{}); wait > 0 {
			t.Fatalf("a full bucket makes wait %v", wait)
		}
	}
	now = now.Add(-time.Hour)
	g.Reserve(now, time.Time{})
	if _, wait, _ := g.Reserve(now.Add(time.Second), time.Time{}); wait > 0 {
		t.Errorf("after a second there is no turn for %v", wait)
	}
}
