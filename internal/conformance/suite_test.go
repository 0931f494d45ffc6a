package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// behaviour is one line of the table.
type behaviour struct {
	name    string
	observe func(bench) string // a short, stable text; what it cannot observe is fatal
	want    string             // of AWS, and of the stand-in
	source  string             // where AWS says so, in markdown; empty: AWS does not, the stand-in chooses

	// Where an emulator does something else. Empty: it does not.
	moto, miniStack string
}

// notRun is the observation of a backend that cannot be asked.
const notRun = "not run"

// section is a table of the page.
type section struct {
	title      string
	behaviours []behaviour
	file       string // that it was written in
}

func newSection(title string, behaviours ...behaviour) section {
	_, file, _, _ := runtime.Caller(1)
	return section{title: title, behaviours: behaviours, file: filepath.Base(file)}
}

func sections() []section {
	return []section{
		answers(), tokens(), outputs(), timeouts(), workflows(), integrations(), executions(),
		messages(), visibility(), batches(), fifo(), redrive(), queues(),
	}
}

// atOnce is how many behaviours a backend is asked for at the same time: most of them wait for a clock.
const atOnce = 12

// run asks the backend for every behaviour. It does not use t.Parallel, which is bound by the number of processors.
func run(t *testing.T, b *backend) {
	t.Helper()
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for _, s := range sections() {
		for _, want := range s.behaviours {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				t.Run(want.name, func(t *testing.T) {
					if got := want.observe(bench{t, b}); got != b.expected(want) {
						t.Error(b.disagreement(s, want, got))
					}
				})
			})
		}
	}
	wg.Wait()
}

// expected is what the table says of the backend.
func (b *backend) expected(row behaviour) string {
	if different := b.column(row); different != "" {
		return different
	}
	return row.want
}

// disagreement says what was observed and what to change.
func (b *backend) disagreement(s section, row behaviour, got string) string {
	where := fmt.Sprintf("%s:%d", s.file, lineOf(s.file, row.name))
	switch {
	case b.field == "":
		return fmt.Sprintf("%s: the stand-in does %q, AWS %q: mend the stand-in", where, got, row.want)
	case got == row.want:
		return fmt.Sprintf("%s: %s does what AWS does now, %q: remove %s: %q", where, b.name, got, b.field, b.column(row))
	default:
		return fmt.Sprintf("%s: %s does %q, expected %q: if that is no accident, set %s: %q",
			where, b.name, got, b.expected(row), b.field, got)
	}
}

// lineOf finds the line of a row; 0 if the source is not there.
func lineOf(file, name string) int {
	source, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	lines := strings.Split(string(source), "\n")
	return slices.IndexFunc(lines, func(line string) bool {
		return strings.Contains(line, "name:") && strings.Contains(line, fmt.Sprintf("%q,", name))
	}) + 1
}

func TestStandIn(t *testing.T) {
	t.Parallel()
	run(t, newStandIn(t))
}

func TestDisagreementSaysWhatToChange(t *testing.T) {
	t.Parallel()
	here := newSection("any")
	row := behaviour{name: "a line to be found", want: "A", moto: "B"}
	standIn := &backend{name: "the stand-in", column: func(behaviour) string { return "" }}
	moto := &backend{name: "moto", field: "moto", column: func(row behaviour) string { return row.moto }}
	line := lineOf("suite_test.go", row.name)
	tests := []struct {
		name string
		b    *backend
		got  string
		want string
	}{
		{"stand-in", standIn, "C", `the stand-in does "C", AWS "A": mend the stand-in`},
		{"difference gone", moto, "A", `moto does what AWS does now, "A": remove moto: "B"`},
		{"another difference", moto, "C", `moto does "C", expected "B": if that is no accident, set moto: "C"`},
	}
	for _, tt := range tests {
		want := fmt.Sprintf("suite_test.go:%d: %s", line, tt.want)
		if got := tt.b.disagreement(here, row, tt.got); got != want || line == 0 {
			t.Errorf("%s: %s, want %s", tt.name, got, want)
		}
	}
}
