package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// table is a Markdown table. Its columns are padded, so that it reads well on a terminal too.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) String() string {
	w := &strings.Builder{}
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	line := func(cells []string) {
		for i, cell := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				fmt.Fprintf(w, "| %s%s |", cell, pad)
			} else {
				fmt.Fprintf(w, " %s%s |", pad, cell)
			}
		}
		fmt.Fprintln(w)
	}
	line(t.head)
	for i := range t.head {
		if i == 0 {
			fmt.Fprintf(w, "|%s|", strings.Repeat("-", width[i]+2))
		} else {
			fmt.Fprintf(w, "%s:|", strings.Repeat("-", width[i]+1))
		}
	}
	fmt.Fprintln(w)
	for _, row := range t.rows {
		line(row)
	}
	return w.String()
}

// number writes three significant digits.
func number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	default:
		return group(int(v + 0.5))
	}
}

// of writes the median and the range of the rounds.
func of(s spread) string {
	switch {
	case s.N == 0:
		return "–"
	case s.N == 1 || number(s.Least) == number(s.Greatest):
		return number(s.Median)
	default:
		return number(s.Median) + " (" + number(s.Least) + "–" + number(s.Greatest) + ")"
	}
}

// ratio compares with a contender's figure.
func ratio(own, other float64) string {
	if other == 0 {
		return "–"
	}
	return number(own/other) + "×"
}

// String is the scenario as a table with a heading.
func (s *Scenario) String() string {
	if s.Skipped != "" {
		return fmt.Sprintf("\n%s (%s): not run, %s\n", s.Title, s.Name, s.Skipped)
	}
	return fmt.Sprintf("\n%s (%s)\n\n%s", s.Title, s.Name, scenarioTable(s))
}

// scenarioTable has a row for each contender, and a first one that the others are compared with.
func scenarioTable(s *Scenario) *table {
	if s.Messages == 0 {
		t := &table{head: []string{"contender", "init ms", "CPU ms of it"}}
		for _, m := range s.Contenders {
			t.add(m.Title, of(m.init()), of(m.figures(func(s Sample) float64 { return ms(s.StartCPU) })))
		}
		return t
	}
	t := &table{head: []string{
		"contender", "init ms", "first ms", "p50 ms", "p99 ms", "CPU ms per 1,000", "× ours", "peak RSS MB", "connections", "calls per task", "given back",
	}}
	base := s.Contenders[0]
	for _, m := range s.Contenders {
		p50, p99 := of(m.p50()), number(m.p99())
		if len(m.Samples) > 0 && len(m.Samples[0].Steady) == 0 {
			p50, p99 = "–", "–"
		}
		t.add(m.Title, of(m.init()), of(m.first()), p50, p99, of(m.cpu()), ratio(m.cpu().Median, base.cpu().Median),
			number(m.rss().Median), number(m.connections().Median), number(m.calls().Median), fmt.Sprintf("%.2g %%", 100*m.left()))
	}
	return t
}
