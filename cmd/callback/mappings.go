package main

import (
	"fmt"
	"io"
	"strings"

	"callback-completer/functions/mappings"
)

// runMappings lists the shipped mappings with the first comment of each, which says what it matches.
func runMappings(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		_, _ = fmt.Fprintf(stderr, "callback mappings: it takes no arguments\n\n%s", usage)
		return exitUsage
	}
	programs, err := mappings.Shipped()
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "callback mappings:", err)
		return exitFailed
	}
	_, _ = fmt.Fprintf(stdout, "%-34s %s\n", "MAPPING", "the program in the variable of that name, if there is one; it is tried first")
	for _, p := range programs {
		_, _ = fmt.Fprintf(stdout, "%-34s %s\n", p.Name, summary(p.Source))
	}
	return exitOK
}

// summary returns the comment that a program begins with, as one line, up to its first full stop.
func summary(source string) string {
	var words []string
	for line := range strings.Lines(source) {
		text, isComment := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !isComment {
			break
		}
		words = append(words, strings.TrimSpace(text))
		if strings.HasSuffix(strings.TrimSpace(text), ".") {
			break
		}
	}
	return strings.Join(words, " ")
}
