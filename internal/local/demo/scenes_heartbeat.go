package demo

import (
	"context"
	"time"
)

// The heartbeats of a state with HeartbeatSeconds 2: often enough, and for longer than it waits without one.
const (
	heartbeatLimit = 2 * time.Second
	beatEvery      = 500 * time.Millisecond
	heartbeats     = 5
)

// playHeartbeat plays once more when this machine was too busy to send the heartbeats in time: then the workflow is right
// to fail.
func playHeartbeat(ctx context.Context, s *stage) ([]string, error) {
	const attempts = 3
	for attempt := 1; ; attempt++ {
		facts, longest, err := s.keepAlive(ctx)
		if err != nil || longest < heartbeatLimit || attempt == attempts {
			return facts, err
		}
		s.say("this machine took %v for a heartbeat, which is too long; once more", longest.Round(time.Millisecond))
	}
}

// keepAlive sends heartbeats to a workflow and then its answer. It also returns the longest pause between them, the time
// that sending took included.
func (s *stage) keepAlive(ctx context.Context) (facts []string, longest time.Duration, err error) {
	last := time.Now()
	t, err := s.ask(ctx, "heartbeat")
	if err != nil {
		return nil, 0, err
	}
	facts = []string{t.waits}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for range heartbeats {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return facts, 0, context.Cause(ctx)
		}
		if _, err := s.answer(ctx, t.token, `"outcome":"heartbeat"`); err != nil {
			return facts, 0, err
		}
		longest, last = max(longest, time.Since(last)), time.Now()
	}
	status, err := s.status(t.execution)
	if err != nil {
		return facts, 0, err
	}
	facts = append(facts, string(status)+" after HeartbeatSeconds")
	if _, err := s.answer(ctx, t.token, `"output":{"done":true}`); err != nil {
		return facts, 0, err
	}
	longest = max(longest, time.Since(last))
	e, err := s.end(ctx, t.execution)
	return append(facts, string(e.Status)), longest, err
}
