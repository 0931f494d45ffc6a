package webhook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/jsonspan"
)

// entry is an object in the list of sources, and what is wrong with it.
type entry struct {
	members  map[string]any
	problems []string
}

func entryMembers() []string {
	return []string{
		"name", "scheme", "secret", "secrets", "mapping",
		"header", "prefix", "encoding", "hash", "timestampHeader", "idHeader", "toleranceSeconds",
	}
}

func readEntry(document *jsonspan.Document, value any) *entry {
	object, ok := value.(map[string]any)
	if !ok {
		return &entry{problems: []string{"not a JSON object"}}
	}
	e := &entry{members: object}
	raw, _ := document.Raw(value)
	members, _, _ := jsonspan.Members(raw) // valid, as the document is
	seen := map[string]int{}
	for _, member := range members {
		seen[member.Key]++
		switch {
		case seen[member.Key] == 2:
			e.problem("%s stands there twice", shown(member.Key))
		case seen[member.Key] == 1 && !slices.Contains(entryMembers(), member.Key):
			e.problem("%s is unknown; there are %s", shown(member.Key), strings.Join(entryMembers(), ", "))
		}
	}
	return e
}

func (e *entry) problem(format string, args ...any) {
	e.problems = append(e.problems, fmt.Sprintf(format, args...))
}

// source reads the entry. The name is empty if it is not a good one.
func (e *entry) source() Source {
	if e.members == nil {
		return Source{}
	}
	return Source{Name: e.name(), Scheme: e.scheme(), Secrets: e.secrets(), Mapping: e.text("mapping")}
}

func (e *entry) name() string {
	name, _ := e.members["name"].(string)
	if !madeOf(name, lower+digits+"-", maxSourceName) || name[0] == '-' {
		e.problem("name must be one to 64 small letters, digits and hyphens, no hyphen first")
		return ""
	}
	return name
}

func (e *entry) scheme() *Scheme {
	options := Options{
		Tolerance: e.tolerance(),
		Header:    e.text("header"), Prefix: e.text("prefix"),
		Encoding: Encoding(e.text("encoding")), Hash: Hash(e.text("hash")),
		TimestampHeader: e.text("timestampHeader"), IDHeader: e.text("idHeader"),
	}
	name, _ := e.members["scheme"].(string)
	if !slices.Contains(Names(), name) {
		e.problem("scheme must be one of %s", strings.Join(Names(), ", "))
		return nil
	}
	scheme, err := ParseScheme(name, options)
	if err != nil {
		e.problem("%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return scheme
}

func (e *entry) tolerance() time.Duration {
	value, ok := e.members["toleranceSeconds"]
	if !ok {
		return 0
	}
	number, _ := value.(json.Number)
	seconds, err := strconv.Atoi(number.String())
	if err != nil || seconds < 1 || seconds > int(maxTolerance/time.Second) {
		e.problem("toleranceSeconds must be a whole number from 1 to 86400")
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func (e *entry) secrets() []Reference {
	one, isOne := e.members["secret"]
	many, isMany := e.members["secrets"].([]any)
	_, given := e.members["secrets"]
	switch {
	case isOne && given:
		e.problem("secret and secrets exclude each other")
		return nil
	case isOne:
		many = []any{one}
	case !isMany || len(many) == 0 || len(many) > MaxSecrets:
		e.problem("secrets must be a list of one to %d references", MaxSecrets)
		return nil
	}
	references := make([]Reference, len(many))
	for i, value := range many {
		text, _ := value.(string)
		reference, err := ParseReference(text)
		switch {
		case err != nil:
			e.problem("secret %d: %v", i+1, err)
		case slices.Contains(references[:i], reference):
			e.problem("secret %d: the same reference as before", i+1)
		}
		references[i] = reference
	}
	return references
}

// text returns a member that may be missing, but not be empty or anything else.
func (e *entry) text(key string) string {
	value, ok := e.members[key]
	if !ok {
		return ""
	}
	text, _ := value.(string)
	if strings.TrimSpace(text) == "" {
		e.problem("%s is no text or an empty one", key)
	}
	return text
}

// shown quotes a member's key unless it could be a secret in the wrong place.
func shown(key string) string {
	if len(key) >= MinSecretBytes || !madeOf(key, letters+"-_", MinSecretBytes) {
		return "a member"
	}
	return strconv.Quote(key)
}
