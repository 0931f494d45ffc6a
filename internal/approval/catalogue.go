package approval

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
)

//go:embed texts/*.json
var textFiles embed.FS

// texts are the words of one language. Nothing of a workflow or a person is ever put into one of them: it stands beside them,
// isolated, so that it can neither be taken for ours nor change how ours is read.
type texts map[string]string

// readTexts reads the catalogue of a language. All languages have the same words, which a test guards.
func readTexts(l Locale) (texts, error) {
	raw, err := textFiles.ReadFile(path.Join("texts", string(l)+".json"))
	if err != nil {
		return nil, fmt.Errorf("no texts for the language: %w", err)
	}
	var t texts
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("texts/%s.json: %w", l, err)
	}
	return t, nil
}

// label returns what stands on a decision's button, as the workflow wrote it or in our words.
func (t texts) label(o Option) (string, error) {
	if o.Label != "" {
		return o.Label, nil
	}
	return t.word("option." + o.Value)
}

// word returns the text of a key. A key that is not there is a mistake of ours, and shows as an error.
func (t texts) word(key string, args ...any) (string, error) {
	text, ok := t[key]
	switch {
	case !ok:
		return "", fmt.Errorf("the catalogue has no text %q", key)
	case len(args) == 0:
		return text, nil
	default:
		return fmt.Sprintf(text, args...), nil
	}
}
