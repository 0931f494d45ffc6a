package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"callback-completer/bench/function"
	"callback-completer/bench/states"
)

// Sample is what one process did in one round.
type Sample struct {
	Init        time.Duration
	First       time.Duration   // the first invocation
	Steady      []time.Duration // the others
	CPU         time.Duration   // for a thousand callbacks, in the steady invocations; 0 if there are none
	StartCPU    time.Duration   // until the first request for work
	PeakRSS     int64
	Connections int64
	Logged      float64 // bytes for a callback
	Tasks, Left int     // tasks handed out, and those given back
	Calls       int64
}

// rehearse runs every contender of the plan once and checks all that it sends, before anything is measured.
func (b *bench) rehearse(ctx context.Context, plan []scenario) error {
	done := map[string]bool{}
	for _, s := range plan {
		for _, key := range s.contenders {
			if done[s.kind+key] || s.Messages == 0 {
				continue
			}
			done[s.kind+key] = true
			s := s
			s.Messages, s.Size = min(s.Messages, 20), min(s.Size, 4*kb)
			e, err := s.event()
			if err != nil {
				return err
			}
			b.endpoint.Set(states.Behaviour{Strict: e.Check})
			if _, err := b.round(ctx, s, find(contenders(), key), e, 2); err != nil {
				return fmt.Errorf("rehearse %s: %w", key, err)
			}
		}
	}
	b.say("%d contenders do the same work: every signature and every result is right\n", len(done))
	return nil
}

// scenario measures its contenders by turns.
func (b *bench) scenario(ctx context.Context, s scenario) (*Scenario, error) {
	r := &Scenario{Name: s.Name, Title: s.Title, Messages: s.Messages, Size: s.Size, MemoryMB: s.MemoryMB, Latency: s.Latency}
	if s.MemoryMB != 0 && b.quota.root == "" {
		r.Skipped = "the caller may make no control group"
		return r, nil
	}
	var e event
	if s.Messages > 0 {
		var err error
		if e, err = s.event(); err != nil {
			return nil, err
		}
	}
	for _, key := range s.contenders {
		r.Contenders = append(r.Contenders, &Measured{Key: key, Title: find(contenders(), key).Title})
	}
	b.endpoint.Set(states.Behaviour{Latency: s.Latency, Throttle: s.Throttle})
	for round := range s.rounds {
		for i := range r.Contenders {
			m := r.Contenders[(i+round)%len(r.Contenders)] // nobody always comes after the same neighbour
			invocations := s.invocationsOf(m.Key, round)
			if invocations == 0 && s.Messages > 0 {
				continue
			}
			sample, err := b.round(ctx, s, find(contenders(), m.Key), e, invocations)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.Key, err)
			}
			m.Samples = append(m.Samples, sample)
		}
	}
	return r, nil
}

// rest is how long a process with a share of a processor is left alone after its start. The kernel lets it run ahead of its share
// for some milliseconds and has them back from what comes after: an invocation that follows at once pays for the start as well, which
// has a figure of its own.
const rest = 200 * time.Millisecond

// round runs one process of a contender through its invocations.
func (b *bench) round(ctx context.Context, s scenario, c contender, e event, invocations int) (sample Sample, err error) {
	memory, cgroup := fullMemoryMB, ""
	if s.MemoryMB != 0 {
		memory = s.MemoryMB
		if cgroup, err = b.quota.make(memory); err != nil {
			return sample, err
		}
		defer b.quota.remove(cgroup)
	}
	b.endpoint.Take()
	p, err := function.Start(ctx, b.program(c, strconv.Itoa(memory), cgroup, s.Messages > 0))
	if err != nil {
		return sample, err
	}
	defer p.Close()
	sample.Init = p.Init
	if sample.StartCPU, err = p.CPU(); err != nil || s.Messages == 0 {
		return sample, err
	}
	if cgroup != "" {
		time.Sleep(rest)
	}
	var from time.Duration
	started, logged, measured := time.Now(), p.Logged(), 0
	for i := range invocations {
		if i >= 2 && time.Since(started) > s.patience {
			break
		}
		elapsed, err := b.invoke(p, s, e, &sample)
		if err != nil {
			return sample, err
		}
		if i == 0 { // it has connections to make, and code to compile in other languages; the others are measured
			sample.First = elapsed
			if from, err = p.CPU(); err != nil {
				return sample, err
			}
			logged = p.Logged()
			continue
		}
		sample.Steady = append(sample.Steady, elapsed)
		measured += s.Messages
	}
	if measured > 0 {
		until, err := p.CPU()
		if err != nil {
			return sample, err
		}
		sample.CPU = (until - from) * 1000 / time.Duration(measured)
		sample.Logged = float64(p.Logged()-logged) / float64(measured)
	}
	sample.PeakRSS, err = p.PeakRSS()
	return sample, err
}

// invoke makes one invocation and checks that every task was completed or given back.
func (b *bench) invoke(p *function.Process, s scenario, e event, sample *Sample) (time.Duration, error) {
	first := b.sequence
	b.sequence += s.Messages
	payload, err := e.Next(first)
	if err != nil {
		return 0, err
	}
	b.endpoint.Expect(first, s.Messages)
	answer, elapsed, err := p.Invoke(payload)
	if err != nil {
		return 0, err
	}
	left, err := e.Left(answer)
	if err != nil {
		return 0, err
	}
	counts := b.endpoint.Take()
	sample.Connections += counts.Connections
	sample.Calls += counts.Calls
	sample.Tasks += s.Messages
	sample.Left += left
	switch fault := b.endpoint.Fault(); {
	case fault != nil:
		return 0, fault
	case counts.Completed+int64(left) != int64(s.Messages):
		return 0, fmt.Errorf("%d tasks of %d completed and %d given back\n%s", counts.Completed, s.Messages, left, p.Last())
	case left > 0 && s.Throttle == 0:
		return 0, fmt.Errorf("%d tasks given back\n%s", left, p.Last())
	case counts.Repeated > 0:
		return 0, errors.New("a task was completed twice")
	}
	return elapsed, nil
}

// Scenario is what came of a scenario.
type Scenario struct {
	Name, Title              string
	Messages, Size, MemoryMB int
	Latency                  time.Duration
	Skipped                  string // why it was not run
	Contenders               []*Measured
}

// Measured is what came of a contender.
type Measured struct {
	Key, Title string
	Samples    []Sample
}

// of returns a contender's figures; nil if it did not take part.
func (s *Scenario) of(key string) *Measured {
	i := slices.IndexFunc(s.Contenders, func(m *Measured) bool { return m.Key == key })
	if i < 0 {
		return nil
	}
	return s.Contenders[i]
}
