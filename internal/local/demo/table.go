package demo

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// row is a row of the table. A cell may have several lines.
type row struct {
	style string
	cells [][]string
}

// table prints a row for each scene, one fact a line.
func table(out *screen, results []result) {
	cell := func(lines ...string) []string { return lines }
	rows := []row{{bold, [][]string{cell(""), cell("scene"), cell("expected"), cell("happened"), cell("ms")}}}
	for _, r := range results {
		style, mark := green, "ok"
		if !r.ok() {
			style, mark = red, "NO"
		}
		took := strconv.FormatInt(r.took.Milliseconds(), 10)
		rows = append(rows, row{style, [][]string{cell(mark), cell(r.name), r.expect, r.outcome(), cell(took)}})
	}
	widths := make([]int, len(rows[0].cells))
	for _, r := range rows {
		for i, lines := range r.cells {
			for _, text := range lines {
				widths[i] = max(widths[i], utf8.RuneCountInString(text))
			}
		}
	}
	for _, r := range rows {
		height := len(slices.MaxFunc(r.cells, func(a, b []string) int { return len(a) - len(b) }))
		for n := range height {
			out.line("%s", out.paint(r.style, r.line(n, widths)))
		}
	}
}

// line returns the nth line of a row. The last cell stands to the right.
func (r row) line(n int, widths []int) string {
	var b strings.Builder
	for i, lines := range r.cells {
		text := ""
		if n < len(lines) {
			text = lines[n]
		}
		fill := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
		if i == len(r.cells)-1 {
			b.WriteString(fill + text)
		} else {
			b.WriteString(text + fill + "  ")
		}
	}
	return strings.TrimRight(b.String(), " ")
}
