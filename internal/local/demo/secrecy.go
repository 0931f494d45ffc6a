package demo

import (
	"fmt"
	"strings"

	"callback-completer/internal/local/sqs"
)

// clean is the fact that is wanted: no task token in the function's log or in a dead letter's attributes.
const clean = "no token in log or attributes"

// secrecyFacts looks for tokens where none may be: everywhere but in the bodies of messages.
func secrecyFacts(tokens []string, log string, letters []sqs.Held) []string {
	if !strings.Contains(log, "verdict") {
		return []string{"the function logged nothing"}
	}
	var found []string
	for _, token := range tokens {
		if strings.Contains(log, token) {
			found = append(found, fmt.Sprintf("the log holds %s", fingerprint(token)))
		}
		for _, l := range letters {
			for name, a := range l.Attributes {
				if strings.Contains(a.String+string(a.Binary), token) {
					found = append(found, fmt.Sprintf("a dead letter's %s holds %s", name, fingerprint(token)))
				}
			}
		}
	}
	if found == nil {
		return []string{clean}
	}
	return found
}
