package demo

import (
	"fmt"
	"strings"
)

// logLines is how much of each function's log is shown when something differed.
const logLines = 40

// report prints the table and what differed.
func report(out *screen, results []result, logs journals) error {
	out.line("")
	table(out, results)
	var wrong []result
	for _, r := range results {
		if !r.ok() {
			wrong = append(wrong, r)
		}
	}
	if len(wrong) == 0 {
		out.line("\n%s", out.paint(green, fmt.Sprintf("All %d went as expected.", len(results))))
		out.line("Drive it with the AWS CLI, curl and messages of your own: make serve")
		return nil
	}
	out.line("\n%s", out.paint(bold, "What differed"))
	for _, r := range wrong {
		differed(out, r)
	}
	tails(out, logs)
	out.line("\nWhere to look: the functions are in functions; what a scene does is in internal/local/demo.")
	return fmt.Errorf("%d of %d %w", len(wrong), len(results), ErrDiffers)
}

// tails prints the end of each function's log.
func tails(out *screen, logs journals) {
	for _, name := range functionNames() {
		lines := logs[name].tail(logLines)
		if len(lines) == 0 {
			out.line("\nfunctions/%s wrote no log.", name)
			continue
		}
		out.line("\n%s", out.paint(bold, fmt.Sprintf("The end of the log of functions/%s, without metrics", name)))
		for _, line := range lines {
			out.line("   %s", line)
		}
	}
}

func differed(out *screen, r result) {
	out.line("\n%s", out.paint(red, r.name))
	out.line("   expected  %s", strings.Join(r.expect, ", "))
	if len(r.happened) > 0 {
		out.line("   happened  %s", strings.Join(r.happened, ", "))
	}
	if r.err != nil {
		out.line("   then      %s", strings.ReplaceAll(strings.TrimSpace(r.err.Error()), "\n", "\n             "))
	}
}
