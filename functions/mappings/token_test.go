package mappings_test

import (
	"strings"
	"testing"

	"callback-completer/internal/mapping"
)

// TestTokensThatAreNone: an event whose place for the token is empty, or holds no text, was meant for us.
func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	// The token's own place: who writes there means a task token.
	own := map[string]string{"": "InvalidTaskToken", "null": "InvalidTaskToken", "7": "InvalidTaskToken", `{"a":1}`: "InvalidTaskToken", `" "`: "InvalidTaskToken"}
	// A text that anybody may use for words of his own.
	shared := map[string]string{
		"": "ignored", "null": "ignored", `"The nightly run"`: "ignored", "7": "InvalidTaskToken",
		`"taskToken="`: "InvalidTaskToken", `"taskToken= x"`: "InvalidTaskToken",
		`"` + sampleToken + `"`: "success", `"taskToken=` + sampleToken + `"`: "success",
	}
	tests := []struct {
		sample, set string // "@" stands for the value
		want        map[string]string
	}{
		{"eventbridge-ecs-task-succeeded", `.detail.overrides.containerOverrides[1].environment[1].value = @`, own},
		{"eventbridge-batch-job-succeeded", `.detail.container.environment[1].value = @`, own},
		{"eventbridge-batch-job-ecs-succeeded", `.detail.ecsProperties.taskProperties[0].containers[1].environment[0].value = @`, own},
		{"eventbridge-batch-job-eks-failed", `.detail.eksProperties.podProperties.containers[0].env[0].value = @`, own},
		{"eventbridge-batch-job-parameter-succeeded", `.detail.parameters.taskToken = @`, own},
		{"eventbridge-mediaconvert-job-complete", `.detail.userMetadata.taskToken = @`, own},
		{"eventbridge-codebuild-build-succeeded", `.detail["additional-information"].environment["environment-variables"][2].value = @`, own},
		{"eventbridge-sagemaker-training-job-completed", `.detail.HyperParameters.taskToken = @`, own},
		{"eventbridge-step-functions-execution-succeeded", `.detail.input |= (fromjson | .taskToken = @ | tojson)`, own},
		{"eventbridge-lambda-destination-success", `.detail.requestPayload.taskToken = @`, own},
		{"sqs-lambda-on-success", `.requestPayload.taskToken = @`, own},
		{"eventbridge-sagemaker-pipeline-succeeded", `.detail.pipelineExecutionDescription = @`, shared},
		{"eventbridge-redshift-data-statement-finished", `.detail.statementName = @`, shared},
		{"sqs-rekognition-succeeded", `.Message |= (fromjson | .JobTag = @ | tojson)`, shared},
	}
	all := engine(t, shipped(t)...)
	for _, tt := range tests {
		t.Run(tt.sample, func(t *testing.T) {
			t.Parallel()
			for value, want := range tt.want {
				if value == "" {
					value = `""`
				}
				got := run(t, all, edited(t, tt.sample, strings.ReplaceAll(tt.set, "@", value)+` | .edited = true`))
				if got.words() != want {
					t.Errorf("%s: %s, want %s", value, got.words(), want)
				}
				if got.words() == "success" && got.Callbacks[0].Token != sampleToken {
					t.Errorf("%s: token %q", value, got.Callbacks[0].Token)
				}
			}
		})
	}
}

// TestTokenNamesAreSetOnce: with other names the same samples give the same results, and those with the usual names
// carry no token any more.
func TestTokenNamesAreSetOnce(t *testing.T) {
	t.Parallel()
	usual := engine(t, shipped(t)...)
	named := usual.WithTokenNames(mapping.TokenNames{Environment: "CALLBACK_ID", Parameter: "callback"})
	rename := strings.NewReplacer("TASK_TOKEN", "CALLBACK_ID", "taskToken", "callback")
	renamed := 0
	for _, s := range samples(t) {
		want := run(t, usual, s.payload)
		if !s.isJob() || want.Mapping == "eventbridge-detail.jq" || len(want.Callbacks) == 0 {
			continue
		}
		renamed++
		got := run(t, named, rename.Replace(s.payload))
		if got.words() != want.words() || got.Callbacks[0].Token != sampleToken {
			t.Errorf("%s: %+v, want %s", s.name, got, want.words())
		}
		// What stands in a text may be a bare token, prefix and all: Step Functions will say so.
		got = run(t, named, s.payload)
		inText := got.Mapping == "sagemaker-pipeline.jq" || got.Mapping == "redshift-data-statement.jq" || got.Mapping == "rekognition-video.jq"
		if got.words() != "ignored" && !inText {
			t.Errorf("%s with other names: %s, want ignored", s.name, got.words())
		}
	}
	if renamed < 30 {
		t.Errorf("%d samples with a token", renamed)
	}
}
