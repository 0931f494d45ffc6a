package conformance

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/conformance.md anew")

const (
	page      = "../../docs/conformance.md"
	pageBegin = "<!-- Written by `go test ./internal/conformance -run Page -update`. -->\n"
	pageEnd   = "<!-- End of what is written. -->\n"
)

// TestPage holds the page's tables to the suite's.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), pageBegin)
	_, after, ends := strings.Cut(rest, pageEnd)
	if !begins || !ends {
		t.Fatalf("%s has lost the lines between which its tables stand", page)
	}
	want := before + pageBegin + tables() + pageEnd + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("%s is not up to date: run go test ./internal/conformance -run Page -update (-want +got):\n%s", page, diff)
	}
}

// TestTable holds the rows to what a reader of the page needs.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range sections() {
		for _, row := range s.behaviours {
			switch {
			case row.name == "" || row.want == "":
				t.Errorf("%s: a row lacks name or want: %+v", s.file, row)
			case seen[row.name]:
				t.Errorf("%s: there are two rows %q", s.file, row.name)
			case row.moto == row.want || row.miniStack == row.want:
				t.Errorf("%s: row %q lists as a difference what is none", s.file, row.name)
			case lineOf(s.file, row.name) == 0:
				t.Errorf("%s: row %q cannot be found: its name must be a literal", s.file, row.name)
			}
			seen[row.name] = true
		}
	}
}

func tables() string {
	var out strings.Builder
	var rows, moto, miniStack int
	for _, s := range sections() {
		fmt.Fprintf(&out, "\n### %s\n\n| behaviour | AWS | stand-in | moto | MiniStack |\n|---|---|---|---|---|\n", s.title)
		for _, row := range s.behaviours {
			aws, standIn := fmt.Sprintf("%s<br>%s", literal(row.want), row.source), "same"
			if row.source == "" {
				aws, standIn = "not documented", literal(row.want)
			}
			fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", row.name, aws, standIn,
				difference(row, row.moto), difference(row, row.miniStack))
			rows++
			moto += count(row.moto)
			miniStack += count(row.miniStack)
		}
	}
	return fmt.Sprintf("\nOf %d behaviours, moto differs in %d and MiniStack in %d.\n", rows, moto, miniStack) + out.String() + "\n"
}

func count(difference string) int {
	if difference == "" || difference == notRun {
		return 0
	}
	return 1
}

// difference is a cell of an emulator. Where AWS documents nothing it is compared with the stand-in.
func difference(row behaviour, different string) string {
	switch {
	case different == notRun:
		return notRun
	case different != "":
		return literal(different)
	case row.source == "":
		return literal(row.want)
	default:
		return "same"
	}
}

func literal(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }
