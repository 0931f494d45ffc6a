package demo

import (
	"fmt"
	"strings"
)

// logLines is how much of the function's log is shown when something differed.
const logLines = 40

// report prints the table and what differed.
func report(out *screen, results []result, log *journal) error {
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
		out.line("Drive it with the AWS CLI and messages of your own: make serve")
		return nil
	}
	out.line("\n%s", out.paint(bold, "What differed"))
	for _, r := range wrong {
		differed(out, r)
	}
	if lines := log.tail(logLines); len(lines) > 0 {
		out.line("\n%s", out.paint(bold, fmt.Sprintf("The function's log (the last %d lines, without metrics)", len(lines))))
		for _, line := range lines {
			out.line("   %s", line)
		}
	} else {
		out.line("\nThe function wrote no log.")
	}
	out.line("\nWhere to look: the function is functions/sqs; what a scene does is in internal/local/demo.")
	return fmt.Errorf("%d of %d %w", len(wrong), len(results), ErrDiffers)
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
