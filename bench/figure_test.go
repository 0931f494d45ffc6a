package main

import (
	"math"
	"testing"
	"time"
)

// results makes a run in which the median invocation and the processor time of each contender are the given ones.
func results(times map[string]time.Duration) *Results {
	s := &Scenario{Name: thousandName, Title: "t", Messages: 1000}
	for _, c := range contenders() {
		if d, ok := times[c.Key]; ok {
			s.Contenders = append(s.Contenders, &Measured{Key: c.Key, Title: c.Title, Samples: []Sample{
				{First: 9 * d, Steady: []time.Duration{d, 3 * d, d}, CPU: d}, {First: 9 * d, Steady: []time.Duration{d}, CPU: d},
			}})
		}
	}
	return &Results{Scenarios: []*Scenario{s}}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	r := results(map[string]time.Duration{sqsKey: 100 * ms, serialKey: 2500 * ms, promiseKey: 1000 * ms, nodeToolsKey: 500 * ms, handmadeKey: 120 * ms})
	want := map[string]struct {
		value float64
		is    standing
	}{
		"1,000 × 1 KB, 5 ms: time, (a) to ours":         {25, reached},
		"the same, ours to (g)":                         {100.0 / 120, aimed},
		"CPU per callback, ours to (a)":                 {0.04, aimed},
		"CPU per callback, ours to (c) and (d)":         {0.2, reached}, // the worst of the two
		"CPU per callback, ours to (e) and (f)":         {math.NaN(), unmeasured},
		"init, ours to an empty aws-lambda-go function": {math.NaN(), unmeasured},
	}
	seen := 0
	for _, x := range targets() {
		w, ok := want[x.figure]
		if !ok {
			continue
		}
		seen++
		v := x.value(r)
		if is := x.standing(v); is != w.is || math.Abs(v-w.value) > 1e-9 {
			t.Errorf("%s: %v is %s, want %v, %s", x.figure, v, is, w.value, w.is)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d targets exist", seen, len(want))
	}
	for _, tt := range []struct {
		v    float64
		more bool
		want standing
	}{{3, false, missed}, {2, false, reached}, {1, false, aimed}, {1, true, missed}, {2, true, reached}, {3, true, aimed}} {
		x := target{least: 2, aim: 1, more: tt.more}
		if tt.more {
			x.aim = 3
		}
		if got := x.standing(tt.v); got != tt.want {
			t.Errorf("%v, more %t: %s, want %s", tt.v, tt.more, got, tt.want)
		}
	}
}

// TestBounds: the smoke test fails by a figure that is not there, too.
func TestBounds(t *testing.T) {
	t.Parallel()
	for _, x := range bounds() {
		if v := x.value(&Results{}); !math.IsNaN(v) {
			t.Errorf("%s of nothing is %v", x.what, v)
		}
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	m := &Measured{Samples: []Sample{
		{Steady: []time.Duration{1e6, 2e6, 9e6}, CPU: 5e6, Tasks: 10, Left: 1, Calls: 12},
		{Steady: []time.Duration{4e6}, CPU: 1e6, Tasks: 10, Calls: 10},
		{Steady: []time.Duration{3e6}, CPU: 2e6, Tasks: 10, Calls: 10},
	}}
	if got := m.p50(); got != (spread{3, 2, 4, 3}) {
		t.Errorf("p50 %v", got)
	}
	if got := m.cpu(); got != (spread{2, 1, 5, 3}) {
		t.Errorf("CPU %v", got)
	}
	if got := m.p99(); got <= 8.5 || got > 9 {
		t.Errorf("p99 %v", got)
	}
	if got := m.left(); math.Abs(got-1.0/30) > 1e-9 {
		t.Errorf("left %v", got)
	}
	if got := (*Measured)(nil).cpu(); got.N != 0 {
		t.Errorf("of nobody: %v", got)
	}
	once := &Measured{Samples: []Sample{{First: 7e6}}}
	if got := once.p50().Median; got != 7 {
		t.Errorf("of one invocation: %v", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 0.126: "0.13", 9.99: "9.99", 12.34: "12.3", 999.6: "1,000", 1234567: "1,234,567", 100: "100"} {
		if got := number(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

// TestEveryScenarioIsPlannedOnce: the targets and the docs find scenarios by name.
func TestEveryScenarioIsPlannedOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range scenarios() {
		if seen[s.Name] {
			t.Errorf("%s is planned twice", s.Name)
		}
		seen[s.Name] = true
		for _, key := range s.contenders {
			if find(contenders(), key).Key != key {
				t.Errorf("%s: nobody is %q", s.Name, key)
			}
		}
		if len(s.contenders) == 0 || s.rounds == 0 {
			t.Errorf("%s measures nothing", s.Name)
		}
	}
	for _, name := range []string{startName, tenName, thousandName, largeName, tenThousandName, throttledName, jobName, webhookName, smallName} {
		if !seen[name] {
			t.Errorf("%s is not planned", name)
		}
	}
}
