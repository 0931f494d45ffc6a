package template

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mapping = "AWS::Lambda::EventSourceMapping"

func TestEveryMappingReportsItemFailures(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id, m := range s.ofKind(mapping) {
			// Without it Lambda deletes what the function returned as failed.
			if diff := cmp.Diff([]any{"ReportBatchItemFailures"}, m.properties["FunctionResponseTypes"]); diff != "" {
				s.Errorf("%s (-want +got):\n%s", id, diff)
			}
			if _, ok := m.properties["FilterCriteria"]; ok {
				s.Errorf("%s: a filter deletes what does not match", id)
			}
		}
	})
}

func TestEveryFunctionHasOneSource(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for id := range s.ofKind("AWS::Serverless::Function") {
			if id == "HttpFunction" || id == "ApprovalFunction" {
				continue // see TestTheRoutesMayStartTheFunctionAndNothingElseMay, TestNothingOfTheStackStartsTheFunctionThatAsks
			}
			var sources []any
			for _, m := range s.ofKind(mapping) {
				if m.properties["FunctionName"] == "${"+id+"}" {
					sources = append(sources, m.properties["EventSourceArn"])
				}
			}
			for _, p := range s.ofKind("AWS::Lambda::Permission") {
				if p.properties["FunctionName"] == "${"+id+"}" {
					sources = append(sources, p.properties["SourceArn"])
				}
			}
			if len(sources) != 1 {
				s.Errorf("%s is started by %v, want one queue or rule", id, sources)
			}
		}
	})
}

func TestExistingQueueIsRead(t *testing.T) {
	t.Parallel()
	s := render(t, load(t, appFile), with(parameters{"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}))
	if got := s.resources["ExistingQueueMapping"].properties["EventSourceArn"]; got != "arn:aws:sqs:eu-west-1:123456789012:answers" {
		t.Errorf("the function reads %v", got)
	}
	if _, ok := s.resources["CallbackQueue"]; ok {
		t.Error("there is a second callback queue")
	}
}

// Lambda refuses a mapping whose role may not read the queue yet.
func TestMappingWaitsForItsPolicy(t *testing.T) {
	t.Parallel()
	forEveryApp(t, func(s *stack) {
		for id, m := range s.ofKind(mapping) {
			policy, ok := s.resources[fmt.Sprint(m.dependsOn)]
			if !ok || statements(policy.properties)[0]["Resource"] != m.properties["EventSourceArn"] {
				s.Errorf("%s depends on %v, not on the policy to read %v", id, m.dependsOn, m.properties["EventSourceArn"])
			}
		}
	})
}

func TestMaximumConcurrency(t *testing.T) {
	t.Parallel()
	for _, source := range []parameters{{}, {"ExistingQueueArn": "arn:aws:sqs:eu-west-1:123456789012:answers"}} {
		for value, want := range map[string]any{"0": nil, "7": map[string]any{"MaximumConcurrency": "7"}} {
			s := render(t, load(t, appFile), with(source, parameters{"MaximumConcurrency": value}))
			for id, m := range s.ofKind(mapping) {
				if diff := cmp.Diff(want, m.properties["ScalingConfig"]); diff != "" {
					t.Errorf("%s with %s (-want +got):\n%s", id, value, diff)
				}
			}
		}
	}
}

// A source queue outlives neither its messages' receives nor their stay in the dead-letter queue.
func TestEverySourceQueueHasADeadLetterQueue(t *testing.T) {
	t.Parallel()
	forEveryStack(t, func(s *stack) {
		for _, m := range s.ofKind(mapping) {
			source, own := s.referred(m.properties["EventSourceArn"])
			if !own {
				continue // its redrive policy is its owner's
			}
			redrive, _ := source.properties["RedrivePolicy"].(map[string]any)
			dead, ok := s.referred(redrive["deadLetterTargetArn"])
			if !ok || dead.kind != "AWS::SQS::Queue" || dead.id == source.id {
				s.Errorf("%s has no dead-letter queue", source.id)
				continue
			}
			if got := redrive["maxReceiveCount"]; got != 5 {
				s.Errorf("%s: maxReceiveCount is %v, want 5", source.id, got)
			}
			if dead.properties["FifoQueue"] != source.properties["FifoQueue"] {
				s.Errorf("%s and %s are of different types", source.id, dead.id)
			}
			kept, before := number(s, dead.properties["MessageRetentionPeriod"]), number(s, source.properties["MessageRetentionPeriod"])
			if kept <= before {
				s.Errorf("%s keeps a message %d s, %s %d s: it must keep it longer", dead.id, kept, source.id, before)
			}
		}
	})
}

func TestVisibilityCoversSixTimeouts(t *testing.T) {
	t.Parallel()
	forEveryStack(t, checkVisibility)
	document := load(t, appFile)
	for _, timeout := range allowed(t, "FunctionTimeout") {
		for _, window := range allowed(t, "BatchWindow") {
			checkVisibility(render(t, document, with(parameters{"FunctionTimeout": timeout, "BatchWindow": window})))
		}
	}
}

func checkVisibility(s *stack) {
	s.Helper()
	const longest = 12 * 60 * 60 // SQS allows no more
	for _, m := range s.ofKind(mapping) {
		source, own := s.referred(m.properties["EventSourceArn"])
		if !own {
			continue
		}
		function, _ := s.referred(m.properties["FunctionName"])
		timeout, window := number(s, function.properties["Timeout"]), 0
		if value, ok := m.properties["MaximumBatchingWindowInSeconds"]; ok {
			window = number(s, value)
		}
		visibility := number(s, source.properties["VisibilityTimeout"])
		if least := 6*timeout + window; visibility < least || visibility > longest {
			s.Errorf("%s: visibility %d s with timeout %d s and window %d s, want %d to %d", source.id, visibility, timeout, window, least, longest)
		}
	}
}

func TestVisibilityOfTheDefaultsAndTheExtremes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		given parameters
		want  int
	}{
		{parameters{}, 180},
		{parameters{"FunctionTimeout": "10", "BatchWindow": "1"}, 61},
		{parameters{"FunctionTimeout": "900", "BatchWindow": "60"}, 5460},
	} {
		s := render(t, load(t, appFile), with(test.given))
		if got := s.resources["CallbackQueue"].properties["VisibilityTimeout"]; got != test.want {
			t.Errorf("%v: visibility is %v, want %d", test.given, got, test.want)
		}
	}
}
