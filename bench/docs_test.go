package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// whole makes a run in which everybody took part in everything.
func whole() *Results {
	r := &Results{When: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), Sizes: []Size{{"functions/sqs", 9e6, 4e6}}, Load: "0.1", Profile: "1s main.main"}
	for _, s := range scenarios() {
		out := &Scenario{Name: s.Name, Title: s.Title, Messages: s.Messages, Size: s.Size, MemoryMB: s.MemoryMB, Latency: s.Latency}
		for i, key := range s.contenders {
			d := time.Duration(i+1) * 1234567 * time.Duration(max(s.Messages, 1))
			out.Contenders = append(out.Contenders, &Measured{Key: key, Title: find(contenders(), key).Title, Samples: []Sample{
				{Init: d, First: d, Steady: []time.Duration{d, d}, CPU: d, PeakRSS: 1 << 24, Connections: 3, Logged: 100, Tasks: 2, Calls: 2},
			}})
		}
		r.Scenarios = append(r.Scenarios, out)
	}
	return r
}

// TestThePageHasAPlaceForEveryFigure: what write fills in stands in the page, each once, and can be filled again.
func TestThePageHasAPlaceForEveryFigure(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", page))
	if err != nil {
		t.Fatal(err)
	}
	filled := string(text)
	for range 2 {
		for name, block := range blocks(whole()) {
			if strings.TrimSpace(block) == "" || strings.Contains(block, "NaN") || strings.Contains(block, "Inf") {
				t.Errorf("%s: %q", name, block)
			}
			if filled, err = fill(filled, name, block); err != nil {
				t.Fatal(err)
			}
			if strings.Count(filled, strings.TrimSpace(block)) != 1 {
				t.Errorf("%s is not there once", name)
			}
		}
	}
	if n := strings.Count(filled, "<!-- bench:"); n != len(blocks(whole())) {
		t.Errorf("%d places for %d blocks", n, len(blocks(whole())))
	}
	if _, err := fill(filled, "nobody", "x"); err == nil {
		t.Error("a block without a place is dropped")
	}
}

// TestAPoorRun: a run without control groups, or of a few scenarios, gives a page that says so.
func TestAPoorRun(t *testing.T) {
	t.Parallel()
	r := whole()
	for _, s := range r.Scenarios {
		if s.MemoryMB != 0 {
			s.Contenders, s.Skipped = nil, "the caller may make no control group"
		}
	}
	got := blocks(r)
	for _, name := range []string{"small", "costs"} {
		if !strings.HasPrefix(got[name], "Not measured") {
			t.Errorf("%s: %s", name, got[name])
		}
	}
	if !strings.Contains(got["targets"], string(unmeasured)) {
		t.Errorf("no target is missing:\n%s", got["targets"])
	}
	blocks(&Results{}) // nothing at all
}

func TestPicturesAreXML(t *testing.T) {
	t.Parallel()
	for name, svg := range drawn(whole()) {
		decoder, shapes := xml.NewDecoder(strings.NewReader(svg)), 0
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "rect" || e.Name.Local == "polyline") {
				shapes++
			}
		}
		if shapes < 4 {
			t.Errorf("%s has %d shapes", name, shapes)
		}
		if !strings.Contains(svg, "prefers-color-scheme: dark") || strings.Contains(svg, "NaN") {
			t.Errorf("%s is for light pages only, or lacks a figure", name)
		}
	}
}

// TestCost: an invocation of 4.2 ms is billed as 5, with 256 MB for 10 messages.
func TestCost(t *testing.T) {
	t.Parallel()
	m := &Measured{Samples: []Sample{{Steady: []time.Duration{4200 * time.Microsecond}, Logged: 200}}}
	got, ok := costOf(&Scenario{Messages: 10, MemoryMB: 256, Contenders: []*Measured{m}}, m)
	want := cost{compute: 100_000 * 0.005 * 0.25 * 0.0000133334, invocations: 0.02, logs: 0.1}
	if !ok || !near(got.compute, want.compute) || !near(got.invocations, want.invocations) || !near(got.logs, want.logs) {
		t.Errorf("%+v %t, want %+v", got, ok, want)
	}
	if _, ok := costOf(&Scenario{Messages: 10}, nil); ok {
		t.Error("nobody has a cost")
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// TestTheModelHasTheTemplatesDefault holds the cost model to the memory that a deployment gets.
func TestTheModelHasTheTemplatesDefault(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^  FunctionMemory:\n    Type: Number\n    Default: (\d+)$`).FindSubmatch(text)
	if found == nil || string(found[1]) != strconv.Itoa(defaultMemoryMB) {
		t.Errorf("the template's default is %s MB, the model's %d", found, defaultMemoryMB)
	}
}
