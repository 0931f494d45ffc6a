package layout_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "callback-completer/"

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func list(t *testing.T, args ...string) map[string]goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	all := map[string]goPackage{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// TestTheCoreKnowsNoEdge: the core stands on the standard library and gojq, whatever the way there.
func TestTheCoreKnowsNoEdge(t *testing.T) {
	t.Parallel()
	core := []string{
		"internal/jsonspan", "internal/glance", "internal/callback", "internal/mapping", "internal/batch",
		"internal/pace", "internal/webhook", "internal/approval", "internal/login",
	}
	var args []string
	for _, name := range core {
		args = append(args, "./"+name)
	}
	for path, p := range list(t, append([]string{"-deps"}, args...)...) {
		own, isOwn := strings.CutPrefix(path, module)
		switch {
		case p.Standard, isOwn && slices.Contains(core, own):
		case strings.HasPrefix(path, "github.com/itchyny/"): // gojq and its time formats
		default:
			t.Errorf("the core depends on %s", path)
		}
	}
}

// TestArrows: edges know the core and no other edge, what is deployed never the stand-in, and nobody a function.
func TestArrows(t *testing.T) {
	t.Parallel()
	may := map[string][]string{ // own packages that a package may import
		"internal/jsonspan":     {},
		"internal/glance":       {"internal/jsonspan"},
		"internal/callback":     {"internal/jsonspan"},
		"internal/mapping":      {"internal/callback", "internal/glance", "internal/jsonspan"},
		"internal/batch":        {"internal/callback"},
		"internal/pace":         {},
		"internal/sfn":          {"internal/awscall", "internal/callback", "internal/pace"},
		"internal/deadletter":   {"internal/awscall", "internal/callback", "internal/message"},
		"internal/telemetry":    {"internal/callback"},
		"internal/config":       {"internal/login", "internal/webhook"},
		"internal/login":        {"internal/jsonspan"},
		"internal/elb":          {"internal/awscall", "internal/login"},
		"internal/webhook":      {"internal/jsonspan"},
		"internal/awscall":      {},
		"internal/message":      {},
		"internal/sqsevent":     {"internal/jsonspan"},
		"internal/secret":       {"internal/awscall", "internal/jsonspan", "internal/webhook"},
		"internal/queue":        {"internal/awscall", "internal/callback", "internal/message"},
		"internal/approval":     {"internal/callback", "internal/jsonspan"},
		"internal/api":          {"internal/approval", "internal/callback", "internal/message", "internal/webhook"},
		"internal/apigw":        {},
		"internal/store/dynamo": {"internal/approval", "internal/awscall"},
		"internal/notice":       {"internal/approval", "internal/awscall"},
		"functions/mappings":    {"internal/mapping"},
		"functions/internal/service": {
			"functions/mappings", "internal/batch", "internal/callback", "internal/config", "internal/deadletter",
			"internal/mapping", "internal/queue", "internal/sfn", "internal/telemetry", "internal/webhook",
		},
		"functions/approval": {
			"functions/internal/service", "internal/approval", "internal/config", "internal/jsonspan", "internal/notice", "internal/secret",
			"internal/store/dynamo", "internal/telemetry", "internal/webhook",
		},
		"functions/eventbridge": {"functions/internal/service", "internal/callback", "internal/config", "internal/telemetry"},
		"functions/http": {
			"functions/internal/service", "internal/api", "internal/apigw", "internal/approval", "internal/callback", "internal/config",
			"internal/elb", "internal/login", "internal/notice", "internal/secret", "internal/store/dynamo", "internal/telemetry", "internal/webhook",
		},
		"functions/sqs": {"functions/internal/service", "internal/callback", "internal/config", "internal/sqsevent", "internal/telemetry"},
	}
	for path := range list(t, "-deps", "./functions/...") {
		if own, isOwn := strings.CutPrefix(path, module); isOwn && may[own] == nil {
			t.Errorf("%s is deployed and has no rule here; say what it may know", own)
		}
	}
	seen := 0
	for path, p := range list(t, "./...") {
		own, _ := strings.CutPrefix(path, module)
		allowed, ruled := may[own]
		if ruled {
			seen++
		}
		for _, imported := range p.Imports {
			target, isOwn := strings.CutPrefix(imported, module)
			if isOwn && ruled && !slices.Contains(allowed, target) {
				t.Errorf("%s must not know %s", own, target)
			}
			if isOwn && strings.HasPrefix(target, "functions/") && target != "functions/mappings" && target != "functions/internal/service" {
				t.Errorf("%s imports the function %s", own, target)
			}
			if strings.HasSuffix(imported, "aws-lambda-go/events") && !isFunction(own) {
				t.Errorf("%s knows Lambda's event types", own)
			}
		}
	}
	if seen != len(may) {
		t.Errorf("%d of %d packages with rules exist", seen, len(may))
	}
}

// isFunction tells whether a package is a Lambda function: ours, an example's, or one that ours are measured beside.
func isFunction(own string) bool {
	return strings.HasPrefix(own, "functions/") || strings.HasPrefix(own, "examples/") || strings.HasPrefix(own, "bench/contender/")
}

// TestFunctionsAreSmall: a main only wires, a handler only translates.
func TestFunctionsAreSmall(t *testing.T) {
	t.Parallel()
	mains, err := filepath.Glob("../../functions/*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("%d functions, %v", len(mains), err)
	}
	for _, path := range mains {
		for name, limit := range map[string]int{"main.go": 40, "handler.go": 150} {
			text, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n > limit {
				t.Errorf("%s of %s has %d lines, at most %d are wanted", name, filepath.Dir(path), n, limit)
			}
		}
	}
}
