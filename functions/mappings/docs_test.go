package mappings_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/mapping"
)

func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// found returns what the pattern's group catches, sorted, each once.
func found(pattern, text string) []string {
	set := map[string]bool{}
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		set[match[1]] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// TestThePageNamesTheContract: error names are what users match on in Catch and Retry.
func TestThePageNamesTheContract(t *testing.T) {
	t.Parallel()
	text := page(t, "../../docs/mappings.md")
	var names, sources []string
	for _, p := range shipped(t) {
		names = append(names, p.Name)
		sources = append(sources, p.Source)
	}
	const form = `[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+`
	inSources := found(`"(`+form+`)"`, strings.Join(sources, "\n"))
	if len(inSources) < 15 {
		t.Fatalf("only %d error names in the sources; the test no longer sees them", len(inSources))
	}
	if diff := cmp.Diff(inSources, found("`("+form+")`", text)); diff != "" {
		t.Errorf("error names (-sources +page):\n%s", diff)
	}
	if diff := cmp.Diff(names, found("\\| `([a-z-]+\\.jq)` \\|", text)); diff != "" {
		t.Errorf("mappings (-shipped +page):\n%s", diff)
	}
}

// TestThePageNamesWhatComesBack: every member of a sample's output is promised, but what the worker itself returned.
func TestThePageNamesWhatComesBack(t *testing.T) {
	t.Parallel()
	text := page(t, "../../docs/mappings.md")
	all := engine(t, shipped(t)...)
	for _, s := range samples(t) {
		r := run(t, all, s.payload)
		if !s.isJob() || r.Mapping == "lambda-destination.jq" || r.Mapping == "eventbridge-detail.jq" {
			continue
		}
		for _, c := range r.Callbacks {
			var output map[string]any
			if c.Output == "" {
				continue
			}
			if err := json.Unmarshal([]byte(c.Output), &output); err != nil {
				t.Fatal(err)
			}
			for member := range output {
				if !strings.Contains(text, "`"+member+"`") {
					t.Errorf("%s: %s is not on the page", s.name, member)
				}
			}
		}
	}
}

// TestTheRulesOnThePage: each rule lets every sample through that completes or beats for a task.
func TestTheRulesOnThePage(t *testing.T) {
	t.Parallel()
	var rules []any
	for _, block := range found("(?s)```json\n(.*?)```", page(t, "../../docs/mappings.md")) {
		var v map[string]any
		if err := json.Unmarshal([]byte(block), &v); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		if v["Type"] == nil {
			rules = append(rules, v)
		}
	}
	if len(rules) < 11 {
		t.Fatalf("only %d rules; the test no longer sees them", len(rules))
	}
	all := engine(t, shipped(t)...)
	used := map[int]bool{}
	for _, s := range samples(t) {
		if r := run(t, all, s.payload); !s.isJob() || len(r.Callbacks) == 0 || s.name == "sqs-lambda-on-success.json" {
			continue
		}
		var event map[string]any
		if err := json.Unmarshal([]byte(s.payload), &event); err != nil {
			t.Fatal(err)
		}
		if message, ok := event["Message"].(string); ok {
			if err := json.Unmarshal([]byte(message), &event); err != nil {
				t.Fatal(err)
			}
		}
		at := slices.IndexFunc(rules, func(rule any) bool { return matches(rule, event) })
		if at < 0 {
			t.Errorf("no rule lets %s through", s.name)
		}
		used[at] = true
	}
	if len(used) != len(rules) {
		t.Errorf("%d of %d rules are used", len(used), len(rules))
	}
}

// matches is as much of EventBridge's patterns as the page uses: equality, prefix, exists, and a member of any
// element of an array.
func matches(pattern, v any) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(element any) bool { return matches(pattern, element) })
	}
	switch pattern := pattern.(type) {
	case map[string]any:
		object, _ := v.(map[string]any)
		for key, inner := range pattern {
			if !matches(inner, object[key]) {
				return false
			}
		}
		return true
	case []any:
		return slices.ContainsFunc(pattern, func(one any) bool {
			test, ok := one.(map[string]any)
			if !ok {
				return one == v
			}
			text, isText := v.(string)
			prefix, _ := test["prefix"].(string)
			return test["exists"] == true && v != nil || prefix != "" && isText && strings.HasPrefix(text, prefix)
		})
	default:
		return false
	}
}

// TestTheExampleOnThePage compiles and does what the page says.
func TestTheExampleOnThePage(t *testing.T) {
	t.Parallel()
	sources := found("(?s)```jq\n(.*?)```", page(t, "../../docs/mappings.md"))
	if len(sources) != 1 {
		t.Fatalf("%d examples", len(sources))
	}
	e := engine(t, mapping.Program{Name: "example", Source: sources[0]})
	const event = `{"source":"com.example.farm","detail-type":"Render Ended","detail":`
	for detail, want := range map[string]string{
		`{"state":"done","taskToken":"t","files":[1]}`:          "success",
		`{"state":"broken","taskToken":"t","reason":"no disk"}`: "failure Farm.RenderFailed",
		`{"state":"rendering","taskToken":"t"}`:                 "ignored",
		`{"state":"done"}`:                                      "ignored",
		`{"state":"new","taskToken":"t"}`:                       "MappingFailed",
		`"text"`:                                                "NoMapping",
	} {
		if got := run(t, e, event+detail+"}").words(); got != want {
			t.Errorf("%s: %s, want %s", detail, got, want)
		}
	}
}

// TestSamplesAreListed: the index of the samples says what each is and which page it is written after.
func TestSamplesAreListed(t *testing.T) {
	t.Parallel()
	text := page(t, "../../events/README.md")
	for _, s := range samples(t) {
		if !strings.Contains(text, "`"+s.name+"`") {
			t.Errorf("%s is not in events/README.md", s.name)
		}
	}
}
