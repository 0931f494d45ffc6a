package main

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

func sortPoints(list []point) {
	slices.SortFunc(list, func(a, b point) int { return cmp.Compare(a.x, b.x) })
}

// style makes the pictures legible on a light and on a dark page.
const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
.ours { fill: #1a7f37 } .other { fill: #8c959f } .axis { stroke: #d1d9e0; stroke-width: 1 }
.line { fill: none; stroke-width: 2.5 } .line.own { stroke: #1a7f37 } .line.them { stroke: #8c959f; stroke-dasharray: 6 4 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .note { fill: #9198a1 } .ours { fill: #3fb950 } .other { fill: #656c76 } .axis { stroke: #3d444d }
.line.own { stroke: #3fb950 } .line.them { stroke: #9198a1 } }
</style>
`

func picture(width, height int, title string, body string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">
%s%s</svg>
`, width, height, width, height, html.EscapeString(title), style, body)
}

// barPicture compares the contenders with 1,000 messages of 1 KB: time and processor time.
func barPicture(r *Results) string {
	const (
		left, bar, wide, row = 220, 330, 900, 26
	)
	s := r.scenario(thousandName)
	var b strings.Builder
	height := 20
	for _, panel := range []struct {
		title string
		value func(*Measured) float64
		unit  string
	}{
		{"1,000 callbacks of 1 KB, 5 ms each: time of an invocation", median, " ms"},
		{"Processor time of 1,000 callbacks", cpu, " ms"},
	} {
		height += 22
		fmt.Fprintf(&b, "<text class=\"title\" x=\"16\" y=\"%d\">%s</text>\n", height, html.EscapeString(panel.title))
		height += 12
		most := 0.0
		for _, m := range s.Contenders {
			most = max(most, panel.value(m))
		}
		base := panel.value(s.of(sqsKey))
		for _, m := range s.Contenders {
			v, class := panel.value(m), "other"
			if m.Key == sqsKey {
				class = "ours"
			}
			length := max(v/most*(bar+100), 2)
			fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left-8, height+14, html.EscapeString(m.Title))
			fmt.Fprintf(&b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" rx=\"3\"/>\n", class, left, height, length)
			fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%d\">%s%s<tspan class=\"note\">  %s</tspan></text>\n",
				left+length+8, height+14, number(v), panel.unit, ratio(v, base))
			height += row
		}
	}
	return picture(wide, height+12, "Time and processor time of 1,000 callbacks beside other ways to make them", b.String())
}

// curvePicture shows that the cost of a callback does not grow with the batch, nor that of a kilobyte with the output.
func curvePicture(r *Results) string {
	const (
		wide, high, plotWide, plotHigh = 900, 300, 350, 190
	)
	var b strings.Builder
	panel := func(x0 int, title string, points []point, per func(*Scenario) float64) {
		fmt.Fprintf(&b, "<text class=\"title\" x=\"%d\" y=\"28\">%s</text>\n", x0, html.EscapeString(title))
		most := 0.0
		for _, p := range points {
			for _, key := range []string{sqsKey, handmadeKey} {
				most = max(most, p.s.of(key).cpu().Median/per(p.s))
			}
		}
		if len(points) < 2 || most == 0 {
			return
		}
		at := func(i int, v float64) (float64, float64) {
			return float64(x0) + 40 + float64(i)*(plotWide-40)/float64(len(points)-1), 240 - v/most*plotHigh
		}
		for i := range 5 {
			v := most * float64(i) / 4
			_, y := at(0, v)
			fmt.Fprintf(&b, "<line class=\"axis\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", x0+40, y, x0+plotWide, y)
			fmt.Fprintf(&b, "<text class=\"note\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", x0+34, y+4, number(math.Round(v)))
		}
		for _, line := range []struct{ key, class, name string }{{handmadeKey, "them", "(g)"}, {sqsKey, "own", "callback-completer"}} {
			var path []string
			for i, p := range points {
				x, y := at(i, p.s.of(line.key).cpu().Median/per(p.s))
				path = append(path, fmt.Sprintf("%.1f,%.1f", x, y))
			}
			fmt.Fprintf(&b, "<polyline class=\"line %s\" points=\"%s\"/>\n", line.class, strings.Join(path, " "))
		}
		for i, p := range points {
			x, _ := at(i, 0)
			fmt.Fprintf(&b, "<text class=\"note\" x=\"%.1f\" y=\"258\" text-anchor=\"middle\">%s</text>\n", x, p.label)
		}
	}
	panel(16, "CPU µs per callback, by messages in a batch", r.batches(), func(*Scenario) float64 { return 1 })
	panel(466, "CPU µs per KB, by output, batches of ten", r.outputs(), func(s *Scenario) float64 { return float64(s.Size) / kb })
	b.WriteString("<line class=\"line own\" x1=\"56\" y1=\"282\" x2=\"86\" y2=\"282\"/><text x=\"94\" y=\"286\">callback-completer</text>\n" +
		"<line class=\"line them\" x1=\"256\" y1=\"282\" x2=\"286\" y2=\"282\"/><text x=\"294\" y=\"286\">(g) Go, hand-made client</text>\n")
	return picture(wide, high, "Processor time of a callback by batch, and of a kilobyte by output", b.String())
}
