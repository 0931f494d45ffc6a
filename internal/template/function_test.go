package template

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
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
	forEveryStack(t, func(s *stack) {
		for id := range s.ofKind("AWS::Serverless::Function") {
			target := regexp.MustCompile(`(?m)^build-` + id + `:\n\t\$\(call build-bootstrap,\./(.+)\)$`)
			found := target.FindSubmatch(makefile)
			if found == nil {
				s.Errorf("the Makefile has no target build-%s", id)
				continue
			}
			if _, err := os.Stat("../../" + string(found[1]) + "/main.go"); err != nil {
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

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		file     string
		given    parameters
		function string
		want     map[string]any
	}{
		{
			"defaults", appFile, with(), "SqsFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"CONCURRENCY":           "32",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"all given", appFile, with(parameters{"Concurrency": "8", "LogLevel": "DEBUG", "Mapping": ".detail"}), "SqsFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"CONCURRENCY":           "8",
				"LOG_LEVEL":             "DEBUG",
				"MAPPING":               ".detail",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"events, defaults", appFile, with(parameters{"EnableEventBridge": "true"}), "EventBridgeFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"LOG_LEVEL":             "INFO",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"events, all given", appFile,
			with(parameters{"EnableEventBridge": "true", "Concurrency": "8", "LogLevel": "DEBUG", "Mapping": ".detail"}),
			"EventBridgeFunction",
			map[string]any{
				"DEAD_LETTER_QUEUE_URL": "${DeadLetterQueue}",
				"LOG_LEVEL":             "DEBUG",
				"MAPPING":               ".detail",
				"METRICS_NAMESPACE":     "CallbackCompleter/${AWS::StackName}",
			},
		},
		{
			"example", exampleFile,
			parameters{"CallbackQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"},
			"OrderWorkerFunction",
			map[string]any{"CALLBACK_QUEUE_URL": "https://sqs.eu-west-1.${AWS::URLSuffix}/123456789012/answers"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			function := render(t, load(t, test.file), test.given).resources[test.function]
			if diff := cmp.Diff(map[string]any{"Variables": test.want}, function.properties["Environment"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The names and the bounds of the settings stand in two places; neither may refuse what the other allows.
func TestFunctionAcceptsItsEnvironment(t *testing.T) {
	t.Parallel()
	for _, given := range []parameters{
		{},
		{"Concurrency": "1", "LogLevel": "DEBUG", "Mapping": ".detail"},
		{"Concurrency": "512", "LogLevel": "WARN"},
		{"LogLevel": "ERROR"},
	} {
		s := render(t, load(t, appFile), with(given, parameters{"EnableEventBridge": "true"}))
		queue, err := config.LoadSQS(environment(s, "SqsFunction"))
		if err != nil {
			t.Errorf("%v: %v", given, err)
		}
		if want := given["Concurrency"]; want != "" && strconv.Itoa(queue.Concurrency) != want {
			t.Errorf("%v: the function reads the concurrency %d", given, queue.Concurrency)
		}
		events, err := config.LoadEventBridge(environment(s, "EventBridgeFunction"))
		if err != nil {
			t.Errorf("%v: %v", given, err)
		}
		for _, settings := range []config.Common{queue.Common, events.Common} {
			if want := given["Mapping"]; settings.Mapping != want {
				t.Errorf("%v: the function reads the mapping %q", given, settings.Mapping)
			}
			if want := given["LogLevel"]; want != "" && settings.LogLevel.String() != want {
				t.Errorf("%v: the function reads the level %v", given, settings.LogLevel)
			}
			if got := settings.MetricsNamespace; got != "CallbackCompleter/${AWS::StackName}" {
				t.Errorf("%v: the function reads the namespace %q", given, got)
			}
		}
	}
}

// environment returns what a function finds in its environment; the dead-letter queue's URL exists only after a deployment.
func environment(s *stack, function string) config.Lookup {
	variables := s.resources[function].properties["Environment"].(map[string]any)["Variables"].(map[string]any)
	return func(name string) (string, bool) {
		value, ok := variables[name].(string)
		if ok && name == "DEAD_LETTER_QUEUE_URL" {
			value = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"
		}
		return value, ok
	}
}

func TestSizeOfTheFunctions(t *testing.T) {
	t.Parallel()
	functions := render(t, load(t, appFile), with(parameters{"EnableEventBridge": "true"})).ofKind("AWS::Serverless::Function")
	if len(functions) != 2 {
		t.Errorf("there are %d functions, want 2", len(functions))
	}
	for id, function := range functions {
		if got := number(t, function.properties["Timeout"]); got != 30 {
			t.Errorf("%s: timeout is %d s, want 30", id, got)
		}
		if got := number(t, function.properties["MemorySize"]); got != 256 {
			t.Errorf("%s: memory is %d MB, want 256", id, got)
		}
	}
}
