package template

import (
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryFunctionIsAStaticBinaryForArm64(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id, function := range s.ofKind("AWS::Serverless::Function") {
			want := map[string]any{"Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{"arm64"}}
			got := map[string]any{}
			for name := range want {
				got[name] = function.properties[name]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				s.Errorf("%s (-want +got):\n%s", id, diff)
			}
			if diff := cmp.Diff(map[string]any{"BuildMethod": "makefile"}, function.metadata); diff != "" {
				s.Errorf("%s: metadata (-want +got):\n%s", id, diff)
			}
		}
	})
}

func TestEveryFunctionHasAMakeTarget(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^build-(.+):\n\t\$\(call build-bootstrap,\./(.+)\)$`).FindAllSubmatch(makefile, -1) {
		targets[string(found[1])] = string(found[2])
	}
	forEveryStack(t, func(s *stack) {
		for id := range s.ofKind("AWS::Serverless::Function") {
			folder, ok := targets[id]
			if !ok {
				s.Errorf("the Makefile has no target build-%s", id)
				continue
			}
			if _, err := os.Stat("../../" + folder + "/main.go"); err != nil {
				s.Errorf("build-%s builds no program: %v", id, err)
			}
		}
	})
}

func TestEveryFunctionHasALogGroupWithRetention(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id, function := range s.ofKind("AWS::Serverless::Function") {
			logging, _ := function.properties["LoggingConfig"].(map[string]any)
			group, ok := s.referred(logging["LogGroup"])
			if !ok || group.kind != "AWS::Logs::LogGroup" {
				s.Errorf("%s has no log group of its own", id)
				continue
			}
			if _, ok := group.properties["RetentionInDays"]; !ok {
				s.Errorf("%s is kept for ever", group.id)
			}
			if logging["LogFormat"] != "JSON" {
				s.Errorf("%s logs %v, want JSON", id, logging["LogFormat"])
			}
		}
	})
}

// Lambda drops lines below ApplicationLogLevel, and takes metrics, which have no level, for INFO.
func TestLambdaFiltersNoLogLine(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id, function := range s.ofKind("AWS::Serverless::Function") {
			logging := function.properties["LoggingConfig"].(map[string]any)
			if got := logging["ApplicationLogLevel"]; got != "DEBUG" {
				s.Errorf("%s: ApplicationLogLevel is %v, want DEBUG", id, got)
			}
		}
	})
}

func TestSizeOfTheFunctions(t *testing.T) {
	t.Parallel()
	functions := render(t, load(t, appFile), with(httpAPI, approvals, parameters{"EnableEventBridge": "true"})).ofKind("AWS::Serverless::Function")
	timeouts := map[string]int{"SqsFunction": 30, "EventBridgeFunction": 30, "HttpFunction": 29, "ApprovalFunction": 60}
	if len(functions) != len(timeouts) {
		t.Errorf("there are %d functions, want %d", len(functions), len(timeouts))
	}
	for id, function := range functions {
		if got := number(t, function.properties["Timeout"]); got != timeouts[id] {
			t.Errorf("%s: timeout is %d s, want %d", id, got, timeouts[id])
		}
		if got := number(t, function.properties["MemorySize"]); got != 256 {
			t.Errorf("%s: memory is %d MB, want 256", id, got)
		}
	}
}
