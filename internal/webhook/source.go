package webhook

import (
	"errors"
	"fmt"
	"strings"

	"callback-completer/internal/jsonspan"
)

// MaxSources is how many sources there may be.
const MaxSources = 64

const maxSourceName = 64

// Source is a third party that sends webhooks.
type Source struct {
	// Name is the last part of the URL that the source posts to: one to 64 small letters, digits and hyphens, no hyphen
	// at the beginning.
	Name string
	// Scheme is how the source signs.
	Scheme *Scheme
	// Secrets are where the source's secrets are kept: one to [MaxSecrets], each once.
	Secrets []Reference
	// Mapping is the name of a mapping or a jq program, which is not checked here; empty if all mappings are tried.
	Mapping string
}

// ParseSources reads a JSON list of sources, none if text is blank:
//
//	[{"name": "acme", "scheme": "standard-webhooks", "secrets": ["arn:…"], "mapping": "canonical"}]
//
// A single secret may be given as "secret". The scheme hmac has "header" and may have "prefix", "encoding", "hash",
// "timestampHeader" and "idHeader", as in [Options]; one that signs a time may have "toleranceSeconds".
//
// It is strict: an unknown member, one that stands there twice or is of another type, an empty text and a name that
// two sources have are errors. The error names every problem at once, each with the source's name, or with its place
// in the list if it has none. It quotes no reference and nothing that is as long as a secret.
func ParseSources(text string) ([]Source, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	document, err := jsonspan.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("webhook sources: %w", err)
	}
	entries, ok := document.Root().([]any)
	if !ok {
		return nil, errors.New("webhook sources: not a JSON list")
	}
	var problems []error
	if len(entries) > MaxSources {
		problems = append(problems, fmt.Errorf("webhook sources: %d of them, at most %d can be", len(entries), MaxSources))
	}
	sources := make([]Source, 0, len(entries))
	places := map[string]int{}
	for i, value := range entries {
		e := readEntry(document, value)
		source := e.source()
		if place, taken := places[source.Name]; taken {
			e.problem("has the name of source %d", place)
		} else if source.Name != "" {
			places[source.Name] = i + 1
		}
		for _, problem := range e.problems {
			problems = append(problems, fmt.Errorf("webhook source %s: %s", label(source.Name, i), problem))
		}
		sources = append(sources, source)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return sources, nil
}

// label is what a problem calls a source: its name, which is empty if it is not a good one, or its place.
func label(name string, index int) string {
	if name == "" {
		return fmt.Sprint(index + 1)
	}
	return fmt.Sprintf("%q", name)
}
