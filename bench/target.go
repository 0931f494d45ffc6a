package main

import (
	"fmt"
	"math"
)

// target is a figure that must be reached, and one that is aimed at.
type target struct {
	figure     string
	value      func(*Results) float64 // NaN if it was not measured
	least, aim float64
	more       bool // the more the better
	unit       string
}

// standing tells how far a value is.
type standing string

const (
	aimed      standing = "aim"
	reached    standing = "reached"
	missed     standing = "missed"
	unmeasured standing = "not measured"
)

func (t target) standing(v float64) standing {
	least, aim := t.least, t.aim
	if t.more {
		v, least, aim = -v, -least, -aim
	}
	switch {
	case math.IsNaN(v):
		return unmeasured
	case v <= aim:
		return aimed
	case v <= least:
		return reached
	default:
		return missed
	}
}

func targets() []target {
	return []target{
		{"1,000 × 1 KB, 5 ms: time, (a) to ours", inverse(against(thousandName, median, serialKey)), 20, 28, true, "×"},
		{"the same, ours to (g)", against(thousandName, median, handmadeKey), 1.15, 0.95, false, "×"},
		{"CPU per callback, ours to (a)", against(thousandName, cpu, serialKey), 0.40, 0.25, false, "×"},
		{"CPU per callback, ours to (c) and (d)", against(thousandName, cpu, promiseKey, nodeToolsKey), 0.25, 0.15, false, "×"},
		{"CPU per callback, ours to (e) and (f)", against(thousandName, cpu, threadsKey, pythonToolsKey), 0.18, 0.11, false, "×"},
		{"CPU per callback, ours to (g)", against(thousandName, cpu, handmadeKey), 1.6, 1.1, false, "×"},
		{"100 KB outputs: CPU, ours to (a)", against(largeName, cpu, serialKey), 0.6, 0.4, false, "×"},
		{"init, ours to an empty aws-lambda-go function", against(startName, start, emptyKey), 1.9, 1.5, false, "×"},
		{"init, ours to (c)/(d) and (e)/(f)", against(startName, start, promiseKey, nodeToolsKey, threadsKey, pythonToolsKey), 0.08, 0.05, false, "×"},
		{"peak RSS, 1,000 × 1 KB", func(r *Results) float64 {
			return orNaN(r.scenario(thousandName).of(sqsKey).rss().Median)
		}, 45, 30, false, " MB"},
		{"bootstrap of functions/sqs, arm64, stripped", size(func(s Size) int64 { return s.Bytes }), 11, 9, false, " MB"},
		{"the same, zipped", size(func(s Size) int64 { return s.Zipped }), 4.5, 3.6, false, " MB"},
		{"CPU per callback, 10,000 in a batch to 1,000", func(r *Results) float64 {
			return orNaN(r.scenario(tenThousandName).of(sqsKey).cpu().Median / r.scenario(thousandName).of(sqsKey).cpu().Median)
		}, 1.1, 1.0, false, "×"},
		{"first invocation of ten messages at 128 MB, ours to (a)", against(smallName, first, serialKey), 1.0, 0.9, false, "×"},
	}
}

func median(m *Measured) float64 { return m.p50().Median }
func cpu(m *Measured) float64    { return m.cpu().Median }
func start(m *Measured) float64  { return m.init().Median }
func first(m *Measured) float64  { return m.first().Median }

// against divides ours by each of the contenders' figures and returns the worst of it.
func against(scenario string, of func(*Measured) float64, keys ...string) func(*Results) float64 {
	return func(r *Results) float64 {
		s, worst := r.scenario(scenario), math.NaN()
		for _, key := range keys {
			if v := orNaN(of(s.of(sqsKey)) / of(s.of(key))); !(v <= worst) { // true for a first worst, which is NaN
				worst = v
			}
		}
		return worst
	}
}

func inverse(value func(*Results) float64) func(*Results) float64 {
	return func(r *Results) float64 { return 1 / value(r) }
}

// size is in MB of 10^6 bytes.
func size(of func(Size) int64) func(*Results) float64 {
	return func(r *Results) float64 {
		for _, s := range r.Sizes {
			if s.Function == "functions/sqs" {
				return float64(of(s)) / 1e6
			}
		}
		return math.NaN()
	}
}

func orNaN(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

func targetTable(r *Results) *table {
	t := &table{head: []string{"figure", "measured", "at least", "aim", ""}}
	for _, x := range targets() {
		v := x.value(r)
		measured := "–"
		if !math.IsNaN(v) {
			measured = number(v) + x.unit
		}
		bound := "≤ "
		if x.more {
			bound = "≥ "
		}
		t.add(x.figure, measured, bound+fmt.Sprint(x.least)+x.unit, bound+fmt.Sprint(x.aim)+x.unit, string(x.standing(v)))
	}
	return t
}
