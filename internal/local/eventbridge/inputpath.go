package eventbridge

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"callback-completer/internal/local/awsjson"
)

// parsePath takes the paths that name members: "$", "$.detail", "$.detail.job-id". The rest of JSONPath is refused.
func parsePath(path string) ([]string, error) {
	if len(path) > 256 || !regexp.MustCompile(`^\$(\.[A-Za-z0-9_-]+)*$`).MatchString(path) {
		return nil, awsjson.Errorf("ValidationException",
			"The InputPath %q is not in the stand-in: it follows members by name, $.detail.status, and takes at most 256 bytes.", path)
	}
	names := strings.Split(path, ".")
	return names[1:], nil
}

// input is what the target is sent for an event. A path that leads nowhere gives null.
func (t *Target) input(event []byte) []byte {
	if t.Input != "" {
		return []byte(t.Input)
	}
	names, err := parsePath(t.InputPath)
	if err != nil { // the empty path: the whole event
		return event
	}
	for _, name := range names {
		var members map[string]json.RawMessage
		if json.Unmarshal(event, &members) != nil || members[name] == nil {
			return []byte("null")
		}
		event = members[name]
	}
	return bytes.TrimSpace(event)
}
