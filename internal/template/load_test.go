package template

import (
	"os"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The templates of the repository, as seen from this folder.
const (
	appFile             = "../../template.yaml"
	exampleFile         = "../../examples/sqs-callback/template.yaml"
	approvalExampleFile = "../../examples/approval/template.yaml"
	loginExampleFile    = "../../examples/approvals-login/template.yaml"
)

// documents and stacks are what was read and rendered before; the tests share it and change nothing of it.
var (
	documents kept[map[string]any]
	stacks    kept[*stack]
)

// kept makes what it is asked for once.
type kept[T any] struct{ made sync.Map }

type onceMade[T any] struct {
	sync.Once
	value T
	ok    bool
}

func (k *kept[T]) get(tb testing.TB, key string, produce func() T) T {
	tb.Helper()
	found, _ := k.made.LoadOrStore(key, new(onceMade[T]))
	once := found.(*onceMade[T])
	once.Do(func() { once.value, once.ok = produce(), true })
	if !once.ok { // produce ended the test that came first
		tb.Fatalf("cannot be read or rendered, as another test says: %s", key)
	}
	return once.value
}

// load returns a template with CloudFormation's short tags (!Ref, !Sub …) spelled out as in JSON.
func load(tb testing.TB, file string) map[string]any {
	tb.Helper()
	return documents.get(tb, file, func() map[string]any { return read(tb, file) })
}

func read(tb testing.TB, file string) map[string]any {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		tb.Fatalf("%s: %v", file, err)
	}
	return spellOut(tb, root.Content[0]).(map[string]any)
}

func spellOut(tb testing.TB, node *yaml.Node) any {
	tb.Helper()
	tag, short := strings.CutPrefix(node.Tag, "!")
	if !short || strings.HasPrefix(tag, "!") { // "!!str" and its like are YAML's own
		return content(tb, node)
	}
	value := content(tb, node)
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

func content(tb testing.TB, node *yaml.Node) any {
	tb.Helper()
	switch node.Kind {
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			key := node.Content[i].Value
			if _, twice := fields[key]; twice {
				tb.Fatalf("line %d: %s a second time", node.Content[i].Line, key)
			}
			fields[key] = spellOut(tb, node.Content[i+1])
		}
		return fields
	case yaml.SequenceNode:
		items := make([]any, 0, len(node.Content))
		for _, item := range node.Content {
			items = append(items, spellOut(tb, item))
		}
		return items
	case yaml.ScalarNode:
		if !strings.HasPrefix(node.Tag, "!!") {
			return node.Value
		}
		var scalar any
		if err := node.Decode(&scalar); err != nil {
			tb.Fatalf("line %d: %v", node.Line, err)
		}
		return scalar
	default:
		tb.Fatalf("line %d: neither mapping, sequence nor scalar", node.Line)
		return nil
	}
}

// section returns one top-level section of a template, empty if it has none.
func section(document map[string]any, name string) map[string]any {
	fields, _ := document[name].(map[string]any)
	return fields
}
