package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// bound is a ratio that even a busy machine keeps.
type bound struct {
	what  string
	value func(*Results) float64
	most  float64
}

func bounds() []bound {
	return []bound{
		{"1,000 × 1 KB at 5 ms: time, ours to (a)", against(thousandName, median, serialKey), 1.0 / 9},
		{"the same, ours to (g)", against(thousandName, median, handmadeKey), 1.5},
		{"CPU per callback, ours to (a)", against(thousandName, cpu, serialKey), 0.55},
		{"the same, ours to (g)", against(thousandName, cpu, handmadeKey), 2.2},
		{"init, ours to an empty function", against(startName, start, emptyKey), 3},
	}
}

// smoke measures little, and fails where a ratio is out of bounds. It tries once more before it does: a neighbour may
// have taken the processor.
func (b *bench) smoke(ctx context.Context) error {
	var mine []contender
	for _, c := range contenders() {
		if c.needsGoAlone() {
			mine = append(mine, c)
		}
	}
	if err := b.build(ctx, mine, false); err != nil {
		return err
	}
	var plan []scenario
	for _, s := range scenarios() {
		switch s.Name {
		case startName:
			s.contenders, s.rounds = []string{emptyKey, sqsKey}, 7
		case thousandName:
			s.contenders, s.rounds, s.invocations, s.patience = []string{sqsKey, serialKey, handmadeKey}, 1, 4, time.Second
		case jobName, webhookName:
			s.rounds, s.invocations = 1, 20
		default:
			continue
		}
		plan = append(plan, s)
	}
	if err := b.rehearse(ctx, plan); err != nil {
		return err
	}
	var err error
	for range 2 {
		if err = b.hold(ctx, plan); err == nil {
			return nil
		}
		b.say("\n%v\n", err)
	}
	return errors.New("twice: a ratio is worse than allowed")
}

func (b *bench) hold(ctx context.Context, plan []scenario) error {
	results := &Results{}
	for _, s := range plan {
		r, err := b.scenario(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		results.Scenarios = append(results.Scenarios, r)
		b.say("%s", r)
	}
	t, out := &table{head: []string{"ratio", "measured", "allowed"}}, 0
	for _, x := range bounds() {
		v := x.value(results)
		t.add(x.what, number(v)+"×", "≤ "+number(x.most)+"×")
		if math.IsNaN(v) || v > x.most {
			out++
		}
	}
	b.say("\n%s", t)
	if out > 0 {
		return fmt.Errorf("%d of %d ratios are worse than allowed", out, len(bounds()))
	}
	return nil
}
