package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"callback-completer/internal/api"
	"callback-completer/internal/callback"
	"callback-completer/internal/telemetry"
	"callback-completer/internal/webhook"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// constants returns the string constants of a file whose names start with prefix.
func constants(t *testing.T, path, prefix string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if !strings.HasPrefix(name.Name, prefix) || i >= len(spec.Values) {
				continue
			}
			if literal, ok := spec.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value)
				values = append(values, text)
			}
		}
		return true
	})
	if len(values) < 6 {
		t.Fatalf("only %d constants in %s; the test no longer sees them", len(values), path)
	}
	return values
}

// TestTheReadmeNamesTheContract: what users see by name stands in the README.
func TestTheReadmeNamesTheContract(t *testing.T) {
	t.Parallel()
	text := readme(t)
	names := slices.Concat(
		constants(t, "internal/callback/code.go", "Code"),
		constants(t, "internal/deadletter/entry.go", "Attribute"),
		constants(t, "internal/api/problem.go", "Code"),
		constants(t, "internal/config/config.go", "Env"),
		[]string{telemetry.MetricLatency, telemetry.MetricBatchSize, telemetry.MetricRefused, api.ProblemPrefix},
		[]string{telemetry.MetricApprovalsAnswered, telemetry.MetricApprovalsUnanswered},
		[]string{callback.AttributeWebhookSource, callback.AttributeContentType, callback.AttributePayloadEncoding, callback.AttributePayloadForm},
		webhook.Names(),
	)
	for _, trigger := range []string{"sqs", "eventbridge", api.TriggerCallbacks, api.TriggerWebhooks} {
		if !strings.Contains(text, "\n| `"+trigger+"` |") {
			t.Errorf("the README's table of triggers lacks %s", trigger)
		}
	}
	for _, v := range callback.Verdicts() {
		names = append(names, telemetry.MetricName(v))
		if !strings.Contains(text, "\n| "+v.String()+" |") {
			t.Errorf("the README's verdict table lacks %q", v)
		}
	}
	for _, name := range names {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the README does not name `%s`", name)
		}
	}
	if n := strings.Count(text, "\n"); n > 200 {
		t.Errorf("the README has %d lines, at most 200 are wanted", n)
	}
}
