package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Results are those of a run.
type Results struct {
	When      time.Time
	Took      time.Duration
	Commit    string
	CPU, Arch string
	CPUs      int
	Versions  []string
	Load      string // of the machine, before the run
	Rounds    int    // by -rounds, 0: as many as each scenario has
	Profile   string // of functions/sqs under batches of 1,000
	Sizes     []Size
	Scenarios []*Scenario
}

func (r *Results) save() error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, "results.json"), text, 0o600)
}

func lastResults() (*Results, error) {
	text, err := os.ReadFile(filepath.Join(folder, "results.json"))
	if err != nil {
		return nil, fmt.Errorf("read the last run's figures: %w", err)
	}
	r := &Results{}
	return r, json.Unmarshal(text, r)
}

// scenario returns a scenario; one without contenders if it is not there.
func (r *Results) scenario(name string) *Scenario {
	for _, s := range r.Scenarios {
		if s.Name == name {
			return s
		}
	}
	return &Scenario{Name: name, Skipped: "it was not run"}
}

// spread is a figure's median with the least and the greatest of the rounds.
type spread struct {
	Median, Least, Greatest float64
	N                       int
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	values = slices.Sorted(slices.Values(values))
	return spread{Median: quantile(values, 0.5), Least: values[0], Greatest: values[len(values)-1], N: len(values)}
}

// quantile takes sorted values.
func quantile(values []float64, q float64) float64 {
	at := q * float64(len(values)-1)
	i := int(at)
	if i+1 >= len(values) {
		return values[len(values)-1]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

func (m *Measured) figures(of func(Sample) float64) spread {
	if m == nil {
		return spread{}
	}
	var values []float64
	for _, s := range m.Samples {
		values = append(values, of(s))
	}
	return spreadOf(values)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The figures of a contender, times in milliseconds.

func (m *Measured) init() spread { return m.figures(func(s Sample) float64 { return ms(s.Init) }) }

func (m *Measured) first() spread { return m.figures(func(s Sample) float64 { return ms(s.First) }) }

// cpu is of the rounds that had a steady invocation.
func (m *Measured) cpu() spread {
	if m == nil {
		return spread{}
	}
	var values []float64
	for _, s := range m.Samples {
		if len(s.Steady) > 0 {
			values = append(values, ms(s.CPU))
		}
	}
	return spreadOf(values)
}

func (m *Measured) connections() spread {
	return m.figures(func(s Sample) float64 { return float64(s.Connections) })
}

// rss is in MB of 2^20 bytes.
func (m *Measured) rss() spread {
	return m.figures(func(s Sample) float64 { return float64(s.PeakRSS) / (1 << 20) })
}

func (m *Measured) calls() spread {
	return m.figures(func(s Sample) float64 { return float64(s.Calls) / float64(max(s.Tasks-s.Left, 1)) })
}

// left is the share of the tasks that were given back.
func (m *Measured) left() float64 {
	tasks, left := 0, 0
	for _, s := range m.Samples {
		tasks, left = tasks+s.Tasks, left+s.Left
	}
	return float64(left) / float64(max(tasks, 1))
}

// steady are the invocations after the first of every round, or the first ones if nothing else was measured.
func (m *Measured) steady() []float64 {
	if m == nil {
		return nil
	}
	var values []float64
	for _, s := range m.Samples {
		for _, d := range s.Steady {
			values = append(values, ms(d))
		}
	}
	if len(values) == 0 {
		for _, s := range m.Samples {
			values = append(values, ms(s.First))
		}
	}
	slices.Sort(values)
	return values
}

// p50 is the median of the rounds' medians, with their spread.
func (m *Measured) p50() spread {
	return m.figures(func(s Sample) float64 {
		one := Measured{Samples: []Sample{s}}
		return quantile(one.steady(), 0.5)
	})
}

func (m *Measured) p99() float64 {
	if values := m.steady(); len(values) > 0 {
		return quantile(values, 0.99)
	}
	return 0
}
