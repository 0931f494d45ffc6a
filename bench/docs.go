package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	page     = "docs/performance.md"
	pictures = "docs/images"
)

// blocks are the generated parts of the page.
func blocks(r *Results) map[string]string {
	return map[string]string{
		"environment": environment(r), "targets": targetTable(r).String(), "sizes": sizes(r),
		"scenarios": scenarioTables(r), "curves": curves(r), "small": small(r), "costs": costs(r),
		"profile": "```\n" + strings.TrimSpace(r.Profile) + "\n```",
	}
}

// drawn are the pictures.
func drawn(r *Results) map[string]string {
	return map[string]string{"bench-batch.svg": barPicture(r), "bench-curve.svg": curvePicture(r)}
}

// write puts the figures between the page's markers and draws its pictures. The prose around them is written by hand.
func write(r *Results, say func(string, ...any)) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	filled := string(text)
	for name, block := range blocks(r) {
		if filled, err = fill(filled, name, block); err != nil {
			return err
		}
	}
	if err := os.WriteFile(page, []byte(filled), 0o644); err != nil { //nolint:gosec // a page of the docs
		return fmt.Errorf("write the page: %w", err)
	}
	if err := os.MkdirAll(pictures, 0o755); err != nil { //nolint:gosec // likewise
		return fmt.Errorf("make a folder: %w", err)
	}
	for name, svg := range drawn(r) {
		if err := os.WriteFile(filepath.Join(pictures, name), []byte(svg), 0o644); err != nil { //nolint:gosec // likewise
			return fmt.Errorf("write a picture: %w", err)
		}
	}
	say("\nwritten: %s and its pictures\n", page)
	return nil
}

// fill replaces what stands between the two markers of a name.
func fill(text, name, block string) (string, error) {
	begin, end := "<!-- bench:"+name+" -->\n", "<!-- /bench:"+name+" -->"
	before, rest, ok := strings.Cut(text, begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("%s has no place for %s, between %q and %q", page, name, strings.TrimSpace(begin), end)
	}
	return before + begin + "\n" + strings.TrimSpace(block) + "\n\n" + end + after, nil
}

func environment(r *Results) string {
	return fmt.Sprintf("Measured on %s, commit `%s`, in %v on %d processors (%s, %s) with %s. Load of the machine before the run: %s.",
		r.When.Format("2 January 2006"), r.Commit, r.Took, r.CPUs, r.CPU, r.Arch, strings.Join(r.Versions, ", "), r.Load)
}

func sizes(r *Results) string {
	t := &table{head: []string{"function", "bootstrap MB", "zipped MB"}}
	for _, s := range r.Sizes {
		t.add("`"+s.Function+"`", fmt.Sprintf("%.2f", float64(s.Bytes)/1e6), fmt.Sprintf("%.2f", float64(s.Zipped)/1e6))
	}
	return t.String()
}

// scenarioTables has the scenarios that are neither a curve nor about a small function.
func scenarioTables(r *Results) string {
	var b strings.Builder
	for _, s := range r.Scenarios {
		if len(s.Contenders) == 2 && s.of(sqsKey) != nil || s.MemoryMB != 0 {
			continue
		}
		title := s.Title
		if s.Messages == 0 {
			title = "Start: exec to the first request for work"
		}
		fmt.Fprintf(&b, "**%s**\n\n%s\n", strings.ToUpper(title[:1])+title[1:], scenarioTable(s))
	}
	return b.String()
}

// point is one of a curve.
type point struct {
	x     int
	s     *Scenario
	label string
}

// batches are the scenarios with 1 KB and 5 ms, by messages; outputs those with ten messages, by size.
func (r *Results) batches() []point {
	return r.points(thousandName, func(s *Scenario) (int, bool) { return s.Messages, s.Size == kb }, group)
}

func (r *Results) outputs() []point {
	return r.points(tenName, func(s *Scenario) (int, bool) { return s.Size / kb, s.Messages == 10 }, func(n int) string { return group(n) + " KB" })
}

func (r *Results) points(like string, x func(*Scenario) (int, bool), label func(int) string) []point {
	var list []point
	for _, s := range r.Scenarios {
		v, ok := x(s)
		if ok && s.Latency == r.scenario(like).Latency && s.MemoryMB == 0 && s.of(sqsKey) != nil && s.Name != throttledName {
			list = append(list, point{v, s, label(v)})
		}
	}
	sortPoints(list)
	return list
}

func curves(r *Results) string {
	var b strings.Builder
	for _, c := range []struct {
		title  string
		points []point
		per    func(*Scenario) float64
		unit   string
	}{
		{"messages of 1 KB", r.batches(), func(*Scenario) float64 { return 1 }, "CPU µs per callback"},
		{"output, in batches of ten", r.outputs(), func(s *Scenario) float64 { return float64(s.Size) / kb }, "CPU µs per KB"},
	} {
		t := &table{head: []string{c.title, "ours: " + c.unit, "(g): " + c.unit, "ours: p50 ms", "(g): p50 ms"}}
		for _, p := range c.points {
			own, other := p.s.of(sqsKey), p.s.of(handmadeKey)
			t.add(p.label, number(own.cpu().Median/c.per(p.s)), number(other.cpu().Median/c.per(p.s)), number(own.p50().Median), number(other.p50().Median))
		}
		fmt.Fprintf(&b, "%s\n", t)
	}
	return b.String()
}

func small(r *Results) string {
	s := r.scenario(smallName)
	if s.Skipped != "" {
		return "Not measured: " + s.Skipped + "."
	}
	t := &table{head: []string{"contender", "init ms", "first invocation ms", "connections"}}
	for _, m := range s.Contenders {
		t.add(m.Title, of(m.init()), of(m.first()), number(m.connections().Median))
	}
	return t.String()
}
