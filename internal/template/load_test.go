package template

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The templates of the repository, as seen from this folder.
const (
	appFile     = "../../template.yaml"
	exampleFile = "../../examples/sqs-callback/template.yaml"
)

// load reads a template with CloudFormation's short tags (!Ref, !Sub …) spelled out as in JSON.
func load(t testing.TB, file string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return spellOut(t, root.Content[0]).(map[string]any)
}

func spellOut(t testing.TB, node *yaml.Node) any {
	t.Helper()
	tag, short := strings.CutPrefix(node.Tag, "!")
	if !short || strings.HasPrefix(tag, "!") { // "!!str" and its like are YAML's own
		return content(t, node)
	}
	value := content(t, node)
	switch tag {
	case "Ref", "Condition":
		return map[string]any{tag: value}
	case "GetAtt":
		if dotted, ok := value.(string); ok {
			id, attribute, _ := strings.Cut(dotted, ".")
			value = []any{id, attribute}
		}
	}
	return map[string]any{"Fn::" + tag: value}
}

func content(t testing.TB, node *yaml.Node) any {
	t.Helper()
	switch node.Kind {
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if _, twice := fields[key]; twice {
				t.Fatalf("line %d: %s a second time", node.Content[i].Line, key)
			}
			fields[key] = spellOut(t, node.Content[i+1])
		}
		return fields
	case yaml.SequenceNode:
		items := make([]any, 0, len(node.Content))
		for _, item := range node.Content {
			items = append(items, spellOut(t, item))
		}
		return items
	case yaml.ScalarNode:
		if !strings.HasPrefix(node.Tag, "!!") {
			return node.Value
		}
		var scalar any
		if err := node.Decode(&scalar); err != nil {
			t.Fatalf("line %d: %v", node.Line, err)
		}
		return scalar
	default:
		t.Fatalf("line %d: neither mapping, sequence nor scalar", node.Line)
		return nil
	}
}

// section returns one top-level section of a template, empty if it has none.
func section(document map[string]any, name string) map[string]any {
	fields, _ := document[name].(map[string]any)
	return fields
}
